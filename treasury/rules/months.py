"""A month and the charter's values on each of its days, as the run keeps them and as SQL reads them."""

import calendar
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from charter.rules.terms import Period
from treasury.refusals import UnreadableMonth
from treasury.rules.amounts import HOURS_CENTI_MOST

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
# Sums of numerators up to and with each day, for (member | leader) × (U | LXP), their two denominators, and what a
# hundredth of an hour of POW is worth on the day, as fractions of a micro-unit (bigint where it fits, else numeric).
COLUMNS = (
    "day date, number int, member_u numeric, member_lxp numeric, leader_u numeric, leader_lxp numeric, u_over numeric,"
    " lxp_over numeric, pow_u {pow}, pow_u_over {pow}, pow_lxp {pow}, pow_lxp_over {pow}"
)
BIGINT_MOST = 2**63 - 1


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month in the group's zone."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """`2026-08`; UnreadableMonth for anything else."""
        match = _WRITTEN.fullmatch(text)
        if match is None or not 1 < int(match[1]) < date.max.year:
            raise UnreadableMonth(text=text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month a day lies in."""
        return cls(day.year, day.month)

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last_on(self) -> date:
        """Its last day."""
        return date(self.year, self.number, self.days)

    def day(self, number: int) -> date:
        """Its day of that number, 1 to 31."""
        return date(self.year, self.number, number)

    def before(self) -> "Month":
        """The month before it."""
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True)
class Segment:
    """Days `first` to `last` of a month (1 to 31, both included) with the same values. Money in micro-units."""

    first: int
    last: int
    edition: int
    member_micro: int
    leader_micro: int
    lxp_share: Fraction
    lxp_per_u: Fraction
    pow_rate_micro: int
    pow_flexible_micro: int
    pow_lxp_share: Fraction

    def stipend_micro(self, leading: bool) -> int:
        """A month's stipend at this rate."""
        return self.leader_micro if leading else self.member_micro

    def stipend(self, leading: bool, asset: str) -> Fraction:
        """What a whole month at these values pays in an asset, in micro-units."""
        rate = Fraction(self.stipend_micro(leading))
        return rate * (1 - self.lxp_share) if asset == "U" else rate * self.lxp_share * self.lxp_per_u

    def pow(self, asset: str) -> Fraction:
        """What an hour of POW pays in an asset, in micro-units."""
        rate = Fraction(self.pow_rate_micro + self.pow_flexible_micro)
        return rate * (1 - self.pow_lxp_share) if asset == "U" else rate * self.pow_lxp_share * self.lxp_per_u


@dataclass(frozen=True)
class MonthTerms:
    """The charter's values on every day of a month."""

    month: Month
    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, month: Month, periods: Iterable[Period]) -> "MonthTerms":
        """From the charter's periods that cover the month; neighbours that differ in nothing paid are joined."""
        segments: list[Segment] = []
        for period in periods:
            segment = _segment(period)
            if segments and _values(segments[-1]) == _values(segment):
                segment = Segment(**(vars(segments.pop()) | {"last": segment.last}))
            segments.append(segment)
        return cls(month, tuple(segments))

    def on(self, day: int) -> Segment:
        """The values of a day, 1 to 31."""
        return next(segment for segment in self.segments if segment.first <= day <= segment.last)

    def as_json(self) -> dict[str, Any]:
        """As a run keeps them: no floats, shares as fractions."""
        return {"month": str(self.month), "segments": [_as_json(segment) for segment in self.segments]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "MonthTerms":
        """The terms that a run kept."""
        return cls(Month.parse(stored["month"]), tuple(_from_json(item) for item in stored["segments"]))

    @cached_property
    def columns(self) -> str:
        """The relation's columns with their types: bigint where no product leaves it, ten times as fast as numeric."""
        worth = [segment.pow(asset) / 100 for segment in self.segments for asset in ("U", "LXP")]
        most = max(max(part.numerator * HOURS_CENTI_MOST, part.denominator) for part in worth)
        return COLUMNS.format(pow="bigint" if 2 * most <= BIGINT_MOST else "numeric")

    @cached_property
    def rows(self) -> str:
        """The relation `terms` as a JSON array; its columns are `columns`.

        Its first row is the day before the month with sums of zero, so that any days of the month cost two look-ups.
        """
        days = self.month.days
        sums = {column: Fraction() for column in _STIPENDS}
        # Common denominators: every day's worth is a whole number of these parts of a micro-unit.
        u_over = days * lcm(*(segment.stipend(lead, "U").denominator for segment in self.segments for lead in _BOTH))
        lxp_over = days * lcm(
            *(segment.stipend(lead, "LXP").denominator for segment in self.segments for lead in _BOTH)
        )
        overs = {"u": u_over, "lxp": lxp_over}
        rows: list[dict[str, object]] = [self._row(0, sums, overs, self.segments[0])]
        for day in range(1, days + 1):
            segment = self.on(day)
            for column, (leading, asset) in _STIPENDS.items():
                sums[column] += segment.stipend(leading, asset) / days
            rows.append(self._row(day, sums, overs, segment))
        return json.dumps(rows)

    def _row(
        self, day: int, sums: Mapping[str, Fraction], overs: Mapping[str, int], segment: Segment
    ) -> dict[str, object]:
        pow_u, pow_lxp = segment.pow("U") / 100, segment.pow("LXP") / 100
        numerators = {column: int(value * overs[column.partition("_")[2]]) for column, value in sums.items()}
        return numerators | {
            "number": day,
            "day": (self.month.first_on + timedelta(days=day - 1)).isoformat(),
            "u_over": overs["u"],
            "lxp_over": overs["lxp"],
            "pow_u": pow_u.numerator,
            "pow_u_over": pow_u.denominator,
            "pow_lxp": pow_lxp.numerator,
            "pow_lxp_over": pow_lxp.denominator,
        }


_BOTH = (False, True)
_STIPENDS = {
    "member_u": (False, "U"),
    "member_lxp": (False, "LXP"),
    "leader_u": (True, "U"),
    "leader_lxp": (True, "LXP"),
}
_SHARES = ("lxp_share", "lxp_per_u", "pow_lxp_share")


def _segment(period: Period) -> Segment:
    terms = period.terms
    return Segment(
        first=period.first_on.day,
        last=period.last_on.day,
        edition=terms.edition,
        member_micro=terms.stipend_member_micro,
        leader_micro=terms.stipend_leader_micro,
        lxp_share=terms.stipend_lxp_share,
        lxp_per_u=terms.lxp_per_u,
        pow_rate_micro=terms.pow_hourly_rate_micro,
        pow_flexible_micro=terms.pow_flexible_rate_micro,
        pow_lxp_share=terms.pow_lxp_share,
    )


def _values(segment: Segment) -> tuple[object, ...]:
    return tuple(value for name, value in vars(segment).items() if name not in ("first", "last", "edition"))


def _as_json(segment: Segment) -> dict[str, Any]:
    return {name: str(value) if name in _SHARES else value for name, value in vars(segment).items()}


def _from_json(item: Mapping[str, Any]) -> Segment:
    values: dict[str, Any] = {name: Fraction(value) if name in _SHARES else value for name, value in item.items()}
    return Segment(**values)
