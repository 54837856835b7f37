"""Reading invoices and payments: what is paid, what is left, what a client has as credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from consulting.models import Allocation, DepositAddress, Engagement, Invoice, Payment
from consulting.rules import billing
from consulting.rules.billing import State
from members.selectors.people import Signed, roles_on

# A reference that begins with the engagement's is found by the index of references: in byte order '0' comes after '/'.
MOVED = """
SELECT coalesce(sum(way.sign * transfer.amount_micro), 0)
FROM (VALUES ('acceptance/', 1), ('funding/', 1), ('reversal/acceptance/', -1), ('reversal/funding/', -1))
  AS way(name, sign)
JOIN treasury_transfer transfer ON transfer.reference = way.name || %(reference)s
  OR transfer.reference > way.name || %(reference)s || '/' AND transfer.reference < way.name || %(reference)s || '0'
"""


@dataclass(frozen=True)
class Standing:
    """An invoice and how far it is: paid, left and beyond it in micro-units."""

    invoice: Invoice
    paid_micro: int
    over_micro: int
    state: State

    @property
    def rest_micro(self) -> int:
        """What is still to be paid; nothing of a void invoice."""
        return 0 if self.state == "void" else self.invoice.total_micro - self.paid_micro


def by_token(token: str) -> Invoice | None:
    """The invoice of a public address."""
    return _rows().filter(token=token).first()


def by_number(number: str) -> Invoice | None:
    """The invoice of a number."""
    return _rows().filter(number=number).first()


def _rows() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("client", "engagement", "booking__member")


def to_pay(user: User, most: int) -> list[tuple[Invoice, int]]:
    """A client's invoices of which something is open, with how much, what is due first in front.

    One of a booked time that was given up is none of them: it may still be paid, nobody has to.
    """
    rows = _rows().filter(client__user=user, voided_at=None).exclude(booking__released_at__isnull=False)
    rows = rows.alias(paid=Coalesce(Sum("allocations__amount_micro"), 0)).filter(paid__lt=F("total_micro"))
    found = rows.annotate(rest_micro=F("total_micro") - F("paid")).order_by("due_at", "pk")[:most]
    return [(row, row.rest_micro) for row in found]


def engagement_named(reference: str) -> Engagement | None:
    """The engagement of a reference, with its client: what the treasurer bills."""
    return Engagement.objects.select_related("client").filter(reference=reference).first()


def own_address(invoice: Invoice) -> str:
    """The address on the chain that is this invoice's alone, in small letters; "" without one."""
    return DepositAddress.objects.filter(invoice=invoice).values_list("address", flat=True).first() or ""


def none() -> QuerySet[Invoice]:
    """No invoice: what the schema is drawn from."""
    return Invoice.objects.none()


def invoices_for(user: Signed, day: date) -> QuerySet[Invoice]:
    """The treasurer and the leader read all invoices, a client their own, anybody else none; the latest first."""
    rows = _rows().order_by("-issued_at", "-pk")
    if roles_on(user, day) & {"treasurer", "leader"}:
        return rows
    return rows.filter(client__user=user) if isinstance(user, User) else rows.none()


def of_engagement(engagement: Engagement) -> QuerySet[Invoice]:
    """An engagement's invoices, the first one first."""
    return _rows().filter(engagement=engagement).order_by("issued_at", "pk")


def paid_micro(invoice: Invoice) -> int:
    """What of an invoice is paid."""
    return Allocation.objects.filter(invoice=invoice).aggregate(micro=Sum("amount_micro"))["micro"] or 0


def standings(invoices: Sequence[Invoice], now: datetime) -> list[Standing]:
    """How far any number of invoices are: two queries."""
    allocated = dict.fromkeys((invoice.pk for invoice in invoices), 0)
    from_payments = dict(allocated)
    rows = Allocation.objects.filter(invoice__in=allocated).values_list("invoice", "payment", "amount_micro")
    for invoice_id, payment_id, amount in rows:
        allocated[invoice_id] += amount
        from_payments[invoice_id] += amount if payment_id else 0
    arrived = Payment.objects.filter(invoice_hint__in=allocated, credited_at__isnull=False, reverted_at=None)
    sums = dict(arrived.values_list("invoice_hint").annotate(Sum("amount_micro")))
    found = []
    for invoice in invoices:
        paid, over = allocated[invoice.pk], max(0, sums.get(invoice.pk, 0) - from_payments[invoice.pk])
        state = billing.state(
            total_micro=invoice.total_micro,
            paid_micro=paid,
            over_micro=over,
            due_at=invoice.due_at,
            voided_at=invoice.voided_at,
            now=now,
        )
        found.append(Standing(invoice, paid, over, state))
    return found


def payments_for(invoice: Invoice) -> QuerySet[Payment]:
    """What was sent for an invoice and did not fall away, the first one first; seen and not final too."""
    meant = Q(invoice_hint=invoice) | Q(allocations__invoice=invoice)
    return Payment.objects.filter(meant).distinct().order_by("seen_at", "pk")


def allocated_on(engagement: Engagement) -> int:
    """What is paid on all invoices of an engagement."""
    rows = Allocation.objects.filter(invoice__engagement=engagement)
    return rows.aggregate(micro=Sum("amount_micro"))["micro"] or 0


def moved_in(engagement: Engagement) -> int:
    """What has come into an engagement's escrow from its client so far, whatever left it since."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"reference": engagement.reference})
        (micro,) = cursor.fetchone()
    return int(micro)
