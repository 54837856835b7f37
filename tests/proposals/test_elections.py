"""Elections: votes for candidates, more than half or a run-off, ties, and the one who is seated."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.db import IntegrityError, connection, transaction

from journal.models import Entry
from journal.refusals import Refusal
from members.models import Member, Term
from members.selectors import people
from members.services import memberships
from proposals import refusals
from proposals.models import Ballot, Execution, Outcome, Proposal, Round, Seat
from proposals.rules.comments import is_open
from proposals.selectors import replays
from proposals.selectors.comments import standing
from proposals.selectors.listings import listing
from proposals.selectors.proceedings import proceeding
from proposals.selectors.visibility import VISITOR, Reader
from proposals.selectors.waiting import for_member
from proposals.services import candidacies, execution, openings, recusals, rounds
from tests.proposals.cast import DAY, HOUR, at
from tests.proposals.deciding import file_of
from tests.proposals.electing import (
    ENDS,
    ENDS_ON,
    FIVE,
    OPENS,
    PUT_FORWARD,
    RUN_OFF_ENDS,
    ask,
    elect,
    group,
    opened,
    put_forward,
    stand,
    vote,
    votes,
)
from tests.proposals.strangers import Stranger, own_head

pytestmark = pytest.mark.django_db
MORE_THAN_HALF = "share>1/2 of=all against=0 abstain=0 turnout>=0 everybody=no"
MOST = "share>0 of=all against=0 abstain=0 turnout>=0 everybody=no"


@pytest.fixture
def members() -> list[Member]:
    return group()


def close(moment: object = ENDS) -> list[Outcome]:
    return rounds.close_due(clock=at(moment))  # type: ignore[arg-type]


def carry_out(moment: object = ENDS) -> Execution:
    return execution.execute(proposal=Proposal.objects.get(), by=rounds.SYSTEM, clock=at(moment))  # type: ignore[arg-type]


def test_more_than_half_elects_and_exactly_that_one_is_seated(members: list[Member]) -> None:
    held = elect(members, "ben chen", "ben ben ben chen abstain")
    assert held.rule == MORE_THAN_HALF
    assert close(ENDS - HOUR) == []
    (outcome,) = close()
    assert (outcome.result, outcome.tally["elected"], outcome.tally["votes"]) == (
        "succeeded", "ben", [["ben", 3], ["chen", 1]],
    )  # fmt: skip
    done = carry_out()
    assert done.effect == "term/leader/2026-12-05"
    seated = Term.objects.get(starts_on=date(2026, 12, 5))
    assert (seated.member, seated.ends_on, seated.decided_by) == (members[1], date(2027, 3, 4), "proposal/1")
    assert Term.objects.filter(role="leader").count() == 2
    assert list(replays.broken_proposals()) == []


def test_the_outgoing_leader_leads_until_the_term_ends_and_stays_until_somebody_is_seated(
    members: list[Member],
) -> None:
    elect(members, "ben chen", "ben ben ben chen abstain")
    close()
    after = date(2026, 12, 9)
    caretaker = people.leader_on(after)
    assert caretaker is not None
    assert caretaker.member == members[0]
    assert people.is_caretaker(caretaker, after)
    carry_out()
    assert [leads.member if (leads := people.leader_on(day)) else None for day in (ENDS_ON, after)] == members[:2]


def test_half_is_not_enough_and_the_two_highest_go_on_in_the_same_moment(members: list[Member]) -> None:
    first = elect(members, "ben chen dora", "ben ben chen dora chen")
    (outcome,) = close()
    assert (outcome.result, outcome.tally["elected"]) == ("rejected", None)
    run_off = Round.objects.get(number=2)
    assert (run_off.candidates, run_off.rule, run_off.opened_by) == (["ben", "chen"], MOST, None)
    assert (run_off.opened_at, run_off.deadline_at) == (outcome.decided_at, RUN_OFF_ENDS)
    assert run_off.previous == outcome.digest
    assert [item["handle"] for item in run_off.wording.content["candidates"]] == ["ben", "chen"]
    first.proposal.refresh_from_db()
    assert [act["params"]["handle"] for act in first.proposal.acts] == ["ben", "chen", "dora"]
    votes(run_off, members, "chen chen ben - abstain")
    (last,) = close(RUN_OFF_ENDS)
    assert (last.result, last.tally["elected"]) == ("succeeded", "chen")
    assert carry_out(RUN_OFF_ENDS).effect == "term/leader/2026-12-05"
    assert Term.objects.get(starts_on=date(2026, 12, 5)).member == members[2]
    assert list(replays.broken_proposals()) == []


@pytest.mark.parametrize(
    ("cast", "highest"),
    [
        ("ben chen dora - -", ["ben", "chen"]),
        ("dora dora chen ben -", ["ben", "dora"]),
        ("dora dora chen chen ben", ["chen", "dora"]),
        ("- - - - -", ["ben", "chen"]),
        ("abstain abstain abstain abstain dora", ["ben", "dora"]),
    ],
)
def test_ties_for_the_run_off_follow_the_order_that_was_shown(
    members: list[Member], cast: str, highest: list[str]
) -> None:
    elect(members, "ben chen dora", cast)
    close()
    assert Round.objects.get(number=2).candidates == highest


def test_a_tie_in_the_run_off_elects_the_first_in_the_order(members: list[Member]) -> None:
    elect(members, "dora emil", "dora dora emil emil -")
    close()
    run_off = Round.objects.get(number=2)
    votes(run_off, members, "emil dora abstain - -")
    (last,) = close(RUN_OFF_ENDS)
    assert (last.result, last.tally["elected"], last.tally["votes"]) == (
        "succeeded",
        "dora",
        [["dora", 1], ["emil", 1]],
    )


def test_a_run_off_without_a_vote_elects_nobody_and_nothing_follows(members: list[Member]) -> None:
    elect(members, "dora emil", "dora dora emil emil -")
    close()
    vote(Round.objects.get(number=2), members[0], "abstain")
    (last,) = close(RUN_OFF_ENDS)
    assert (last.result, last.tally["elected"], Round.objects.count()) == ("rejected", None, 2)
    with pytest.raises(refusals.NotPassed):
        carry_out(RUN_OFF_ENDS)
    with pytest.raises(refusals.ElectionOver):
        rounds.open_next(proposal=Proposal.objects.get(), changes="x", by=members[0], clock=at(RUN_OFF_ENDS))
    leads = people.leader_on(date(2027, 1, 9))
    assert leads is not None
    assert leads.member == members[0]


def test_one_candidate_without_enough_votes_is_not_elected(members: list[Member]) -> None:
    elect(members, "ben", "ben ben abstain - -")
    (outcome,) = close()
    assert (outcome.result, Round.objects.count()) == ("rejected", 1)


def test_the_run_off_has_the_electorate_of_its_own_day(members: list[Member]) -> None:
    elect(members, "ben chen", "ben ben chen chen -")
    memberships.declare_exit(member=members[4], exited_on=date(2026, 11, 25), by=members[4], at=OPENS)
    memberships.join(handle="zoe", name="Zoe", joined_on=date(2026, 11, 26), decided_by="x", by="import", at=OPENS)
    close()
    seats = [
        set(Seat.objects.filter(round__number=number).values_list("member__handle", flat=True)) for number in (1, 2)
    ]
    assert seats == [set(FIVE), {"ana", "ben", "chen", "dora", "zoe"}]


def test_no_second_moves_up_when_one_of_the_two_highest_has_left(members: list[Member]) -> None:
    elect(members, "ben chen dora", "ben ben chen chen dora")
    memberships.declare_exit(member=members[1], exited_on=date(2026, 11, 25), by=members[1], at=OPENS)
    (outcome,) = close()
    assert (outcome.result, Round.objects.count()) == ("rejected", 1)


def test_who_was_elected_and_left_is_not_replaced(members: list[Member]) -> None:
    elect(members, "ben chen", "ben ben ben chen chen")
    close()
    memberships.declare_exit(member=members[1], exited_on=date(2026, 11, 29), by=members[1], at=ENDS)
    for moment in (ENDS + 3 * DAY, ENDS + 4 * DAY):
        with pytest.raises(Refusal):
            carry_out(moment)
    assert Term.objects.filter(role="leader").count() == 1
    assert not Execution.objects.exists()
    failed = Entry.objects.filter(verb="proposal.execution_failed")
    assert [entry.data for entry in failed] == [{"error": "not-member"}] * 2


@pytest.mark.parametrize("last", [date(2026, 11, 29), date(2027, 2, 1)])
def test_who_was_elected_and_leaves_keeps_no_other_election_waiting(members: list[Member], last: date) -> None:
    elect(members, "ben chen", "ben ben ben chen chen")
    close()
    with pytest.raises(refusals.ElectionRunning):
        ask(text="Again.", by=members[2], at=ENDS + HOUR)
    # Before the term begins, or during it: seated is who stays until its end.
    memberships.declare_exit(member=members[1], exited_on=last, by=members[1], at=ENDS + HOUR)
    with pytest.raises(Refusal):
        carry_out(ENDS + HOUR)
    made = ask(text="Again.", by=members[2], at=ENDS + HOUR)
    assert made.opens_at == ENDS + HOUR + 7 * DAY


def test_a_run_off_that_is_refused_stands_in_the_journal(members: list[Member]) -> None:
    from charter.services import editions

    first = elect(members, "ben chen", "ben ben chen chen -")
    editions.amend(changes={"voting.days": "0"}, effective_on=ENDS.date(), act="t", by="t", at=OPENS)
    (outcome,) = close()
    assert (outcome.result, Round.objects.count()) == ("rejected", 1)
    told = Entry.objects.get(verb=openings.REFUSED)
    assert (told.actor, told.subject, told.data, told.at) == (
        "system:worker", f"proposal/{first.proposal.number}", {"error": "no-voting-time"}, ENDS,
    )  # fmt: skip
    file = file_of(first.proposal)
    assert Stranger(Path(mkdtemp())).runs(file, given=own_head(file))[0] == 0


def test_an_election_that_ended_is_over_for_recusals_and_comments(members: list[Member]) -> None:
    proposal = elect(members, "ben", "ben ben abstain - -").proposal
    assert is_open(standing(proposal), ENDS - HOUR)
    close()
    assert not is_open(standing(proposal), ENDS + HOUR)
    with pytest.raises(refusals.RecusalTooLate):
        recusals.recuse(proposal=proposal, by=members[2], reason="Late.", clock=at(ENDS + HOUR))
    reader = Reader(member=members[2], inside=True)
    shown = proceeding(number=1, reader=reader, at=ENDS + HOUR, today=ENDS.date(), zone=UTC)
    assert shown is not None
    assert not shown.may_follow


def test_a_late_execution_seats_from_its_own_day(members: list[Member]) -> None:
    elect(members, "ben chen", "ben ben ben chen chen")
    close()
    done = carry_out(ENDS + 20 * DAY)
    seated = Term.objects.get(member=members[1])
    assert done.effect == "term/leader/2026-12-18"
    assert (seated.starts_on, seated.ends_on) == (date(2026, 12, 18), date(2027, 3, 17))


def test_an_open_term_ends_the_day_before(db: None) -> None:
    members = group(ends_on=None)
    proposal = ask(text="It is time.", by=members[1], at=PUT_FORWARD)
    stand(proposal, members[1])
    held = opened(proposal, PUT_FORWARD + 7 * DAY)
    votes(held, members, "ben ben ben - -")
    moment = PUT_FORWARD + 14 * DAY
    close(moment)
    carry_out(moment)
    assert list(Term.objects.order_by("starts_on").values_list("member__handle", "ends_on")) == [
        ("ana", date(2026, 11, 27)), ("ben", date(2027, 2, 27)),
    ]  # fmt: skip


@pytest.mark.parametrize("choice", ["for", "against", "object", "withdrawn", "", "for:", "for:emil", "for:nobody"])
def test_a_ballot_names_a_candidate_or_abstains(members: list[Member], choice: str) -> None:
    from proposals.services import ballots

    held = elect(members, "ben chen", "- - - - -")
    with pytest.raises(refusals.CandidateMissing):
        ballots.cast(round_id=held.pk, by=members[0], choice=choice, clock=at(OPENS + HOUR))
    assert not Ballot.objects.exists()


def test_a_vote_is_changed_until_the_deadline_and_the_last_one_counts(members: list[Member]) -> None:
    held = elect(members, "ben chen", "ben ben ben chen -")
    vote(held, members[2], "chen", ENDS - HOUR)
    with pytest.raises(refusals.SameBallot):
        vote(held, members[2], "chen", ENDS - HOUR)
    vote(held, members[1], "abstain", ENDS - HOUR)
    with pytest.raises(refusals.RoundClosed):
        vote(held, members[2], "ben", ENDS)
    (outcome,) = close()
    assert outcome.tally["votes"] == [["ben", 1], ["chen", 2]]
    assert (outcome.tally["abstained"], outcome.tally["missing"]) == (1, 1)


def test_everybody_for_one_does_not_end_it_early(members: list[Member]) -> None:
    elect(members, "ben chen", "ben ben ben ben ben")
    assert close(ENDS - HOUR) == []
    assert close()[0].result == "succeeded"


def test_a_unanimous_threshold_knows_no_objection(members: list[Member]) -> None:
    from charter.services import editions

    changes = {"election.threshold": "unanimous"}
    editions.amend(changes=changes, effective_on=OPENS.date(), act="import", by="import", at=PUT_FORWARD)
    elect(members, "ben chen", "ben ben ben ben chen")
    (outcome,) = close()
    assert (outcome.result, Round.objects.get(number=2).candidates) == ("rejected", ["ben", "chen"])


def test_the_worker_opens_it_once_somebody_stands(members: list[Member]) -> None:
    proposal = put_forward()
    assert openings.open_due(clock=at(OPENS)) == []
    stand(proposal, members[3], moment=OPENS + 3 * DAY)
    moment = OPENS + 3 * DAY + HOUR
    (held,) = openings.open_due(clock=at(moment))
    assert (held.candidates, held.opened_at) == (["dora"], moment)
    assert openings.open_due(clock=at(moment)) == []


def raw(sql: str, *values: int | str | datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("choice", ["for", "against", "for:emil", "withdrawn"])
def test_the_database_knows_the_candidates(members: list[Member], choice: str) -> None:
    held = elect(members, "ben chen", "ben - - - -")
    row = Ballot.objects.get()
    row.pk, row.seq, row.number, row.choice, row.receipt = None, 2, 2, choice, "0" * 64
    with pytest.raises(IntegrityError, match="does not know this choice"), transaction.atomic():
        row.save(force_insert=True)
    assert held.seats.count() == len(FIVE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"elected": "chen"}, "somebody else is elected"),
        ({"elected": None}, "somebody else is elected"),
        ({"in_favour": 4}, "does not count"),
        ({"against": 0}, "does not count"),
        ({}, ""),
    ],
)
def test_the_database_counts_an_election_itself(
    members: list[Member], monkeypatch: pytest.MonkeyPatch, change: dict[str, object], said: str
) -> None:
    from proposals.rules.elections import Election

    elect(members, "ben chen", "ben ben ben chen abstain")
    told = Election.as_json
    monkeypatch.setattr(Election, "as_json", lambda self: told(self) | change)
    if said:
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            rounds.close_held(proposal_id=Proposal.objects.get().pk, at=ENDS)
    else:
        assert close()[0].result == "succeeded"


def test_the_database_fixes_the_acts_with_the_opening(members: list[Member]) -> None:
    proposal = put_forward()
    stand(proposal, members[1])
    raw("UPDATE proposals_proposal SET acts = '[]' WHERE id = %s", proposal.pk)
    opened(proposal)
    with pytest.raises(IntegrityError, match="once it opened"):
        raw("UPDATE proposals_proposal SET acts = '[]' WHERE id = %s", proposal.pk)
    with pytest.raises(IntegrityError, match="candidates stand before"):
        stand_raw(proposal, members[2])


def stand_raw(proposal: Proposal, member: Member) -> None:
    """A candidacy past the service."""
    raw(
        "INSERT INTO proposals_declaration (proposal_id, member_id, kind, seq, stands, words_digest, declared_at)"
        " VALUES (%s, %s, 'candidacy', 1, true, %s, now())",
        proposal.pk, member.pk, "0" * 64,
    )  # fmt: skip


def test_an_election_without_candidates_and_without_my_vote_waits_for_me(members: list[Member]) -> None:
    proposal = put_forward()

    def waits(moment: datetime) -> list[str]:
        return [item.kind.value for item in for_member(members[0], moment)]

    assert waits(PUT_FORWARD) == ["stand"]
    # Nothing closes: without a candidate it does not open, however long ago it was to.
    assert [item.closes_at for item in for_member(members[0], OPENS + DAY)] == [None]
    stand(proposal, members[1])
    assert waits(PUT_FORWARD) == []
    candidacies.step_down(proposal=proposal, by=members[1], clock=at(PUT_FORWARD + HOUR))
    assert waits(PUT_FORWARD) == ["stand"]
    stand(proposal, members[1], members[2])
    held = opened(proposal)
    assert waits(OPENS + HOUR) == ["vote"]
    vote(held, members[0], "chen", OPENS + HOUR)
    assert waits(OPENS + HOUR) == []


def test_the_list_says_who_leads_by_name(members: list[Member]) -> None:
    elect(members, "ben chen", "chen chen abstain - -")
    reader = Reader(member=members[3], inside=True)
    (row,) = listing(reader=reader, at=OPENS + 2 * HOUR).open
    assert row.votes == ("for", "for", "abstain", "", "")
    assert row.label == "3 of 5 have voted"
    assert row.sentence == "Ben Okoro 0, 陈雨 2. 3 votes are needed to be elected."
    (hidden,) = listing(reader=VISITOR, at=OPENS + 2 * HOUR).open
    assert (hidden.votes, hidden.label, hidden.sentence) == ((), "", "")
