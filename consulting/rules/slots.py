"""Times to begin a session: on the half hours of the expert's clock, inside free ranges, in weeks with hours left.

Ranges and starts are seconds since 1970 in UTC, half-open; this is the only arithmetic between the database's free
ranges and what a page shows, and it is the hot path of the directory.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from consulting.refusals import MinutesUnknown, SpanTooLong
from consulting.rules.weeks import monday_of

GRID = 1800
LENGTHS = (30, 60, 90, 120, 180, 240)
DAYS_MOST = 120


@dataclass(frozen=True)
class Range:
    """Free from `lower` up to `upper`; `past` is how far the expert's clock is past the half hour at `lower`."""

    lower: int
    upper: int
    past: int


@dataclass(frozen=True)
class Week:
    """An expert's ISO week in the group's zone, in hundredths; `full` says why nothing can be begun in it."""

    monday: date
    taken_centi: int
    cap_centi: int
    full: str = ""

    @property
    def left_centi(self) -> int:
        """Hours that may still be sold."""
        return max(0, self.cap_centi - self.taken_centi)


@dataclass
class Calendar:
    """An expert's times to begin, ascending, the weeks they lie in, and free seconds by week before the cap."""

    weeks: dict[date, Week]
    starts: list[int] = field(default_factory=list)
    free_seconds: dict[date, int] = field(default_factory=dict)

    @property
    def next_at(self) -> datetime | None:
        """The first time to begin."""
        return datetime.fromtimestamp(self.starts[0], UTC) if self.starts else None

    @property
    def full_weeks(self) -> list[Week]:
        """Weeks with free time in which the cap leaves nothing."""
        return [self.weeks[monday] for monday in sorted(self.free_seconds) if self.weeks[monday].full]

    @property
    def open_centi(self) -> int:
        """Hundredths of an hour that could be sold: free time, at most what each week has left."""
        return sum(
            min(seconds * 100 // 3600, self.weeks[monday].left_centi) for monday, seconds in self.free_seconds.items()
        )


@dataclass(frozen=True)
class Weeks:
    """The ISO weeks of a span on the group's clock: Mondays, and the second each begins; one more ends the last."""

    mondays: tuple[date, ...]
    begins: tuple[int, ...]

    @classmethod
    def of(cls, first_at: datetime, until: datetime, zone: ZoneInfo) -> "Weeks":
        """The weeks that touch [first_at, until)."""
        monday = monday_of(first_at.astimezone(zone).date())
        mondays: list[date] = []
        while not mondays or _begin(monday, zone) < until.timestamp():
            mondays.append(monday)
            monday += timedelta(days=7)
        return cls(tuple(mondays), tuple(_begin(day, zone) for day in [*mondays, monday]))

    def parts(self, free: Range) -> Iterator[tuple[date, int, int]]:
        """(Monday, first second, end) of a range, week by week."""
        place = bisect_right(self.begins, free.lower) - 1
        lower = free.lower
        while lower < free.upper and place < len(self.mondays):
            end = min(free.upper, self.begins[place + 1])
            yield self.mondays[place], lower, end
            lower, place = end, place + 1


def _begin(monday: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(monday, time(), zone).timestamp())


def check_minutes(minutes: int) -> int:
    """The length itself; MinutesUnknown for one that is not offered."""
    if minutes not in LENGTHS:
        raise MinutesUnknown
    return minutes


def check_span(first: date, last: date) -> None:
    """SpanTooLong unless first <= last with at most 120 days."""
    if not 0 <= (last - first).days < DAYS_MOST:
        raise SpanTooLong


def hours_centi(minutes: int) -> int:
    """What a session of this length takes of the week, in hundredths of an hour."""
    return minutes * 100 // 60


def fill(calendar: Calendar, ranges: Iterable[Range], minutes: int, weeks: Weeks) -> None:
    """Adds the times to begin a session of `minutes` in ascending ranges; none that begins in a full week.

    A session counts in the week in which it begins, also when it ends after midnight on Sunday.
    """
    length = minutes * 60
    for free in ranges:
        # The first half hour of the expert's clock at or after the range's begin.
        first = free.lower + (-free.past) % GRID
        for monday, lower, end in weeks.parts(free):
            calendar.free_seconds[monday] = calendar.free_seconds.get(monday, 0) + end - lower
            begin = first + -(-(max(lower, first) - first) // GRID) * GRID
            if not calendar.weeks[monday].full:
                calendar.starts.extend(range(begin, min(end, free.upper - length + 1), GRID))
