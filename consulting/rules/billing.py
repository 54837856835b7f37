"""Invoices worked out: their lines, what is left to pay, how far they are, and what of a payment becomes held money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from consulting.rules import splitting

State = Literal["open", "partly", "paid", "overpaid", "overdue", "void"]


# A billion U: far from what a column counts, and from what anybody pays.
MOST_MICRO = 10**15


@dataclass(frozen=True)
class Line:
    """What an invoice asks for: amount in micro-units; hours (hundredths) and rate where it is paid by the hour."""

    text: str
    amount_micro: int
    hours_centi: int | None = None
    rate_micro: int | None = None


def hourly_line(text: str, hours_centi: int, rate_micro: int) -> Line:
    """Hours × rate."""
    return Line(text, splitting.gross(hours_centi, rate_micro), hours_centi, rate_micro)


def frozen(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as an invoice keeps them."""
    return [
        {
            "text": line.text,
            "hours_centi": line.hours_centi,
            "rate_micro": line.rate_micro,
            "amount_micro": line.amount_micro,
        }
        for line in lines
    ]


def state(
    *, total_micro: int, paid_micro: int, over_micro: int, due_at: datetime, voided_at: datetime | None, now: datetime
) -> State:
    """How far an invoice is; `over_micro` is what arrived for it beyond its total and is the client's credit."""
    if voided_at is not None:
        return "void"
    if paid_micro >= total_micro:
        return "overpaid" if over_micro else "paid"
    if now > due_at:
        return "overdue"
    return "partly" if paid_micro else "open"


def held_part(*, amount_micro: int, allocated_micro: int, moved_micro: int) -> int:
    """What of an allocation still has to move into the engagement's escrow.

    `allocated_micro`: paid on the engagement's invoices with this allocation. `moved_micro`: what came into its escrow
    so far. Work accepted before it was paid has moved already; paying it then only settles what the client owed.
    """
    return min(amount_micro, max(0, allocated_micro - moved_micro))


def usable_credit(*, balance_micro: int, allocated_micro: int, moved_micro: int, rest_micro: int) -> int:
    """What of a client's balance can pay the rest of an invoice: the balance, and what its work has already taken."""
    return max(0, min(rest_micro, balance_micro + max(0, moved_micro - allocated_micro)))
