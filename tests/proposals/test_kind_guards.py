"""What the database refuses of rules that count, of final ballots and of removals, whoever writes it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from members.models import Member
from proposals.models import Proposal, Round, Seat
from proposals.services import proposing
from tests.proposals.cast import AFTER_A_DAY, DEADLINE, NOW, found, opened
from tests.proposals.test_guards import ballot, insert, opening, outcome

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def group() -> list[Member]:
    return found(["ana", "ben", "chen", "dora"])


def running(group: list[Member], *, final: bool = False, kind: str = "resolution") -> tuple[Round, list[Seat]]:
    params = {"title": "We say so"} if kind == "resolution" else {"handle": "dora"}
    proposal = proposing.propose(kind=kind, params=params, text="Because.", by=group[0], at=NOW, final_ballots=final)
    held = proposal.rounds.get()
    return held, list(Seat.objects.filter(round=held).order_by("position"))


def cast(held: Round, seats: list[Seat], *choices: str) -> dict[str, int]:
    """One ballot a seat, and the tally they give."""
    for number, (seat, choice) in enumerate(zip(seats, choices, strict=False), start=1):
        insert("ballot", ballot(seat, held, number=number, receipt=f"r{number}", choice=choice))
    return {
        "seats": len(seats), "in_favour": choices.count("for"), "against": choices.count("against"),
        "abstained": choices.count("abstain"),
    }  # fmt: skip


@pytest.mark.parametrize("choice", ["object", "withdrawn"])
def test_a_round_that_counts_knows_no_objection(group: list[Member], choice: str) -> None:
    held, seats = running(group)
    with pytest.raises(IntegrityError, match="does not know this choice"):
        insert("ballot", ballot(seats[0], held, choice=choice, reason_digest="x"))


@pytest.mark.parametrize("choice", ["against", "abstain"])
def test_a_unanimous_round_knows_no_vote_against(group: list[Member], choice: str) -> None:
    _proposal, held = opened(group[0])
    with pytest.raises(IntegrityError, match="does not know this choice"):
        insert("ballot", ballot(Seat.objects.filter(round=held)[0], held, choice=choice))


def test_a_final_ballot_is_the_only_one(group: list[Member]) -> None:
    held, seats = running(group, final=True)
    insert("ballot", ballot(seats[0], held))
    with pytest.raises(IntegrityError, match="are final"):
        insert("ballot", ballot(seats[0], held, seq=2, number=2, receipt="r2"))


@pytest.mark.parametrize(
    ("choices", "result", "moment", "final", "why"),
    [
        (["for", "for", "for"], "succeeded", DEADLINE, False, ""),
        (["for", "for", "for"], "succeeded", DEADLINE - MOMENT, False, "not met"),
        (["for", "for"], "succeeded", DEADLINE, False, "not met"),
        (["for", "for"], "rejected", DEADLINE, False, ""),
        (["for", "for", "for"], "rejected", DEADLINE, False, "not lost"),
        (["for", "for"], "rejected", DEADLINE - MOMENT, False, "not lost"),
        (["for", "for"], "silence", DEADLINE, False, "only the unanimous"),
        (["against"], "objected", DEADLINE, False, "only the unanimous"),
        (["for", "for", "for"], "succeeded", AFTER_A_DAY, True, ""),
        (["for", "for", "for"], "succeeded", AFTER_A_DAY - MOMENT, True, "not met"),
        (["against", "against"], "rejected", AFTER_A_DAY, True, ""),
        (["against", "against"], "rejected", AFTER_A_DAY - MOMENT, True, "not lost"),
        (["against", "for"], "rejected", AFTER_A_DAY, True, "not lost"),
    ],
)
def test_a_round_ends_as_its_rule_says(
    group: list[Member], choices: list[str], result: str, moment: Any, final: bool, why: str
) -> None:
    held, seats = running(group, final=final)
    row = outcome(held, result=result, tally=cast(held, seats, *choices), last_receipt=f"r{len(choices)}")
    row["decided_at"] = moment
    if not why:
        insert("outcome", row)
        return
    with pytest.raises(IntegrityError, match=why):
        insert("outcome", row)


def test_abstentions_are_counted(group: list[Member]) -> None:
    held, seats = running(group)
    tally = cast(held, seats, "abstain") | {"abstained": 0}
    with pytest.raises(IntegrityError, match="does not count"):
        insert("outcome", outcome(held, result="rejected", tally=tally, last_receipt="r1"))


def test_a_unanimous_round_is_not_rejected(group: list[Member]) -> None:
    _proposal, held = opened(group[0])
    tally = {"seats": 4, "in_favour": 0, "against": 0}
    with pytest.raises(IntegrityError, match="not lost"):
        insert("outcome", outcome(held, result="rejected", tally=tally))


def test_nobody_sits_in_the_round_on_their_own_removal(group: list[Member]) -> None:
    held, seats = running(group, kind="removal")
    assert len(seats) == 3
    with pytest.raises(IntegrityError, match="own removal"):
        insert("seat", {"round_id": held.pk, "member_id": group[3].pk, "position": 4})


def test_no_ballot_is_final_under_the_unanimous_rule(group: list[Member]) -> None:
    running(group)
    made = Proposal.objects.get()
    insert("proposal", bare(made))
    row = opening(Proposal.objects.get(number=9), 1, "x") | {"final_ballots": True}
    unanimous = "share>=1 of=all against=0 abstain=0 turnout>=0 everybody=yes"
    with pytest.raises(IntegrityError, match="round_final"):
        insert("round", row | {"rule": unanimous})
    insert("round", row | {"rule": unanimous.replace("=all", "=cast")})


def bare(made: Proposal) -> dict[str, Any]:
    """A row of a proposal like another one, without a round."""
    return {
        "number": 9, "kind": "resolution", "about": "x", "proposed_by_id": made.proposed_by_id, "proposed_at": NOW,
        "acts": "[]", "acts_digest": "x",
    }  # fmt: skip


@pytest.mark.parametrize("changes", [{"kind": "removal"}, {"kind": "party"}, {"kind": "resolution", "concerns_id": 1}])
def test_a_proposal_that_is_none(group: list[Member], changes: dict[str, Any]) -> None:
    running(group)
    made = Proposal.objects.get()
    row = bare(made) | {name: group[3].pk if name == "concerns_id" else value for name, value in changes.items()}
    with pytest.raises(IntegrityError, match=r"removal_concerns_somebody|proposal_kind"):
        insert("proposal", row)
