"""The pool's balance over a quarter as lines of a picture: plain numbers for an inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from django.utils.translation import gettext as _

from journal import writing
from treasury.selectors.pages.overview import Overview

LEFT, RIGHT, TOP, BOTTOM = 66, 632, 50, 220
# Grid lines above the lowest; with it they are three at most.
LINES_MOST = 2
MICRO = 1_000_000


@dataclass(frozen=True)
class Mark:
    """A text or a line in the picture."""

    x: int
    y: int
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Chart:
    """Paths, grid lines, labels; `label` has the numbers in words."""

    line: str
    area: str
    ahead: str
    zero: int
    grid: Sequence[Mark]
    days: Sequence[Mark]
    notes: Sequence[Mark]
    today: Mark
    today_y: int
    planned: Mark | None
    label: str


@dataclass(frozen=True)
class _Scale:
    """From days and micro-units to the picture's units."""

    first: date
    last: date
    least: int
    most: int

    def x(self, day: date) -> int:
        """Where a day begins."""
        return LEFT + (RIGHT - LEFT) * (day - self.first).days // max(1, (self.last - self.first).days)

    def y(self, micro: int) -> int:
        """How high an amount is."""
        return BOTTOM - (BOTTOM - TOP) * (micro - self.least) // max(1, self.most - self.least)


def balance(found: Overview) -> Chart:
    """The pool's balance in U from the quarter's first day to today, and what is promised until its last."""
    points = _points(found)
    values = [0, found.free_micro, *(value for _day, value in points)]
    step = _step(max(values) - min(values))
    least, most = min(values) // step * step, -(-max(values) // step) * step
    scale = _Scale(found.first_on, found.last_on, least, max(most, least + step))
    line = _path(points, scale, found.today)
    zero, end = scale.y(0), scale.x(found.today)
    last = scale.y(found.holdings.pool_u)
    # Where something moved today, its text stands above the step, not across it.
    above = min(last, scale.y(points[-2][1])) if len(points) > 1 and points[-1][0] == found.today else last
    plan = Mark(RIGHT, scale.y(found.free_micro), writing.amount(found.free_micro), "end") if found.promised_u else None
    return Chart(
        line=line,
        area=f"{line}V{zero}H{LEFT}z",
        ahead=f"M{end} {last}H{RIGHT}V{plan.y}" if plan else "",
        zero=zero,
        grid=_grid(scale, step),
        days=_days(found, scale),
        notes=_notes(points, scale),
        today=Mark(end, above, writing.amount(found.holdings.pool_u), "end" if end > (LEFT + RIGHT) // 2 else "start"),
        today_y=last,
        planned=plan,
        label=_label(found, points),
    )


def _points(found: Overview) -> list[tuple[date, int]]:
    """(day, balance after it), the evening before the quarter first."""
    value = found.opening_micro
    points = [(found.first_on - timedelta(days=1), value)]
    for day, flows in groupby(found.flows, key=lambda flow: flow.day):
        value += sum(flow.amount_micro for flow in flows)
        points.append((day, value))
    return points


def _path(points: Sequence[tuple[date, int]], scale: _Scale, today: date) -> str:
    """A line of steps: it stays until the day on which something moves."""
    start, *others = points
    steps = "".join(f"H{scale.x(day)}V{scale.y(value)}" for day, value in others)
    return f"M{LEFT} {scale.y(start[1])}{steps}H{scale.x(today)}"


def _step(span: int) -> int:
    """The distance of the grid lines: 1, 2, 2.5 or 5 times a power of ten U, at most so many lines above the lowest."""
    tenth = MICRO // 10
    while True:
        for tenths in (10, 20, 25, 50):
            if span <= tenth * tenths * LINES_MOST:
                return tenth * tenths
        tenth *= 10


def _grid(scale: _Scale, step: int) -> list[Mark]:
    count = (scale.most - scale.least) // step
    values = [scale.least + number * step for number in range(count + 1)]
    return [Mark(LEFT, scale.y(value), writing.amount(value)) for value in values]


def _days(found: Overview, scale: _Scale) -> list[Mark]:
    """The quarter's first and last day, and today where there is room for it."""
    marks = [
        Mark(LEFT, 246, writing.day(found.first_on, shape="plain")),
        Mark(RIGHT, 246, writing.day(found.last_on, shape="plain"), "end"),
    ]
    middle = scale.x(found.today)
    if LEFT + 80 < middle < RIGHT - 80:
        marks.insert(1, Mark(middle, 246, writing.day(found.today, shape="plain"), "middle"))
    return marks


def _notes(points: Sequence[tuple[date, int]], scale: _Scale) -> list[Mark]:
    """The largest rise and the largest fall, with what they came to."""
    moves = [(after - before, day, after) for (_first, before), (day, after) in pairwise(points)]
    notes = []
    rise, fall = max(moves, default=None), min(moves, default=None)
    if rise is not None and rise[0] > 0:
        notes.append(Mark(scale.x(rise[1]) + 4, scale.y(rise[2]) - 8, writing.signed(rise[0])))
    if fall is not None and fall[0] < 0:
        notes.append(Mark(scale.x(fall[1]) + 4, scale.y(fall[2]) + 20, writing.signed(fall[0])))
    return notes


def _label(found: Overview, points: Sequence[tuple[date, int]]) -> str:
    """The line in words: each day on which it moved, up to a dozen."""
    shown = points if len(points) <= 13 else [points[0], *points[-12:]]
    steps = ", ".join(
        _("%(amount)s on %(day)s") % {"amount": writing.amount(value), "day": writing.day(day, shape="plain")}
        for day, value in shown
    )
    return _("Balance of the pool in U: %(steps)s, %(now)s today.") % {
        "steps": steps,
        "now": writing.amount(found.holdings.pool_u),
    }
