"""States and ends of rounds follow from facts and the clock."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from charter.rules import thresholds
from charter.rules.thresholds import UNANIMOUS
from proposals.models import Outcome
from proposals.rules import rounds
from proposals.rules.states import Facts, State, Times, result, state
from proposals.rules.tallies import Cast, Tally, tally
from tests.proposals.cast import DAY, HOUR, NOW

Result = Outcome.Result
TIMES = Times(NOW, NOW + DAY, NOW + 7 * DAY)
TODAY = date(2026, 11, 13)
MOMENT = timedelta(microseconds=1)


def votes(*choices: str) -> Tally:
    """A round of as many seats; an empty choice is silence."""
    cast = [Cast(seat, 1, choice) for seat, choice in enumerate(choices) if choice]
    return tally(UNANIMOUS, range(len(choices)), cast)


ALL, MISSING, OBJECTED = votes("for", "for"), votes("for", ""), votes("for", "object")
BOTH, NOBODY = votes("", "object"), votes()


@pytest.mark.parametrize(
    ("tally", "hours", "expected"),
    [
        (ALL, 23, None),
        (ALL, 24, Result.SUCCEEDED),
        (ALL, 7 * 24, Result.SUCCEEDED),
        (MISSING, 24, None),
        (MISSING, 7 * 24, Result.SILENCE),
        (OBJECTED, 7 * 24 - 1, None),
        (OBJECTED, 7 * 24, Result.OBJECTED),
        (BOTH, 7 * 24, Result.OBJECTED),
        (NOBODY, 24, None),
        (NOBODY, 7 * 24, Result.SILENCE),
    ],
)
def test_how_a_round_ends(tally: Tally, hours: int, expected: Result | None) -> None:
    assert result(TIMES, tally, at=NOW + hours * HOUR) == expected


def test_the_bounds_are_exact() -> None:
    assert result(TIMES, ALL, at=TIMES.earliest_end_at - MOMENT) is None
    assert result(TIMES, ALL, at=TIMES.earliest_end_at) == Result.SUCCEEDED
    assert result(TIMES, MISSING, at=TIMES.deadline_at - MOMENT) is None
    assert result(TIMES, MISSING, at=TIMES.deadline_at) == Result.SILENCE


def test_what_was_withdrawn_is_canceled_whatever_the_votes() -> None:
    assert [result(TIMES, votes, at=NOW + 2 * DAY, gone=True) for votes in (ALL, MISSING, OBJECTED)] == [
        Result.CANCELED
    ] * 3


def test_another_rule_ends_at_the_deadline_and_not_before() -> None:
    majority = thresholds.parse("share>1/2")
    two_of_three = tally(majority, range(3), [Cast(0, 1, "for"), Cast(1, 1, "for")])
    assert result(TIMES, two_of_three, at=NOW + 2 * DAY) is None
    assert result(TIMES, two_of_three, at=TIMES.deadline_at) == Result.SUCCEEDED


@pytest.mark.parametrize(
    ("facts", "hours", "expected"),
    [
        (Facts(TIMES, MISSING), -1, State.PENDING),
        (Facts(TIMES, MISSING), 0, State.ACTIVE),
        (Facts(TIMES, OBJECTED), 40, State.ACTIVE),
        (Facts(TIMES, MISSING), 7 * 24, State.DEFEATED),
        (Facts(TIMES, ALL), 25, State.SUCCEEDED),
        (Facts(TIMES, ALL, gone=True), 25, State.CANCELED),
        (Facts(TIMES, OBJECTED, result=Result.OBJECTED), 3, State.DEFEATED),
        (Facts(TIMES, MISSING, result=Result.SILENCE), 200, State.DEFEATED),
        (Facts(TIMES, MISSING, result=Result.CANCELED), 3, State.CANCELED),
        (Facts(TIMES, ALL, result=Result.SUCCEEDED), 30, State.SUCCEEDED),
        (Facts(TIMES, ALL, result=Result.SUCCEEDED, gone=True), 30, State.CANCELED),
        (Facts(TIMES, ALL, result=Result.SUCCEEDED, executed=True), 30, State.EXECUTED),
        (Facts(TIMES, ALL, result=Result.SUCCEEDED, execute_at=NOW + 31 * HOUR), 30, State.QUEUED),
        (Facts(TIMES, ALL, result=Result.SUCCEEDED, execute_at=NOW + 30 * HOUR), 30, State.SUCCEEDED),
        (Facts(TIMES, ALL, result=Result.SUCCEEDED, expires_at=NOW + DAY), 30, State.EXPIRED),
    ],
)
def test_states(facts: Facts, hours: int, expected: State) -> None:
    assert state(facts, at=NOW + hours * HOUR) == expected


def test_what_was_carried_out_stays_so() -> None:
    facts = Facts(TIMES, ALL, result=Result.SUCCEEDED, executed=True, expires_at=NOW)
    assert state(replace(facts, gone=True), at=NOW + 9 * DAY) == State.EXECUTED


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"taken_back": True}, False),
        ({"gone": True}, False),
        ({"result": Result.OBJECTED}, True),
        ({"result": Result.SILENCE, "gone": True}, False),
        ({"result": Result.REJECTED}, True),
        ({"result": Result.REJECTED, "kind": "election"}, False),
        ({"kind": "election"}, True),
        ({"result": Result.CANCELED}, False),
        ({"result": Result.SUCCEEDED}, False),
        ({"result": Result.SUCCEEDED, "expired": True}, True),
        ({"result": Result.SUCCEEDED, "expired": True, "executed": True}, False),
        ({"result": Result.SUCCEEDED, "expired": True, "kind": "election"}, False),
    ],
)
def test_whether_another_round_can_come(facts: dict[str, Any], expected: bool) -> None:
    others: dict[str, Any] = {
        "kind": "admission",
        "result": "",
        "expired": False,
        "gone": False,
        "executed": False,
        "taken_back": False,
    }
    assert rounds.may_follow(**others | facts) is expected
