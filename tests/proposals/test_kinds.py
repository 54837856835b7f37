"""Removal, amendment, budget, resolution: from the draft to what they did, under rules that count."""

from datetime import date, timedelta
from typing import Any

import pytest

from charter import registry
from charter import selectors as charter
from charter.services import editions
from journal.models import Entry
from journal.refusals import Refusal
from journal.services import jobs
from members.models import Member, Membership, Term
from members.refusals.people import NotMember, UnknownHandle
from members.selectors import people
from members.services import memberships
from proposals import refusals as no
from proposals.models import Ballot, Outcome, Proposal, Reason, Round, Seat
from proposals.refusals.objections import ObjectionUnnamed, PlanUnlinked, ProjectUnnamed
from proposals.rules.kinds import ACTS
from proposals.selectors import replays
from proposals.services import ballots, execution, proposing, rounds
from tests.cast import AT, Cast
from tests.consulting.test_disputes import disputed
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, at, found, vote
from tests.treasury.books import MICRO, balance, broken, posted, run_month
from treasury.models import Budget
from treasury.refusals import BudgetGranted

pytestmark = pytest.mark.django_db
RESOLVE = {"title": "The DAO should keep its own index"}
ASSESS = {
    "project": "Bridge", "plan_url": "https://forum.example/t/bridge", "expert": "chen", "title": "No time for tests",
}  # fmt: skip
BUDGET = {
    "quarter": "2026-Q4", "headcount": 3, "hours_per_head_centi": 4000, "pow_micro": 7200 * MICRO,
    "stipend_micro": 3000 * MICRO,
}  # fmt: skip
WHY = "Because we looked at it."


def propose(kind: str, params: dict[str, Any], by: Member, **more: Any) -> tuple[Proposal, Round]:
    proposal = proposing.propose(kind=kind, params=params, text=more.pop("text", WHY), by=by, at=NOW, **more)
    return proposal, proposal.rounds.get()


def close(moment: Any = DEADLINE) -> list[str]:
    return [str(outcome.result) for outcome in rounds.close_due(clock=at(moment))]


def carry_out(proposal: Proposal, moment: Any = DEADLINE + HOUR) -> str:
    return execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(moment)).effect


def holds() -> None:
    assert list(replays.broken_proposals()) == []


def test_every_kind_is_an_act_that_a_floor_registered() -> None:
    assert {key for key in ACTS.values() if registry.get(key).key == key} == set(ACTS.values())


def test_the_person_concerned_has_no_seat_and_the_others_decide() -> None:
    ana, ben, chen = found()
    proposal, held = propose("removal", {"handle": "chen"}, ana)
    assert [seat.member for seat in Seat.objects.filter(round=held)] == [ana, ben]
    assert (proposal.title, proposal.concerns) == ("Remove 陈雨 from the group", chen)
    with pytest.raises(no.NoSeat):
        vote(held, chen, "against")
    vote(held, ana)
    vote(held, ben)
    # Two thirds of the others are there; the deadline decides, not the cast.
    assert close(AFTER_A_DAY) == []
    assert close() == ["succeeded"]
    assert carry_out(proposal) == "exit/chen"
    last = (DEADLINE + HOUR).date()
    assert Membership.objects.get(member=chen).exited_on == last
    assert people.is_active(chen, last)
    assert not people.is_active(chen, last + DAY)
    assert Entry.objects.get(verb="member.exit").data["decided_by"] == "proposal/1"
    holds()


def test_one_of_two_is_not_two_thirds() -> None:
    ana, _ben, _chen = found()
    _proposal, held = propose("removal", {"handle": "chen"}, ana)
    vote(held, ana)
    assert close() == ["rejected"]
    assert not Membership.objects.exclude(exited_on=None).exists()
    holds()


def test_a_leader_who_is_removed_leads_no_more() -> None:
    ana, ben, chen = found()
    proposal, held = propose("removal", {"handle": "ana"}, ana)
    vote(held, ben)
    vote(held, chen)
    close()
    carry_out(proposal)
    assert Term.objects.get(role="leader").ends_on == (DEADLINE + HOUR).date()


def test_who_left_meanwhile_cannot_be_removed_and_the_failure_is_told() -> None:
    ana, ben, chen = found()
    proposal, held = propose("removal", {"handle": "chen"}, ana)
    vote(held, ana)
    vote(held, ben)
    close()
    memberships.declare_exit(member=chen, exited_on=DEADLINE.date(), by="import", at=DEADLINE)
    with pytest.raises(NotMember):
        carry_out(proposal)
    assert Entry.objects.get(verb="proposal.execution_failed").data == {"error": NotMember.code}


def test_an_amendment_holds_from_its_day_on_and_was_decided_under_the_old_edition() -> None:
    group = found()
    changes = {"amendment.threshold": "unanimous", "stipend.member": "500"}
    proposal, held = propose("amendment", {"changes": changes, "effective_on": "2026-12-01"}, group[1])
    assert held.edition == 1
    for member in group[:2]:
        vote(held, member)
    close()
    assert carry_out(proposal) == "edition/2"
    before, after = (charter.terms_on(date(2026, month, 30 if month == 11 else 1)) for month in (11, 12))
    assert (before.stipend_member_micro, after.stipend_member_micro) == (400 * MICRO, 500 * MICRO)
    assert after.amendment_threshold.unanimous
    assert Round.objects.get().rule.startswith("share>=2/3 ")
    holds()


def test_the_next_month_s_run_uses_the_amended_value(cast: Cast) -> None:
    """From the draft over the vote and the worker to the money of the months around it."""
    moment = AT - timedelta(days=60)
    proposal = proposing.propose(
        kind="amendment",
        params={"changes": {"stipend.member": "500"}, "effective_on": "2026-10-01"},
        text=WHY,
        by=cast.bo,
        at=moment,
    )
    held = proposal.rounds.get()
    for member in (cast.lin, cast.bo):
        ballots.cast(round_id=held.pk, by=member, choice="for", clock=at(moment + HOUR))
    rounds.close_due(clock=at(moment + 7 * DAY))
    execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(moment + 7 * DAY))
    # The worker comes as well, and finds it done.
    assert jobs.run_due(clock=at(DEADLINE)) == 1
    run_month("2026-09")
    run_month("2026-10")
    september, october = (posted(month)[f"stipend-member/{month}/chen/U"] for month in ("2026-09", "2026-10"))
    assert (september, october) == (200 * MICRO, 250 * MICRO)
    assert broken() == []
    holds()


def test_a_budget_is_granted_once_and_in_the_pool() -> None:
    group = found()
    proposal, held = propose("budget", BUDGET, group[0])
    for member in group[:2]:
        vote(held, member)
    vote(held, group[2], "against", reason="Too much.")
    close()
    assert carry_out(proposal) == "budget/2026-Q4"
    assert (Budget.objects.get().pow_micro, balance("pool")) == (7200 * MICRO, 10200 * MICRO)
    with pytest.raises(BudgetGranted):
        propose("budget", BUDGET, group[0])
    holds()


def test_a_resolution_needs_more_than_half_of_all() -> None:
    group = found(["ana", "ben", "chen", "dora"])
    proposal, held = propose("resolution", RESOLVE, group[3])
    vote(held, group[0])
    vote(held, group[1])
    vote(held, group[2], "abstain")
    assert close() == ["rejected"]
    again = rounds.open_next(proposal=proposal, changes="We talked.", by=group[3], clock=at(DEADLINE + HOUR))
    for member in group[:3]:
        vote(again, member, moment=DEADLINE + 2 * HOUR)
    rounds.close_due(clock=at(again.deadline_at))
    assert carry_out(proposal, again.deadline_at) == "resolution/1"
    holds()


@pytest.mark.parametrize(
    ("kind", "params", "by", "more", "expected"),
    [
        ("removal", {"handle": "chen"}, 1, {}, no.LeaderOnly),
        ("removal", {"handle": "nobody"}, 0, {}, UnknownHandle),
        ("budget", BUDGET, 1, {}, no.LeaderOnly),
        ("budget", BUDGET | {"headcount": -1}, 0, {}, Refusal),
        ("amendment", {"changes": {}}, 1, {}, Refusal),
        ("amendment", {"changes": {"stipend.member": "much"}}, 1, {}, Refusal),
        ("resolution", {"title": " "}, 1, {}, no.TitleMissing),
        ("resolution", {"title": "x" * 121}, 1, {}, no.TitleMissing),
        ("resolution", {"more": "x"}, 1, {}, Refusal),
        ("objection", ASSESS | {"project": " "}, 1, {}, ProjectUnnamed),
        ("objection", ASSESS | {"project": "x" * 121}, 1, {}, ProjectUnnamed),
        ("objection", ASSESS | {"plan_url": "javascript:alert(1)"}, 1, {}, PlanUnlinked),
        ("objection", ASSESS | {"plan_url": "/plan"}, 1, {}, PlanUnlinked),
        ("objection", ASSESS | {"expert": "nobody"}, 1, {}, UnknownHandle),
        ("objection", ASSESS | {"title": ""}, 1, {}, ObjectionUnnamed),
        ("objection", ASSESS | {"title": "x" * 121}, 1, {}, ObjectionUnnamed),
        ("objection", ASSESS, 1, {"text": ""}, no.PurposeMissing),
        ("resolution", RESOLVE, 1, {"text": " "}, no.PurposeMissing),
        ("resolution", RESOLVE, 1, {"text": "x" * 4001}, no.TextTooLong),
        ("admission", {"application": 1}, 0, {}, no.UnknownKind),
        ("party", {}, 0, {}, no.UnknownKind),
    ],
)
def test_what_cannot_open(
    kind: str, params: dict[str, Any], by: int, more: dict[str, Any], expected: type[Refusal]
) -> None:
    group = found()
    with pytest.raises(expected):
        propose(kind, params, group[by], **more)
    assert not Proposal.objects.exists()


def test_the_same_is_not_voted_on_twice_at_a_time() -> None:
    group = found()
    propose("resolution", RESOLVE, group[0])
    with pytest.raises(no.SameProposed):
        propose("resolution", RESOLVE, group[1])
    close()
    assert propose("resolution", RESOLVE, group[1])[0].number == 2


def test_an_objection_that_remains_is_assessed_by_the_whole_group() -> None:
    group = found()
    proposal, held = propose("objection", ASSESS, group[2])
    assert proposal.title == "Assess the objection to Bridge"
    assert registry.diff([registry.stored(proposal.acts[0])], NOW.date())[0].clause == "duty.1.8.1"
    # The expert decides with the others, and may have left by then.
    vote(held, group[2])
    vote(held, group[0])
    vote(held, group[1], "against", reason="The plan has a week for tests.")
    memberships.declare_exit(member=group[2], exited_on=NOW.date(), by="import", at=NOW + HOUR)
    assert close() == ["succeeded"]
    assert carry_out(proposal) == "assessment/1"
    holds()


def test_the_plan_stands_unless_more_than_half_of_all_uphold_the_objection() -> None:
    group = found(["ana", "ben", "chen", "dora"])
    _proposal, held = propose("objection", ASSESS, group[2])
    vote(held, group[2])
    vote(held, group[0])
    assert close() == ["rejected"]
    holds()


def test_the_rule_of_a_round_is_the_one_of_its_opening() -> None:
    group = found()
    proposal, held = propose("resolution", RESOLVE, group[0])
    editions.amend(
        changes={"election.threshold": "unanimous"}, effective_on=NOW.date(), act="test", by="test", at=NOW + HOUR
    )
    vote(held, group[0])
    vote(held, group[1])
    assert close() == ["succeeded"]
    assert carry_out(proposal) == "resolution/1"
    _proposal, later = propose("resolution", {"title": "Another"}, group[0])
    assert later.rule.startswith("share>=1 of=all ")
    with pytest.raises(no.ChoiceMissing):
        vote(later, group[1], "against")


def test_a_removed_member_of_another_round_keeps_what_they_voted() -> None:
    group = found()
    _removal, against_chen = propose("removal", {"handle": "chen"}, group[0])
    _resolution, held = propose("resolution", RESOLVE, group[0])
    vote(held, group[2], "for")
    vote(against_chen, group[0])
    vote(against_chen, group[1])
    memberships.declare_exit(member=group[2], exited_on=NOW.date() - DAY, by="import", at=NOW)
    with pytest.raises(no.LeftGroup):
        vote(held, group[2], "against")
    vote(held, group[1], "for")
    assert sorted(close()) == ["succeeded", "succeeded"]


def test_a_dispute_is_settled_by_the_group(cast: Cast) -> None:
    disputed(cast)
    proposal = proposing.propose(
        kind="dispute", params={"engagement": "E-1", "percent": 80}, text=WHY, by=cast.lin, at=AT
    )
    held = proposal.rounds.get()
    assert proposal.title == "Settle the dispute over E-1"
    for member in (cast.lin, cast.bo):
        ballots.cast(round_id=held.pk, by=member, choice="for", clock=at(AT + HOUR))
    rounds.close_due(clock=at(held.deadline_at))
    assert carry_out(proposal, held.deadline_at) == "dispute/E-1"
    assert Entry.objects.get(verb="dispute.settle").data == {"percent": 80, "decided_by": "proposal/1"}
    assert broken() == []
    holds()


def test_a_former_member_proposes_nothing() -> None:
    group = found()
    memberships.declare_exit(member=group[2], exited_on=NOW.date() - DAY, by="import", at=NOW)
    with pytest.raises(no.MembersOnly):
        propose("resolution", RESOLVE, group[2])


def test_a_group_of_one_cannot_remove_its_only_member() -> None:
    (ana,) = found(["ana"])
    with pytest.raises(no.NoElectors):
        propose("removal", {"handle": "ana"}, ana)


def test_votes_can_change_until_the_deadline_and_reasons_are_kept() -> None:
    group = found()
    _proposal, held = propose("resolution", RESOLVE, group[0])
    vote(held, group[1], "against", reason="I doubt it.")
    vote(held, group[1], "against", reason="I doubt it a lot.")
    with pytest.raises(no.SameBallot):
        vote(held, group[1], "against", reason="I doubt it a lot.")
    vote(held, group[1], "abstain")
    vote(held, group[1])
    assert list(Reason.objects.order_by("ballot").values_list("text", "missing")) == [
        ("I doubt it.", ""), ("I doubt it a lot.", ""),
    ]  # fmt: skip
    for choice in ("object", "withdrawn", "maybe"):
        with pytest.raises(no.VoteMissing):
            vote(held, group[1], choice)
    holds()


def test_final_ballots_end_the_round_once_nobody_can_change_it() -> None:
    group = found()
    _proposal, held = propose("resolution", RESOLVE, group[0], final_ballots=True)
    vote(held, group[0])
    with pytest.raises(no.BallotFinal):
        vote(held, group[0], "against")
    vote(held, group[1], moment=AFTER_A_DAY - HOUR)
    # Two of three settle it, and the deliberation of a day is not over.
    assert not Outcome.objects.exists()
    assert close(AFTER_A_DAY) == ["succeeded"]
    with pytest.raises(no.RoundClosed):
        vote(held, group[2], moment=AFTER_A_DAY + HOUR)
    holds()


def test_the_last_ballot_that_settles_it_closes_it() -> None:
    group = found()
    _proposal, held = propose("resolution", RESOLVE, group[0], final_ballots=True)
    vote(held, group[0], "against", AFTER_A_DAY)
    assert not Outcome.objects.exists()
    vote(held, group[1], "against", AFTER_A_DAY)
    assert Outcome.objects.get().result == "rejected"
    holds()


def test_ballots_that_can_change_end_nothing_early() -> None:
    group = found()
    _proposal, held = propose("resolution", RESOLVE, group[0])
    for member in group:
        vote(held, member, moment=AFTER_A_DAY)
    assert close(DEADLINE - HOUR) == []
    assert close() == ["succeeded"]


def test_the_worker_closes_and_carries_out() -> None:
    group = found()
    _proposal, held = propose("resolution", RESOLVE, group[0])
    for member in group:
        vote(held, member)
    close()
    assert jobs.run_due(clock=at(DEADLINE)) == 1
    assert Proposal.objects.get().execution.effect == "resolution/1"
    assert Ballot.objects.count() == 3
