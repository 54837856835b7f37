"""When a round ends after what was asked of it, who may ask, and which reminder is due: pure rules."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals.rules import motions, reminders
from proposals.rules.motions import Asking, Moved
from proposals.rules.states import Times
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW

OPENED = Times(NOW, AFTER_A_DAY, DEADLINE)
MOMENT = timedelta(microseconds=1)


def hours(number: int) -> datetime:
    return NOW + number * HOUR


@st.composite
def moved(draw: st.DrawFn) -> Moved:
    """Any motion, answered or not, whether or not it could have come about."""
    kind = draw(st.sampled_from(["hold", "extend", "cancel"]))
    asked = draw(st.integers(0, 300))
    answered = draw(st.none() | st.integers(asked, 400))
    until = None if kind == "cancel" else hours(draw(st.integers(asked + 1, 900)))
    return Moved(kind, hours(asked), until, None if answered is None else hours(answered))


def slow(motions_: list[Moved]) -> tuple[datetime, datetime]:
    """Earliest end and deadline hour by hour: a round may end at the first hour that nothing forbids."""
    deadlines = [item.until_at for item in motions_ if item.kind == "extend" and item.answered_at and item.until_at]
    base = max(deadlines) if deadlines else DEADLINE

    def holds(moment: datetime, item: Moved) -> bool:
        assert item.until_at is not None
        return moment < item.until_at and (item.answered_at is None or moment < item.answered_at)

    running = [item for item in motions_ if item.kind == "hold"]
    free = [hours(number) for number in range(2000)]
    # A hold is looked at as if it had begun at the opening: what lies before it was asked is over anyway.
    free = [moment for moment in free if not any(holds(moment, item) for item in running)]
    return min(one for one in free if one >= AFTER_A_DAY), min(one for one in free if one >= base)


@given(st.lists(moved(), max_size=6))
def test_times_are_those_of_a_slow_reading(found: list[Moved]) -> None:
    times = motions.effective(OPENED, found)
    assert (times.earliest_end_at, times.deadline_at) == slow(found)


@given(st.lists(moved(), max_size=6), st.randoms())
def test_their_order_changes_nothing(found: list[Moved], chance: object) -> None:
    times = motions.effective(OPENED, found)
    chance.shuffle(found)  # type: ignore[attr-defined]
    assert motions.effective(OPENED, found) == times


def test_what_nobody_seconded_moves_nothing() -> None:
    asked = [Moved("extend", hours(1), DEADLINE + DAY), Moved("cancel", hours(2), None)]
    assert motions.effective(OPENED, asked) == OPENED


@pytest.mark.parametrize(
    ("until", "released", "earliest", "deadline"),
    [
        (10, None, AFTER_A_DAY, DEADLINE),
        (30, None, hours(30), DEADLINE),
        (30, 20, AFTER_A_DAY, DEADLINE),
        (7 * 24 + 5, None, hours(7 * 24 + 5), hours(7 * 24 + 5)),
        (7 * 24 + 5, 7 * 24 + 2, hours(7 * 24 + 2), hours(7 * 24 + 2)),
        (7 * 24 + 5, 7 * 24 - 1, hours(7 * 24 - 1), DEADLINE),
    ],
)
def test_a_hold(until: int, released: int | None, earliest: datetime, deadline: datetime) -> None:
    hold = Moved("hold", hours(1), hours(until), None if released is None else hours(released))
    times = motions.effective(OPENED, [hold])
    assert (times.earliest_end_at, times.deadline_at) == (earliest, deadline)


def test_a_ballot_of_the_last_moment_before_a_release_was_in_time() -> None:
    released = DEADLINE + 2 * HOUR
    hold = Moved("hold", DEADLINE - HOUR, DEADLINE + 5 * HOUR, released)
    assert motions.effective(OPENED, [hold]).deadline_at == released
    assert motions.effective(OPENED, [hold], before=released).deadline_at == DEADLINE + 5 * HOUR


def test_how_long_a_round_is_held() -> None:
    holds = [Moved("hold", hours(1), hours(9)), Moved("hold", hours(2), hours(30), hours(5))]
    assert [motions.held_until(holds, hours(number)) for number in (4, 6, 9)] == [hours(9), hours(9), None]


ANYTHING = Asking(OPENED, asks=True, held=False, waiting=frozenset())


@pytest.mark.parametrize(
    ("changes", "kind", "reason", "until", "code"),
    [
        ({}, "hold", "Why.", NOW + 72 * HOUR, None),
        ({}, "hold", "Why.", NOW + 72 * HOUR + MOMENT, "hold-time"),
        ({}, "hold", "Why.", NOW, "hold-time"),
        ({}, "hold", "Why.", None, "hold-time"),
        ({"asks": False}, "hold", "Why.", NOW + HOUR, None),
        ({"held": True}, "hold", "Why.", NOW + HOUR, "already-held"),
        ({"held": True}, "extend", "Why.", DEADLINE + DAY, None),
        ({}, "hold", "", NOW + HOUR, "reason-missing"),
        ({}, "hold", "x" * 1001, NOW + HOUR, "text-too-long"),
        ({}, "hold", "x" * 1000, NOW + HOUR, None),
        ({}, "extend", "Why.", DEADLINE + MOMENT, None),
        ({}, "extend", "Why.", DEADLINE, "extension-time"),
        ({}, "extend", "Why.", DEADLINE + 30 * DAY, None),
        ({}, "extend", "Why.", DEADLINE + 30 * DAY + MOMENT, "extension-time"),
        ({}, "extend", "Why.", None, "extension-time"),
        ({"asks": False}, "extend", "Why.", DEADLINE + DAY, "not-asker"),
        ({"asks": False}, "cancel", "Why.", None, "not-asker"),
        ({"waiting": frozenset({"cancel"})}, "cancel", "Why.", None, "motion-open"),
        ({"waiting": frozenset({"extend"})}, "cancel", "Why.", None, None),
        ({}, "cancel", "", None, "reason-missing"),
    ],
)
def test_who_may_ask_what(
    changes: dict[str, object], kind: str, reason: str, until: datetime | None, code: str | None
) -> None:
    refused = motions.refusal(
        replace(ANYTHING, **changes),  # type: ignore[arg-type]
        kind=kind,
        reason=reason,
        until_at=until,
        at=NOW,
    )
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(
    ("motion", "own", "code"),
    [
        (Moved("hold", NOW, hours(9)), True, None),
        (Moved("hold", NOW, hours(9)), False, "not-your-hold"),
        (Moved("hold", NOW, hours(2)), True, "motion-answered"),
        (Moved("hold", NOW, hours(9), hours(2)), True, "motion-answered"),
        (Moved("extend", NOW, DEADLINE + DAY), False, None),
        (Moved("extend", NOW, DEADLINE + DAY), True, "own-motion"),
        (Moved("extend", NOW, DEADLINE + DAY, hours(1)), False, "motion-answered"),
        (Moved("extend", NOW, DEADLINE), False, "extension-time"),
        (Moved("cancel", NOW, None), False, None),
        (Moved("cancel", NOW, None), True, "own-motion"),
    ],
)
def test_who_may_answer(motion: Moved, own: bool, code: str | None) -> None:
    refused = motions.answer_refusal(motion, own=own, times=OPENED, at=hours(2))
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(
    ("length", "before_the_end", "hours_"),
    [
        (168 * HOUR, 48 * HOUR + MOMENT, None),
        (168 * HOUR, 48 * HOUR, 48),
        (168 * HOUR, 6 * HOUR + MOMENT, 48),
        (168 * HOUR, 6 * HOUR, 6),
        (168 * HOUR, MOMENT, 6),
        (168 * HOUR, 0 * HOUR, None),
        (168 * HOUR, -HOUR, None),
        (48 * HOUR, 47 * HOUR, None),
        (24 * HOUR, 6 * HOUR, 6),
        (6 * HOUR, HOUR, None),
    ],
)
def test_which_reminder_is_due(length: timedelta, before_the_end: timedelta, hours_: int | None) -> None:
    times = Times(NOW, NOW, NOW + length)
    assert reminders.due(times, NOW + length - before_the_end) == hours_
