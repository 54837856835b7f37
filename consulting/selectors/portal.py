"""What a client sees of their own: engagements, invoices, payments, bookings, quotes, credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from accounts.models import User
from charter.rules.terms import Timeline
from consulting.models import Booking, Deliverable, Dispute, Engagement, Invoice, Payment, Quote
from consulting.selectors import bookings, waiting
from consulting.selectors.billing import Standing, standings
from consulting.selectors.waiting import Answer
from treasury.models import Balance, Client

# The newest of each kind; the lists are not meant to be an archive.
MOST = 50


@dataclass(frozen=True)
class Portal:
    """Everything of a client, the newest first; credit in micro-units; `disputed`: keys of engagements in dispute."""

    clients: Sequence[Client]
    credit_micro: int
    bookings: Sequence[Booking]
    engagements: Sequence[Engagement]
    invoices: Sequence[Standing]
    payments: Sequence[Payment]
    quotes: Sequence[Quote]
    answers: Sequence[Answer]
    to_take: Sequence[Deliverable]
    disputed: frozenset[int]


def of(user: User, now: datetime, timeline: Timeline) -> Portal:
    """What a user has as a client; empty for somebody who is none. A constant number of queries."""
    clients = list(Client.objects.filter(user=user).order_by("pk"))
    balances = Balance.objects.filter(
        account__kind="receivable", account__asset="U", account__owner__in=[client.key for client in clients]
    )
    invoices = Invoice.objects.filter(client__in=clients).select_related("client", "engagement")
    return Portal(
        clients=clients,
        credit_micro=balances.filter(amount_micro__gt=0).aggregate(micro=Sum("amount_micro"))["micro"] or 0,
        bookings=list(bookings.of_client(user)[:MOST]),
        engagements=list(Engagement.objects.filter(client__in=clients).order_by("-opened_on", "reference")[:MOST]),
        invoices=standings(list(invoices.order_by("-issued_at", "-pk")[:MOST]), now),
        payments=list(
            Payment.objects.filter(client__in=clients).select_related("invoice_hint").order_by("-seen_at", "-pk")[:MOST]
        ),
        quotes=list(Quote.objects.filter(asked_by=user).select_related("member").order_by("-asked_at", "-pk")[:MOST]),
        answers=waiting.answers(user, timeline),
        to_take=list(waiting.to_take(user)[:MOST]),
        disputed=frozenset(
            Dispute.objects.filter(engagement__client__in=clients, closed_at=None).values_list("engagement", flat=True)
        ),
    )
