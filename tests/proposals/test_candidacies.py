"""Standing and stepping down before an election opens, and what is frozen when it does."""

from datetime import date, timedelta
from typing import Any

import pytest

from journal.models import Entry
from journal.refusals import Refusal
from members.models import Member, Term
from members.refusals.people import DeputyIsLeader, NotMember, UnknownHandle
from members.services import memberships
from proposals import refusals
from proposals.models import Declaration, DeclarationWords, Proposal, Round
from proposals.selectors import drafts
from proposals.selectors import elections as selectors
from proposals.services import announcing, candidacies, elections, proposing
from tests.proposals.cast import DAY, HOUR, NOW, at
from tests.proposals.electing import ENDS_ON, OPENS, PUT_FORWARD, ask, group, opened, put_forward, stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def members() -> list[Member]:
    return group()


@pytest.fixture
def election(members: list[Member]) -> Proposal:
    return put_forward()


def standing(election: Proposal) -> list[str]:
    return [item.member.handle for item in selectors.candidacies(election, day=NOW.date())]


def test_a_member_stands_with_a_statement_and_a_deputy(members: list[Member], election: Proposal) -> None:
    moment = PUT_FORWARD + HOUR
    candidacies.stand(proposal=election, by=members[1], statement=" I will. ", deputy="chen", clock=at(moment))
    row = Declaration.objects.get()
    assert (row.member, row.deputy, row.seq, row.stands) == (members[1], members[2], 1, True)
    assert row.words.text == "I will."
    entry = Entry.objects.get(verb="proposal.stand")
    assert (entry.actor, entry.subject, entry.at) == ("member:ben", "proposal/1", moment)
    assert entry.data == {"deputy": "chen", "words": row.words_digest}


def test_standing_again_replaces_and_stepping_down_takes_back(members: list[Member], election: Proposal) -> None:
    for words in ("First.", "Second."):
        candidacies.stand(proposal=election, by=members[1], statement=words, clock=at(PUT_FORWARD))
    assert [item.statement for item in selectors.candidacies(election, day=NOW.date())] == ["Second."]
    candidacies.step_down(proposal=election, by=members[1], clock=at(PUT_FORWARD))
    assert standing(election) == []
    candidacies.stand(proposal=election, by=members[1], statement="Second.", clock=at(PUT_FORWARD))
    assert standing(election) == ["ben"]
    assert list(Declaration.objects.order_by("seq").values_list("seq", "stands")) == [
        (1, True), (2, True), (3, False), (4, True),
    ]  # fmt: skip
    assert [entry.data for entry in Entry.objects.filter(verb="proposal.step_down")] == [{"deputy": None, "words": ""}]


def test_the_leader_may_stand_again(members: list[Member], election: Proposal) -> None:
    stand(election, members[0])
    assert standing(election) == ["ana"]


@pytest.mark.parametrize(
    ("statement", "deputy", "refusal"),
    [
        (" \0", "", refusals.StatementMissing),
        ("x" * 4001, "", refusals.TextTooLong),
        ("Yes.", "nobody", UnknownHandle),
        ("Yes.", "ben", DeputyIsLeader),
        ("Yes.", "emil", NotMember),
    ],
)
def test_what_a_candidacy_needs(
    members: list[Member], election: Proposal, statement: str, deputy: str, refusal: type[Refusal]
) -> None:
    memberships.declare_exit(member=members[4], exited_on=date(2026, 11, 14), by=members[4], at=PUT_FORWARD)
    clock = at(PUT_FORWARD + 2 * DAY)
    with pytest.raises(refusal):
        candidacies.stand(proposal=election, by=members[1], statement=statement, deputy=deputy, clock=clock)
    assert not Declaration.objects.exists()


def test_the_same_again_changes_nothing(members: list[Member], election: Proposal) -> None:
    stand(election, members[1])
    with pytest.raises(refusals.SameCandidacy):
        stand(election, members[1])
    with pytest.raises(refusals.NotStanding):
        candidacies.step_down(proposal=election, by=members[2], clock=at(PUT_FORWARD))
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize(("last", "refusal"), [(date(2026, 11, 20), refusals.MembersOnly),
                                               (date(2027, 3, 3), refusals.Leaving)])  # fmt: skip
def test_who_leaves_before_the_term_ends_cannot_stand(
    members: list[Member], election: Proposal, last: date, refusal: type[Refusal]
) -> None:
    memberships.declare_exit(member=members[1], exited_on=last, by=members[1], at=NOW)
    with pytest.raises(refusal):
        stand(election, members[1], moment=OPENS + DAY)


def test_who_leaves_with_the_last_day_of_the_term_can_stand(members: list[Member], election: Proposal) -> None:
    memberships.declare_exit(member=members[1], exited_on=date(2027, 3, 4), by=members[1], at=NOW)
    stand(election, members[1])
    assert standing(election) == ["ben"]


def test_nobody_stands_in_another_proposal_or_once_it_has_opened(members: list[Member], election: Proposal) -> None:
    other = proposing.propose(kind="resolution", params={"title": "So"}, text="Why.", by=members[0], at=NOW)
    with pytest.raises(refusals.NoElection):
        stand(other, members[1])
    stand(election, members[1])
    opened(election)
    for act in (lambda: stand(election, members[2]),
                lambda: candidacies.step_down(proposal=election, by=members[1], clock=at(OPENS))):  # fmt: skip
        with pytest.raises(refusals.CandidaciesClosed):
            act()


def test_the_opening_freezes_acts_words_and_the_tie_order(members: list[Member], election: Proposal) -> None:
    for member, deputy in ((members[3], "ana"), (members[1], "")):
        candidacies.stand(
            proposal=election, by=member, statement=f"{member.name}.", deputy=deputy, clock=at(PUT_FORWARD)
        )
    held = opened(election)
    election.refresh_from_db()
    # Members since the same day: byte order of the handles.
    assert held.candidates == ["ben", "dora"]
    assert [act["params"] for act in election.acts] == [
        {"handle": "ben", "starts_on": "2026-12-05", "ends_on": None, "deputy": None, "quarters": 1},
        {"handle": "dora", "starts_on": "2026-12-05", "ends_on": None, "deputy": "ana", "quarters": 1},
    ]
    assert held.wording.content["candidates"] == [
        {"handle": "ben", "since": "2026-01-05", "deputy": "", "statement": "Ben Okoro."},
        {"handle": "dora", "since": "2026-01-05", "deputy": "ana", "statement": "Dora."},
    ]
    assert (held.opened_by, held.rule.split(" against")[0]) == (None, "share>1/2 of=all")


def test_the_longest_membership_comes_first(members: list[Member], election: Proposal) -> None:
    memberships.join(
        handle="aaa", name="Aaa", joined_on=date(2026, 2, 1), decided_by="proposal/9", by="import", at=NOW,
    )  # fmt: skip
    stand(election, members[2], Member.objects.get(handle="aaa"))
    assert opened(election).candidates == ["chen", "aaa"]


def test_who_has_left_is_no_candidate_and_nobody_is_no_election(members: list[Member], election: Proposal) -> None:
    stand(election, members[1])
    memberships.declare_exit(member=members[1], exited_on=OPENS.date() - DAY, by=members[1], at=PUT_FORWARD + HOUR)
    with pytest.raises(refusals.NoCandidates):
        opened(election)
    assert not Round.objects.exists()
    assert Proposal.objects.get().acts == []
    stand(election, members[2], moment=OPENS)
    assert opened(election, OPENS + HOUR).candidates == ["chen"]


def test_statements_are_for_members(members: list[Member], election: Proposal) -> None:
    from proposals.selectors.visibility import VISITOR, Reader

    stand(election, members[1])
    day = NOW.date()
    assert selectors.candidacies(election, day=day, reader=VISITOR)[0].statement is None
    inside = Reader(member=members[2], inside=True)
    assert selectors.candidacies(election, day=day, reader=inside)[0].statement == "I am ben."
    DeclarationWords.objects.all().delete()
    assert selectors.candidacies(election, day=day, reader=inside)[0].statement == ""


def test_the_worker_puts_it_forward_once_on_its_day(members: list[Member]) -> None:
    second = timedelta(seconds=1)
    assert elections.put_forward_due(clock=at(PUT_FORWARD - second)) is None
    made = put_forward()
    assert (made.proposed_by, made.opens_at, made.ending_term) == (None, OPENS, date(2026, 1, 5))
    assert (made.proposed_at, made.acts, made.title) == (PUT_FORWARD, [], "Elect the leader from 5 Dec 2026 on")
    entry = Entry.objects.get(verb="proposal.open")
    assert (entry.actor, entry.data["opens_at"]) == ("system:worker", "2026-11-20T16:00:00.000000Z")
    for moment in (PUT_FORWARD, OPENS, OPENS + 100 * DAY):
        assert elections.put_forward_due(clock=at(moment)) is None
    assert Proposal.objects.count() == 1


def test_a_worker_that_slept_leaves_seven_days_to_stand(members: list[Member]) -> None:
    late = OPENS + 30 * DAY
    made = elections.put_forward_due(clock=at(late))
    assert made is not None
    assert made.opens_at == late + 7 * DAY
    assert elections.put_forward_due(clock=at(late)) is None


def test_a_term_without_a_last_day_has_none_and_a_member_puts_it_forward(db: None) -> None:
    ana, ben, *_ = group(ends_on=None)
    assert elections.put_forward_due(clock=at(NOW + 900 * DAY)) is None
    made = ask(text="It is time.", by=ben, at=NOW)
    assert (made.proposed_by, made.opens_at, made.ending_term) == (ben, NOW + 7 * DAY, None)
    assert made.words.content == {"name": "2026-11-20", "text": "It is time."}
    with pytest.raises(refusals.ElectionRunning):
        ask(text="Me too.", by=ana, at=NOW)


def test_who_puts_an_election_forward(members: list[Member]) -> None:
    for text, refusal in ((" ", refusals.PurposeMissing), ("x" * 4001, refusals.TextTooLong)):
        with pytest.raises(refusal):
            ask(text=text, by=members[1], at=NOW)
    memberships.declare_exit(member=members[1], exited_on=NOW.date(), by=members[1], at=NOW)
    with pytest.raises(refusals.MembersOnly):
        ask(text="Why.", by=members[1], at=NOW + DAY)
    made = ask(text="Why.", by=members[2], at=NOW)
    # 14 days before the term ends, however early it is put forward; the worker sees that it is there.
    assert made.opens_at == OPENS
    assert elections.put_forward_due(clock=at(PUT_FORWARD)) is None


@pytest.mark.parametrize(
    ("asked", "label"),
    [({"opens_at": NOW + DAY}, "Time to vote"), ({"execute_on": date(2027, 11, 1)}, "When it takes effect")],
)
def test_nobody_chooses_when_an_election_opens_or_seats(
    members: list[Member], asked: dict[str, Any], label: str
) -> None:
    with pytest.raises(refusals.ElectionTimes):
        proposing.propose(kind="election", params={}, text="Why.", by=members[1], at=NOW, **asked)
    found = drafts.draft(
        kind=Proposal.Kind.ELECTION, params={}, text="Why.", roles=frozenset({"member"}), at=NOW, **asked
    )
    assert [(check.label, check.refused.code) for check in found.checks if check.refused] == [(label, "election-times")]
    # What it would be otherwise is shown all the same.
    assert found.opens_at == OPENS
    assert not Proposal.objects.exists()


def test_there_is_none_while_a_successor_is_seated(members: list[Member]) -> None:
    Term.objects.create(role="leader", member=members[1], starts_on=ENDS_ON + DAY, decided_by="x")
    assert elections.put_forward_due(clock=at(PUT_FORWARD)) is None
    with pytest.raises(refusals.SuccessorSeated):
        ask(text="Why.", by=members[1], at=NOW)


def test_a_leader_who_leaves_is_succeeded(members: list[Member]) -> None:
    memberships.declare_exit(member=members[0], exited_on=NOW.date(), by=members[0], at=NOW)
    made = elections.put_forward_due(clock=at(NOW + DAY))
    assert made is not None
    assert made.opens_at == NOW + 8 * DAY
    # As a member's draft of that day says it: the term begins when the vote can open.
    assert made.title == "Elect the leader from 21 Nov 2026 on"


def test_the_leader_does_not_take_an_election_back(members: list[Member], election: Proposal) -> None:
    for member in members[:2]:
        with pytest.raises(refusals.NotYours):
            announcing.take_back(proposal=election, by=member, clock=at(PUT_FORWARD + HOUR))


def test_who_put_an_election_forward_takes_it_back_and_nobody_stands_any_more(members: list[Member]) -> None:
    own = ask(text="Why.", by=members[1], at=NOW)
    announcing.take_back(proposal=own, by=members[1], clock=at(NOW + HOUR))
    with pytest.raises(refusals.CandidaciesClosed):
        stand(own, members[2])
    assert put_forward() != own
