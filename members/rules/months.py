"""Months after a day, as the charter counts them (join.1)."""

import calendar
from datetime import date

MONTHS = 12


def months_after(day: date, months: int) -> date:
    """The same day number `months` later, else that month's last day; OverflowError after the year 9999."""
    index = day.month - 1 + months
    year, month = day.year + index // MONTHS, index % MONTHS + 1
    if year > date.max.year:
        raise OverflowError(f"no day {months} months after {day}")
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
