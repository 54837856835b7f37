"""Casting, changing, objecting, withdrawing: every refusal by name, every row as docs/proposals.md says."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from journal.hashing import digest
from journal.models import Entry
from members.models import Member
from members.services import applications, memberships
from proposals import refusals as no
from proposals.models import Ballot, Outcome, Proposal, Round
from proposals.refusals import ReasonMissing
from proposals.services import ballots
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, OBJECTION, applicant, at, found, opened, papers, vote

pytestmark = pytest.mark.django_db
Group = tuple[Member, Member, Member]


@pytest.fixture
def group() -> Group:
    ana, ben, chen = found()
    return ana, ben, chen


@pytest.fixture
def held(group: Group) -> Round:
    return opened(group[0])[1]


def test_a_ballot_is_a_row_with_its_receipt_and_its_entry(group: Group, held: Round) -> None:
    ballot = vote(held, group[0])
    row = Ballot.objects.select_related("seat").get(pk=ballot.pk)
    assert (row.number, row.seq, row.choice, row.seat.member_id) == (1, 1, "for", group[0].pk)
    assert (row.previous, row.cast_at) == (held.digest, NOW + HOUR)
    assert row.receipt == digest(
        "receipt", {"previous": held.digest, "seat": "1/ana", "number": 1, "commitment": row.commitment}
    )
    entry = Entry.objects.get(verb="ballot.cast")
    assert (entry.actor, entry.subject) == ("member:ana", "proposal/1/round/1")
    assert entry.data == {"number": 1, "receipt": row.receipt}


def test_a_change_is_a_new_row_that_continues_the_chain(group: Group, held: Round) -> None:
    first = vote(held, group[1], "object")
    second = vote(held, group[2])
    changed = vote(held, group[1], "for")
    assert [(row.number, row.seq, row.choice) for row in Ballot.objects.order_by("number")] == [
        (1, 1, "object"), (2, 1, "for"), (3, 2, "for"),
    ]  # fmt: skip
    assert [first.previous, second.previous, changed.previous] == [held.digest, first.receipt, second.receipt]


def test_the_user_who_is_a_member_may_be_named_instead() -> None:
    ana, *_ = found(users=True)
    held = opened(ana)[1]
    assert isinstance(ana.user, User)
    ballot = ballots.cast(round_id=held.pk, by=ana.user, choice="for", clock=at(NOW + HOUR))
    assert Ballot.objects.get(pk=ballot.pk).seat.member == ana


def test_a_user_who_is_no_member_is_refused(held: Round) -> None:
    with pytest.raises(no.MembersOnly):
        ballots.cast(round_id=held.pk, by=applicant("Otto", "otto"), choice="for", clock=at(NOW + HOUR))


def test_an_objection_keeps_its_words_apart(group: Group, held: Round) -> None:
    ballot = Ballot.objects.select_related("reason").get(pk=vote(held, group[1], "object").pk)
    assert (ballot.reason.text, ballot.reason.missing) == (OBJECTION["reason"], OBJECTION["missing"])
    assert ballot.reason_digest == digest(
        "reason", {"salt": ballot.reason.salt, "text": OBJECTION["reason"], "missing": OBJECTION["missing"]}
    )
    assert not Entry.objects.filter(data__icontains="mature").exists()


@pytest.mark.parametrize(
    ("words", "refusal", "field"),
    [
        ({"reason": " ", "missing": "x"}, ReasonMissing, "reason"),
        ({"reason": "x", "missing": "\n"}, no.InformationMissing, "missing"),
        ({"reason": "x" * 4001, "missing": "x"}, no.TextTooLong, "reason"),
        ({"reason": "x", "missing": "x" * 4001}, no.TextTooLong, "missing"),
    ],
)
def test_an_objection_says_why_and_what_is_missing(
    group: Group, held: Round, words: dict[str, Any], refusal: type[Exception], field: str
) -> None:
    with pytest.raises(refusal) as caught:
        vote(held, group[0], "object", **words)
    assert caught.value.field == field  # type: ignore[attr-defined]
    assert not Ballot.objects.exists()


def test_the_texts_of_another_choice_are_ignored(group: Group, held: Round) -> None:
    ballot = vote(held, group[0], "for", reason="typed before the other choice", missing="x")
    assert Ballot.objects.get(pk=ballot.pk).reason_digest == ""
    assert not hasattr(Ballot.objects.get(pk=ballot.pk), "reason")


@pytest.mark.parametrize("choice", ["", "abstain", "against", "FOR"])
def test_no_other_choice_is_offered(group: Group, held: Round, choice: str) -> None:
    with pytest.raises(no.ChoiceMissing):
        vote(held, group[0], choice)


def test_the_same_ballot_again_is_refused(group: Group, held: Round) -> None:
    vote(held, group[0])
    with pytest.raises(no.SameBallot):
        vote(held, group[0])
    vote(held, group[1], "object")
    with pytest.raises(no.SameBallot):
        vote(held, group[1], "object")
    vote(held, group[1], "object", reason="Another reason.", missing="Something else.")
    assert Ballot.objects.count() == 3


def test_an_objection_is_withdrawn_by_its_author_only(group: Group, held: Round) -> None:
    vote(held, group[1], "object")
    with pytest.raises(no.NothingToWithdraw):
        ballots.withdraw(round_id=held.pk, by=group[2], clock=at(NOW + HOUR))
    ballots.withdraw(round_id=held.pk, by=group[1], clock=at(NOW + HOUR))
    with pytest.raises(no.NothingToWithdraw):
        ballots.withdraw(round_id=held.pk, by=group[1], clock=at(NOW + HOUR))


def test_a_vote_in_favour_cannot_be_taken_back_into_silence(group: Group, held: Round) -> None:
    vote(held, group[0])
    with pytest.raises(no.NothingToWithdraw):
        ballots.withdraw(round_id=held.pk, by=group[0], clock=at(NOW + HOUR))


def test_the_bounds_of_a_round_are_half_open(group: Group, held: Round) -> None:
    moment = timedelta(microseconds=1)
    with pytest.raises(no.RoundNotOpen):
        vote(held, group[0], moment=NOW - moment)
    vote(held, group[0], moment=NOW)
    vote(held, group[1], moment=DEADLINE - moment)
    with pytest.raises(no.RoundClosed):
        vote(held, group[2], moment=DEADLINE)


def test_a_closed_round_takes_no_ballot(group: Group, held: Round) -> None:
    for member in group:
        vote(held, member, moment=NOW + 2 * DAY)
    assert Outcome.objects.get().result == "succeeded"
    with pytest.raises(no.RoundClosed):
        vote(held, group[0], "object", moment=NOW + 2 * DAY)


def test_who_was_no_member_at_the_opening_has_no_seat(group: Group, held: Round) -> None:
    late = memberships.join(
        handle="dana", name="Dana", joined_on=NOW.date() + DAY, decided_by="import", by="import", at=NOW
    )
    with pytest.raises(no.NoSeat):
        vote(held, late, moment=NOW + 2 * DAY)


def test_who_left_votes_no_more_and_what_they_voted_counts(group: Group, held: Round) -> None:
    ana, ben, chen = group
    vote(held, ben)
    for member in (ben, chen):
        memberships.declare_exit(member=member, exited_on=(NOW + DAY).date(), by=member, at=NOW + HOUR)
    # The day of exit still counts.
    vote(held, ben, "object", moment=NOW + DAY)
    for member in (ben, chen):
        with pytest.raises(no.LeftGroup):
            vote(held, member, moment=NOW + 3 * DAY)
    assert Ballot.objects.filter(seat__member=chen).count() == 0
    assert vote(held, ana, moment=NOW + 3 * DAY).number == 3


def test_an_unknown_round(group: Group) -> None:
    with pytest.raises(no.UnknownRound):
        ballots.cast(round_id=999, by=group[0], choice="for")


def test_the_ballot_that_completes_unanimity_closes_the_round(group: Group, held: Round) -> None:
    vote(held, group[0], moment=NOW + HOUR)
    vote(held, group[1], moment=NOW + HOUR)
    assert not Outcome.objects.exists()
    last = vote(held, group[2], moment=NOW + DAY)
    outcome = Outcome.objects.get()
    assert (outcome.result, outcome.last_receipt, outcome.decided_at) == ("succeeded", last.receipt, NOW + DAY)
    assert outcome.tally["in_favour"] == outcome.tally["seats"] == 3


def test_before_the_earliest_end_unanimity_closes_nothing(group: Group, held: Round) -> None:
    for member in group:
        vote(held, member, moment=NOW + DAY - timedelta(microseconds=1))
    assert not Outcome.objects.exists()
    # And until then everybody may still change their mind.
    vote(held, group[0], "object", moment=NOW + DAY - timedelta(microseconds=1))


def test_an_objection_is_not_taken_back_over_changed_words(group: Group, held: Round) -> None:
    author = Proposal.objects.select_related("application__user").get().application
    assert author is not None
    vote(held, group[1], "object")
    applications.save_draft(user=author.user, changes={"project": "A product."}, at=NOW + HOUR)
    for choice in ("for", "withdrawn"):
        with pytest.raises(no.WordsMoved):
            vote(held, group[1], choice, moment=NOW + 2 * HOUR)
    # The objection may still change its words.
    vote(held, group[1], "object", moment=NOW + 2 * HOUR, reason="Still.", missing="More.")
    applications.save_draft(user=author.user, changes={"project": papers()["project"]}, at=NOW + 3 * HOUR)
    assert vote(held, group[1], "for", moment=NOW + 4 * HOUR).seq == 3
