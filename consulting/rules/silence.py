"""When a client's silence counts as acceptance: only where they agreed to it, after reminders (income.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

TERM = "silent_accept_days"
# Reminders go out so many days before silence counts.
REMINDERS = (3, 1)


@dataclass(frozen=True)
class Due:
    """What is due of one delivery on a day: a reminder so many days ahead, or the acceptance."""

    counts_on: date
    remind: int | None
    accept: bool


def days_of(terms: Mapping[str, Any] | None) -> int | None:
    """The days after which silence counts, by an engagement's frozen terms; None where nobody agreed to it."""
    days = (terms or {}).get(TERM)
    return days if isinstance(days, int) and not isinstance(days, bool) else None


def counts_on(delivered_on: date, days: int) -> date:
    """The first day on which silence counts: the client has `days` whole days after that of the delivery."""
    return delivered_on + timedelta(days=days + 1)


def due(delivered_on: date, days: int, sent: Iterable[tuple[int, date]], today: date) -> Due:
    """What is due of a delivery; `sent` are (days before, day) of the reminders that went out for it.

    Nobody's silence counts before a day has passed after the last reminder, also where the worker was late.
    """
    day = counts_on(delivered_on, days)
    done = dict(sent)
    last = done.get(REMINDERS[-1])
    if last is not None:
        return Due(day, None, accept=max(day, last + timedelta(days=1)) <= today)
    # Of several that are due only the nearest is sent, and none that would lie before the day after the delivery.
    ripe = [before for before in REMINDERS if delivered_on < day - timedelta(days=before) <= today]
    remind = min(ripe, default=None)
    return Due(day, None if remind in done else remind, accept=False)
