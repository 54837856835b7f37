"""Quarters: `2026-Q2` is the second quarter that begins in 2026; the first begins in January, February or March."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from charter.refusals import UnreadableQuarter

_WRITTEN = re.compile(r"([0-9]{4})-Q([1-4])")
_MONTHS = 3
_LAST = 4
_LAST_YEAR = 9998  # the quarter that begins in the year after must still have a date


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter by the year it begins in and its number 1 to 4. Which days it has depends on `quarter.first_month`."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"

    def first_day(self, first_month: int) -> date:
        """Its first day where the year's first quarter begins in the given month (1 to 3)."""
        return date(self.year, first_month + _MONTHS * (self.number - 1), 1)

    def last_day(self, first_month: int) -> date:
        """Its last day where the months do not change at the end of the year (else `Timeline.quarter_span`)."""
        return self.next().first_day(first_month) - timedelta(days=1)

    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + 1, 1) if self.number == _LAST else Quarter(self.year, self.number + 1)

    def previous(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - 1, _LAST) if self.number == 1 else Quarter(self.year, self.number - 1)


def quarter_of(day: date, first_month: int) -> Quarter:
    """The quarter a day lies in; January and February belong to the year before where quarters begin in March."""
    months = (day.month - first_month) // _MONTHS
    return Quarter(day.year, months + 1) if months >= 0 else Quarter(day.year - 1, _LAST)


def parse(text: str) -> Quarter:
    """`2026-Q3` as a Quarter; UnreadableQuarter otherwise."""
    match = _WRITTEN.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= _LAST_YEAR:
        raise UnreadableQuarter(_("“%(text)s” is not a quarter. Write it like 2026-Q3.") % {"text": text})
    return Quarter(int(match[1]), int(match[2]))
