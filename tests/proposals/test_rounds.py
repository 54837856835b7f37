"""Opening, closing and the next round; the electorate stands whatever happens between the steps."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from charter.services import editions
from journal.models import Entry, Job, Outbox
from journal.refusals import Refusal
from members.models import Application, Member
from members.refusals.applications import ApplicationEnded, ApplicationUnderVote, BuilderUnconfirmed, InterviewMissing
from members.services import applications, memberships
from proposals import refusals as no
from proposals.models import Outcome, Proposal, Round, Seat, Wording
from proposals.rules import receipts
from proposals.selectors import replays
from proposals.selectors.proceedings import proceeding
from proposals.selectors.visibility import VISITOR
from proposals.services import admissions, ballots, proposing, rounds
from tests.proposals.cast import (
    AFTER_A_DAY,
    DAY,
    DEADLINE,
    HOUR,
    NOW,
    application,
    at,
    found,
    opened,
    vote,
)

pytestmark = pytest.mark.django_db
Group = tuple[Member, Member, Member]


@pytest.fixture
def group() -> Group:
    ana, ben, chen = found()
    return ana, ben, chen


def join(handle: str) -> Member:
    return memberships.join(
        handle=handle, name=handle.title(), joined_on=NOW.date(), decided_by="import", by="import", at=NOW
    )


def whole() -> list[str]:
    """What `verify` would say about all chains."""
    return list(replays.broken_proposals())


def test_an_opening_freezes_rule_edition_electorate_and_words(group: Group) -> None:
    proposal, held = opened(group[0])
    assert (proposal.number, proposal.kind, proposal.acts) == (
        1, "admission", [{"act": "members.admit", "params": {"application": proposal.application_id}}],
    )  # fmt: skip
    assert held.rule == "share>=1 of=all against=0 abstain=0 turnout>=0 everybody=yes"
    assert (held.edition, held.opened_at, held.earliest_end_at, held.deadline_at) == (1, NOW, AFTER_A_DAY, DEADLINE)
    assert list(Seat.objects.values_list("position", "member__handle")) == [(1, "ana"), (2, "ben"), (3, "chen")]
    wording = Wording.objects.get()
    assert (wording.content["handle"], wording.content["interviews"][0]["interviewers"]) == ("noor", ["ana"])
    assert held.electorate_digest == receipts.electorate_digest(
        proposal=1, round_number=1, handles=["ana", "ben", "chen"]
    )
    assert [entry.verb for entry in Entry.objects.filter(subject__startswith="proposal/1")] == [
        "proposal.open", "round.open",
    ]  # fmt: skip
    assert whole() == []


def test_only_the_leader_opens(group: Group) -> None:
    with pytest.raises(no.LeaderOnly):
        admissions.open_admission(application=application(group[0]), by=group[1], at=NOW)
    assert not Proposal.objects.exists()


def test_an_application_is_proposed_once(group: Group) -> None:
    proposal, _held = opened(group[0])
    assert proposal.application is not None
    with pytest.raises(no.AlreadyProposed):
        admissions.open_admission(application=proposal.application, by=group[0], at=NOW)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"builder_confirmed_by": None}, BuilderUnconfirmed),
        ({"withdrawn_at": NOW}, ApplicationEnded),
        ({"closed_at": NOW}, ApplicationEnded),
    ],
)
def test_an_application_that_is_not_ready_is_refused_with_what_it_lacks(
    group: Group, change: dict[str, object], refusal: type[Exception]
) -> None:
    papers = application(group[0])
    Application.objects.filter(pk=papers.pk).update(**change)
    with pytest.raises(refusal):
        admissions.open_admission(application=papers, by=group[0], at=NOW)
    assert not Proposal.objects.exists()
    assert not Outbox.objects.exists()


def test_without_an_interview_nothing_opens(group: Group) -> None:
    papers = application(group[0])
    papers.interviews.get().interviewers.clear()
    papers.interviews.all().delete()
    with pytest.raises(InterviewMissing):
        admissions.open_admission(application=papers, by=group[0], at=NOW)


def test_a_charter_without_days_to_vote_opens_nothing(group: Group) -> None:
    editions.amend(
        changes={"voting.days": "0"}, effective_on=date(2026, 11, 1), act="test", by="import", at=NOW - 20 * DAY
    )
    with pytest.raises(no.NoVotingTime):
        opened(group[0])


def test_times_and_rule_are_those_of_the_charter_at_opening(group: Group) -> None:
    editions.amend(
        changes={"voting.days": "2", "voting.min_hours": "72"},
        effective_on=date(2026, 11, 1), act="test", by="import", at=NOW - 20 * DAY,
    )  # fmt: skip
    _proposal, held = opened(group[0])
    editions.amend(changes={"voting.days": "9"}, effective_on=NOW.date(), act="test", by="import", at=NOW + HOUR)
    held.refresh_from_db()
    assert (held.edition, held.deadline_at, held.earliest_end_at) == (2, NOW + 2 * DAY, NOW + 2 * DAY)


def test_electors_with_an_address_hear_of_it_once(group: Group) -> None:
    Member.objects.filter(handle="ben").update(email="ben@group.example")
    _proposal, _held = opened(group[0])
    mail = Outbox.objects.get()
    assert mail.payload["to"] == "ben@group.example"
    assert "Admit Noor Haddad as a member" in mail.payload["subject"]
    assert reverse("proposals:detail", args=[1]) in mail.payload["text"]


def test_the_electorate_stands_while_people_come_and_go(group: Group) -> None:
    ana, ben, chen = group
    _proposal, held = opened(ana)
    before = list(Seat.objects.values_list("member__handle", flat=True))
    vote(held, ana)
    join("dana")
    vote(held, ben)
    memberships.declare_exit(member=ben, exited_on=NOW.date(), by=ben, at=NOW + HOUR)
    vote(held, chen)
    assert list(Seat.objects.values_list("member__handle", flat=True)) == before == ["ana", "ben", "chen"]
    (outcome,) = rounds.close_due(clock=at(AFTER_A_DAY))
    assert (outcome.result, outcome.tally["seats"]) == ("succeeded", 3)
    assert whole() == []


def test_who_leaves_without_a_vote_makes_the_round_fail(group: Group) -> None:
    ana, ben, chen = group
    _proposal, held = opened(ana)
    vote(held, ana)
    vote(held, ben)
    memberships.declare_exit(member=chen, exited_on=NOW.date(), by=chen, at=NOW + HOUR)
    assert rounds.close_due(clock=at(NOW + 6 * DAY)) == []
    (outcome,) = rounds.close_due(clock=at(DEADLINE))
    assert (outcome.result, outcome.tally["missing"]) == ("silence", 1)


def test_the_sweep_closes_what_was_unanimous_early(group: Group) -> None:
    _proposal, held = opened(group[0])
    for member in group:
        vote(held, member)
    assert rounds.close_due(clock=at(AFTER_A_DAY - HOUR)) == []
    (outcome,) = rounds.close_due(clock=at(AFTER_A_DAY))
    assert (outcome.result, outcome.decided_at) == ("succeeded", AFTER_A_DAY)
    assert Job.objects.filter(kind="proposals.execute", key="1/1").count() == 1
    assert rounds.close_due(clock=at(DEADLINE)) == []


@pytest.mark.parametrize(("last", "result"), [("", "silence"), ("object", "objected"), ("for", "succeeded")])
def test_the_deadline_ends_every_round(group: Group, last: str, result: str) -> None:
    _proposal, held = opened(group[0])
    vote(held, group[0])
    vote(held, group[1])
    if last:
        vote(held, group[2], last)
    (outcome,) = rounds.close_due(clock=at(DEADLINE))
    assert outcome.result == result
    assert Job.objects.exists() == (result == "succeeded")
    assert whole() == []


def test_an_objection_pauses_and_its_withdrawal_does_not_vote(group: Group) -> None:
    _proposal, held = opened(group[0])
    for member in group:
        vote(held, member)
    vote(held, group[2], "object", moment=NOW + 2 * HOUR)
    assert rounds.close_due(clock=at(AFTER_A_DAY)) == []
    ballots.withdraw(round_id=held.pk, by=group[2], clock=at(AFTER_A_DAY))
    assert rounds.close_due(clock=at(AFTER_A_DAY)) == []
    vote(held, group[2], "for", moment=AFTER_A_DAY + HOUR)
    assert Outcome.objects.get().result == "succeeded"


def test_the_next_round_shows_what_changed(group: Group) -> None:
    proposal, held = opened(group[0])
    author = Application.objects.get().user
    with pytest.raises(ApplicationUnderVote):
        applications.save_draft(user=author, changes={"project": "A product."}, at=NOW + HOUR)
    vote(held, group[1], "object")
    applications.save_draft(user=author, changes={"project": "A product."}, at=NOW + HOUR)
    following = rounds.open_next(proposal=proposal, changes=" A reference. ", by=group[0], clock=at(NOW + 2 * HOUR))
    assert (following.number, following.previous) == (2, Outcome.objects.get(round=held).digest)
    assert Outcome.objects.get(round=held).result == "objected"
    texts = list(Wording.objects.order_by("round__number").values_list("content__project", "changes"))
    assert texts == [("Two prototypes.", ""), ("A product.", "A reference.")]
    with pytest.raises(no.RoundClosed):
        vote(held, group[2], moment=NOW + 3 * HOUR)
    for member in group:
        vote(following, member, moment=NOW + 2 * DAY)
    assert Outcome.objects.get(round=following).result == "succeeded"
    assert whole() == []


def test_the_title_names_who_is_voted_on(group: Group) -> None:
    proposal, held = opened(group[0])
    vote(held, group[1], "object")
    changes = {"name": "Noor H. Haddad"}
    applications.save_draft(user=Application.objects.get().user, changes=changes, at=NOW + HOUR)
    assert Proposal.objects.get().about == "Noor Haddad"
    rounds.open_next(proposal=proposal, changes="Her whole name.", by=group[0], clock=at(NOW + 2 * HOUR))
    assert Proposal.objects.get().about == "Noor H. Haddad"
    assert whole() == []


def test_the_preview_names_the_day_in_the_groups_zone(group: Group) -> None:
    # 17:30 UTC is half past one the next night in Shanghai, where the round can end on the 16th.
    proposal, _held = opened(group[0], moment=datetime(2026, 11, 14, 17, 30, tzinfo=UTC))
    moment, zone = datetime(2026, 11, 14, 18, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
    shown = proceeding(number=proposal.number, reader=VISITOR, at=moment, today=date(2026, 11, 15), zone=zone)
    assert shown is not None
    assert shown.preview == ("Noor Haddad (noor) becomes a member on Mon 16 Nov 2026.",)


def test_a_round_that_lapsed_can_be_followed(group: Group) -> None:
    proposal, held = opened(group[0])
    vote(held, group[0])
    # The sweep has not come yet: opening the next closes the last.
    following = rounds.open_next(proposal=proposal, changes="Nothing new.", by=group[0], clock=at(DEADLINE + HOUR))
    assert (Outcome.objects.get().result, following.number) == ("silence", 2)
    assert whole() == []


def test_the_next_round_has_the_electorate_of_its_own_day(group: Group) -> None:
    proposal, _held = opened(group[0])
    join("dana")
    memberships.declare_exit(member=group[2], exited_on=NOW.date(), by=group[2], at=NOW + HOUR)
    following = rounds.open_next(proposal=proposal, changes="New.", by=group[0], clock=at(DEADLINE))
    assert [seat.member.handle for seat in following.seats.select_related("member")] == ["ana", "ben", "dana"]


def test_why_the_next_round_cannot_open(group: Group) -> None:
    ana, ben, chen = group
    proposal, held = opened(ana)

    def refused(by: Member, changes: str = "New.", moment: object = NOW + HOUR) -> str:
        with pytest.raises(Refusal) as caught:
            rounds.open_next(proposal=proposal, changes=changes, by=by, clock=lambda: moment)  # type: ignore[arg-type, return-value]
        return caught.value.code

    assert refused(ana) == "round-running"
    vote(held, ben, "object")
    assert refused(ben) == "leader-only"
    assert refused(ana, changes="  ") == "changes-missing"
    assert refused(ana, changes="x" * 4001) == "text-too-long"
    assert Round.objects.count() == 1
    vote(held, ben, "for", moment=NOW + HOUR)
    vote(held, ana)
    vote(held, chen)
    assert refused(ana, moment=AFTER_A_DAY) == "already-passed"
    rounds.close_due(clock=at(AFTER_A_DAY))
    assert refused(ana, moment=AFTER_A_DAY) == "already-passed"
    assert Round.objects.count() == 1


def test_a_withdrawn_application_cancels_its_round(group: Group) -> None:
    proposal, held = opened(group[0])
    for member in group:
        vote(held, member)
    papers = Application.objects.select_related("user").get()
    applications.withdraw(application=papers, by=papers.user, at=NOW + 2 * HOUR)
    (outcome,) = rounds.close_due(clock=at(NOW + 3 * HOUR))
    assert outcome.result == "canceled"
    assert not Job.objects.exists()
    with pytest.raises(no.ApplicationGone):
        rounds.open_next(proposal=proposal, changes="New.", by=group[0], clock=at(DEADLINE))
    assert whole() == []


def test_words_of_a_passed_proposal_stand_until_it_is_carried_out(group: Group) -> None:
    _proposal, held = opened(group[0])
    for member in group:
        vote(held, member, moment=NOW + 2 * DAY)
    with pytest.raises(ApplicationUnderVote):
        applications.save_draft(user=Application.objects.get().user, changes={"handle": "noora"}, at=NOW + 3 * DAY)


def test_numbers_follow_each_other(group: Group) -> None:
    first, _ = opened(group[0])
    second, _ = opened(group[0], handle="otto")
    assert [first.number, second.number] == [1, 2]


SAME = {"title": "We say so"}


def resolution(by: Member, moment: datetime, **more: Any) -> Proposal:
    return proposing.propose(kind="resolution", params=SAME, text="Why.", by=by, at=moment, **more)


@pytest.mark.parametrize("opens_at", [None, DEADLINE + DAY])
def test_no_next_round_while_the_same_is_announced_or_open(group: Group, opens_at: datetime | None) -> None:
    lost = resolution(group[1], NOW)
    rounds.close_due(clock=at(DEADLINE))
    resolution(group[2], DEADLINE, opens_at=opens_at)
    with pytest.raises(no.SameProposed):
        rounds.open_next(proposal=lost, changes="New.", by=group[1], clock=at(DEADLINE + HOUR))
    assert lost.rounds.count() == 1
