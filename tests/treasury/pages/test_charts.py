"""The balance's picture: from plain numbers to a line of steps, with an axis from zero and few grid lines."""

import re
from datetime import date

import pytest

from tests.treasury.books import MICRO
from treasury.models import Account
from treasury.rules.months import Month
from treasury.selectors.pages.budgets import Pot
from treasury.selectors.pages.overview import Flow, Holdings, Overview, Promised, Stipends
from treasury.views import charts

FIRST, LAST, TODAY = date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 20)


def overview(pool_u: int, flows: list[tuple[date, int]], promised_u: int = 0) -> Overview:
    """A quarter in whole U: what the pool holds now, what moved, what is promised."""
    return Overview(
        quarter="2026-Q4",
        first_on=FIRST,
        last_on=LAST,
        today=TODAY,
        holdings=Holdings(pool_u=pool_u * MICRO),
        promised=[Promised(Month(2026, 11), "pow", "U", Account.Kind.POOL, promised_u * MICRO, 1)],
        flows=[Flow(day, Account.Kind.DAO, "", None, "grant/x", value * MICRO, 1) for day, value in flows],
        pot=Pot("2026-Q4", None, 0, 0, 0, 60 * MICRO),
        stipends=Stipends(0, 0, 0),
    )


def test_the_line_goes_in_steps_from_the_first_day_to_today() -> None:
    chart = charts.balance(overview(16_000, [(FIRST, 20_000), (date(2026, 11, 2), -4_000)]))
    # From 66 to 632 for 91 days; from 220 up to 50 for 20,000.
    assert chart.line == "M66 220H66V50H265V84H376"
    assert chart.area == f"{chart.line}V220H66z"
    assert (chart.today.x, chart.today_y, chart.today.text) == (376, 84, "16,000")
    assert [mark.text for mark in chart.notes] == ["+\u00a020,000", "−\u00a04,000"]
    assert [mark.text for mark in chart.grid] == ["0", "10,000", "20,000"]


@pytest.mark.parametrize("most", [0, 1, 7, 99, 100, 101, 3_333, 45_721, 1_000_000, 987_654_321])
def test_the_axis_has_at_most_three_lines_from_zero(most: int) -> None:
    chart = charts.balance(overview(most, [(FIRST, most)]))
    assert chart.grid[0].text == "0"
    assert 2 <= len(chart.grid) <= 3
    heights = [int(number) for number in re.findall(r"V(\d+)", chart.line)]
    assert all(50 <= height <= 220 for height in heights)


def test_below_zero_stays_in_the_picture() -> None:
    chart = charts.balance(overview(-1_000, [(date(2026, 11, 2), -1_000)], promised_u=500))
    assert chart.zero < 220
    assert chart.planned is not None
    assert chart.zero < chart.today_y < chart.planned.y <= 220
    assert [mark.text for mark in chart.grid] == ["−2,000", "−1,000", "0"]


def test_what_is_promised_is_drawn_ahead() -> None:
    chart = charts.balance(overview(100, [(FIRST, 100)], promised_u=40))
    assert chart.planned is not None
    assert chart.planned.text == "60"
    assert chart.ahead.startswith(f"M{chart.today.x} {chart.today_y}H632V")
    assert charts.balance(overview(100, [(FIRST, 100)])).planned is None


def test_what_moved_today_is_named_above_its_step() -> None:
    chart = charts.balance(overview(100, [(FIRST, 200), (TODAY, -100)]))
    assert chart.today.y < chart.today_y


def test_a_quiet_quarter_is_a_flat_line() -> None:
    chart = charts.balance(overview(50, []))
    assert chart.line == f"M66 {chart.today_y}H376"
    assert chart.notes == []
    assert chart.label == "Balance of the pool in U: 50 on 30 Sep, 50 today."


def test_many_days_are_told_by_the_last_dozen() -> None:
    days = [(date(2026, 10, number), 1) for number in range(1, 31)]
    label = charts.balance(overview(30, days)).label
    assert label.count(" on ") == 13
    assert label.startswith("Balance of the pool in U: 0 on 30 Sep, 19 on 19 Oct,")
