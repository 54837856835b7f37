"""What a session or an acceptance is refused for, at the rule itself."""

from datetime import date

import pytest

from charter.rules.terms import Change, Timeline
from consulting import refusals
from consulting.rules import orders, weeks
from journal.refusals import Refusal

MONDAY = date(2026, 6, 8)
# The cap falls to 6 on the Wednesday: it holds from the next week on.
CHARTER = Timeline.of(
    [
        Change(date(2026, 6, 10), 2, "consulting.weekly_hours_max", "6"),
        Change(date(2026, 7, 1), 3, "consulting.rate_max", "250"),
    ]
)


@pytest.mark.parametrize(
    ("day", "monday"),
    [(date(2026, 6, 8), MONDAY), (date(2026, 6, 14), MONDAY), (date(2026, 6, 15), date(2026, 6, 15))],
)
def test_a_week_runs_from_monday_to_sunday(day: date, monday: date) -> None:
    assert weeks.monday_of(day) == monday
    assert weeks.week_of(day)[0] == monday


def test_a_week_across_the_year_is_one_week() -> None:
    assert weeks.week_of(date(2027, 1, 1)) == (date(2026, 12, 28), date(2027, 1, 3))


def test_the_last_week_of_the_calendar_breaks_off() -> None:
    assert weeks.week_of(date.max) == (date(9999, 12, 27), date.max)


def test_ten_hours_exactly_fit_and_a_hundredth_more_does_not() -> None:
    assert weeks.week_cap(held_on=MONDAY, hours_centi=550, taken_centi=450, timeline=CHARTER) == 0
    with pytest.raises(refusals.WeekFull, match=r"10\.01"):
        weeks.week_cap(held_on=MONDAY, hours_centi=551, taken_centi=450, timeline=CHARTER)


@pytest.mark.parametrize(("day", "left"), [(date(2026, 6, 14), 300), (date(2026, 6, 15), -1)])
def test_the_cap_in_force_on_the_monday_counts(day: date, left: int) -> None:
    if left >= 0:
        assert weeks.week_cap(held_on=day, hours_centi=700, taken_centi=0, timeline=CHARTER) == left
    else:
        with pytest.raises(refusals.WeekFull):
            weeks.week_cap(held_on=day, hours_centi=700, taken_centi=0, timeline=CHARTER)


@pytest.mark.parametrize(
    ("pricing", "rate_micro", "day", "refusal"),
    [
        ("hourly", 100_000_000, MONDAY, None),
        ("hourly", 200_000_000, MONDAY, None),
        ("hourly", 99_999_999, MONDAY, refusals.RateOutOfBounds),
        ("hourly", 200_000_001, MONDAY, refusals.RateOutOfBounds),
        ("hourly", 250_000_000, date(2026, 7, 1), None),
        ("hourly", 250_000_000, date(2026, 6, 30), refusals.RateOutOfBounds),
        ("hourly", None, MONDAY, refusals.RateMissing),
        ("fixed", 150_000_000, MONDAY, refusals.RateUnexpected),
        ("fixed", None, MONDAY, None),
    ],
)
def test_rates(pricing: str, rate_micro: int | None, day: date, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        orders.check_rate(pricing, rate_micro, CHARTER.terms_on(day))
    else:
        with pytest.raises(refusal) as refused:
            orders.check_rate(pricing, rate_micro, CHARTER.terms_on(day))
        assert refused.value.clause in ("income.2.2", "income.2.3")


TWICE = [(date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 6, 1), None)]


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2025, 12, 31), refusals.BeforeJoining),
        (date(2026, 1, 1), None),
        (date(2026, 3, 31), None),
        (date(2026, 4, 1), refusals.AfterLeaving),
        (date(2026, 5, 31), refusals.AfterLeaving),
        (date(2026, 6, 1), None),
    ],
)
def test_work_lies_inside_a_membership(day: date, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        orders.check_membership(TWICE, day)
    else:
        with pytest.raises(refusal):
            orders.check_membership(TWICE, day)


OPENED, ACCEPTED = date(2026, 6, 1), date(2026, 6, 20)


@pytest.mark.parametrize(
    ("pricing", "accepted_on", "held_on", "weights", "refusal"),
    [
        ("fixed", ACCEPTED, [MONDAY], {}, None),
        ("fixed", ACCEPTED, [], {"amy": 1}, None),
        ("fixed", ACCEPTED, [], {}, refusals.NoBasis),
        ("fixed", ACCEPTED, [], {"amy": 0}, refusals.NoBasis),
        ("hourly", ACCEPTED, [], {}, None),
        ("hourly", date(2026, 5, 31), [], {}, refusals.AcceptedBeforeOpening),
        ("hourly", ACCEPTED, [ACCEPTED], {}, None),
        ("hourly", ACCEPTED, [date(2026, 6, 21)], {}, refusals.HeldAfterAcceptance),
    ],
)
def test_acceptances(
    pricing: str, accepted_on: date, held_on: list[date], weights: dict[str, int], refusal: type[Refusal] | None
) -> None:
    facts = {
        "pricing": pricing,
        "opened_on": OPENED,
        "accepted_on": accepted_on,
        "held_on": held_on,
        "weights": weights,
    }
    if refusal is None:
        orders.check_acceptance(**facts)  # type: ignore[arg-type]
    else:
        with pytest.raises(refusal):
            orders.check_acceptance(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("reference", ["", "a b", "é", "x" * 41, "a/b", "a\n"])
def test_malformed_references(reference: str) -> None:
    with pytest.raises(refusals.MalformedReference):
        orders.check_reference(reference)


@pytest.mark.parametrize(
    ("pricing", "weights", "refusal"),
    [
        ("fixed", {"amy": 2, "zoe": 1}, None),
        ("fixed", {}, None),
        ("hourly", {}, None),
        ("hourly", {"amy": 1}, refusals.WeightsUnexpected),
        ("fixed", {"amy": 0}, refusals.WeightUnreadable),
        ("fixed", {"amy": -1, "zoe": 2}, refusals.WeightUnreadable),
        ("fixed", {"amy": 1_000_001}, refusals.WeightUnreadable),
    ],
)
def test_weights(pricing: str, weights: dict[str, int], refusal: type[Refusal] | None) -> None:
    if refusal is None:
        orders.check_weights(pricing, weights)
    else:
        with pytest.raises(refusal):
            orders.check_weights(pricing, weights)
