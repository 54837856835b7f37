"""Quarters: every day lies in one, none overlaps, whatever month the year's first begins in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.refusals import UnreadableQuarter
from charter.rules import quarters
from charter.rules.quarters import Quarter, quarter_of
from charter.rules.terms import Change, Timeline

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
FIRST_MONTHS = st.sampled_from([1, 2, 3])


@given(DAYS, FIRST_MONTHS)
def test_a_day_lies_between_the_ends_of_its_quarter(day: date, first_month: int) -> None:
    quarter = quarter_of(day, first_month)
    assert quarter.first_day(first_month) <= day <= quarter.last_day(first_month)
    assert quarter.last_day(first_month) + timedelta(days=1) == quarter.next().first_day(first_month)
    assert quarter.next().previous() == quarter


@given(DAYS)
def test_a_quarter_reads_as_it_is_written(day: date) -> None:
    quarter = quarter_of(day, 1)
    assert quarters.parse(str(quarter)) == quarter


def test_the_second_quarter_that_begins_in_2026() -> None:
    quarter = quarters.parse("2026-Q2")
    assert [quarter.first_day(month) for month in (1, 2, 3)] == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]
    assert quarter_of(date(2026, 2, 28), 3) == Quarter(2025, 4)
    assert quarter_of(date(2026, 3, 1), 3) == Quarter(2026, 1)


@pytest.mark.parametrize(
    "text", ["", "2026Q2", "2026-Q5", "2026-Q0", "2026-q2", "26-Q2", "2026-Q2 ", "0000-Q1", "9999-Q4"]
)
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(UnreadableQuarter):
        quarters.parse(text)


@given(FIRST_MONTHS, FIRST_MONTHS, DAYS.filter(lambda day: 2020 <= day.year <= 2030))
def test_a_change_at_the_years_end_leaves_every_quarter_in_one_piece(before: int, after: int, day: date) -> None:
    timeline = Timeline.of(
        [
            Change(date(2001, 1, 1), 2, "quarter.first_month", str(before)),
            Change(date(2025, 1, 1), 3, "quarter.first_month", str(after)),
        ]
    )
    quarter = timeline.quarter_on(day)
    first, last = timeline.quarter_span(quarter)
    assert first <= day <= last
    assert timeline.quarter_on(first) == timeline.quarter_on(last) == quarter
    assert timeline.quarter_on(last + timedelta(days=1)) == quarter.next()


def test_the_last_quarter_grows_or_shrinks() -> None:
    later = Timeline.of([Change(date(2027, 1, 1), 2, "quarter.first_month", "3")])
    assert later.quarter_span(Quarter(2026, 4)) == (date(2026, 10, 1), date(2027, 2, 28))
    earlier = later.amended(3, date(2028, 1, 1), {"quarter.first_month": "1"})
    assert earlier.quarter_span(Quarter(2027, 4)) == (date(2027, 12, 1), date(2027, 12, 31))
