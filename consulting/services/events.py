"""What a provider of card payments tells us: one event, one payment.

A provider is whatever can send this; its own formats are translated in front of the house. `PaymentProvider` says
what an adapter has to offer; the house has none.
"""

from datetime import datetime
from typing import Protocol

from django.db import transaction

from charter.selectors import timeline
from consulting.models import Invoice, Payment
from consulting.refusals.payments import EventRepeated, InvoiceUnknown
from consulting.services import payments

PROVIDER = "system:provider"


class PaymentProvider(Protocol):
    """A way to pay by card: it makes an address to pay at, and later sends the signed event of the payment."""

    def checkout(self, *, number: str, amount_micro: int, return_url: str) -> str:
        """The address at which a person pays so much of an invoice."""


def take(*, event: str, number: str, amount_micro: int, at: datetime) -> Payment:
    """A card payment for an invoice, credited at once; the event's id exists once (payment_evidence_once).

    InvoiceUnknown, EventRepeated, AmountMissing.
    """
    invoice = Invoice.objects.select_related("client", "engagement").filter(number=number).first()
    if invoice is None:
        raise InvoiceUnknown
    with transaction.atomic():
        if Payment.objects.filter(kind=Payment.Kind.CARD, evidence=event).exists():
            raise EventRepeated
        return payments.confirm(
            invoice=invoice,
            amount_micro=amount_micro,
            received_on=timeline().day_of(at),
            evidence=event,
            kind=Payment.Kind.CARD,
            by=PROVIDER,
            at=at,
        )
