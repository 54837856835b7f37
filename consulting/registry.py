"""What other parts of consulting do when client money moves: bookings that wait for it, hours that are kept free."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from consulting.models import Invoice
from members.selectors.people import By


@dataclass(frozen=True)
class WhenPaid:
    """`act` runs in the transaction in which an invoice became fully paid.

    `hold` runs before anything of the invoice is locked, so that rows earlier in the order (member, engagement,
    booking) are locked first; it must lock nothing for an invoice that is none of its business.
    """

    hold: Callable[[Invoice], None]
    act: Callable[[Invoice, By, datetime], None]


when_paid: list[WhenPaid] = []
