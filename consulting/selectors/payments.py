"""Reading payments: whose one is, which wait for the treasurer, what a page shows of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User, Wallet
from consulting.models import Allocation, ChainCursor, DepositAddress, Invoice, PayerProof, Payment
from consulting.refusals.payments import ClientUnknown, InvoiceUnknown
from consulting.rules import matching_payments as rule
from consulting.rules.chains import Chain
from consulting.rules.matching_payments import Candidate, Deposit, Match
from consulting.rules.transfers import Key, Transfer
from members.selectors.people import roles_on
from treasury.models import Client

Shown = Literal["seen", "final", "credited", "waits", "returned", "fell-away"]


def match_of(payment: Payment) -> Match:
    """Whose a payment is, as things stand now: at most four queries."""
    own = DepositAddress.objects.filter(address=payment.to).first()
    deposit = Deposit(own.invoice_id) if own else None
    known, candidates = (False, []) if deposit else _payers(payment.payer)
    return rule.match(amount_micro=payment.amount_micro, deposit=deposit, known=known, candidates=candidates)


def _payers(address: str) -> tuple[bool, list[Candidate]]:
    """Whether anybody proved an address, and the open invoices that this speaks for."""
    users = list(Wallet.objects.filter(address=address, removed_at=None).values_list("user", flat=True))
    proofs = list(PayerProof.objects.filter(address=address).values_list("invoice", flat=True))
    if not users and not proofs:
        return False, []
    sums = Allocation.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    paid = Coalesce(Subquery(sums.annotate(sum=Sum("amount_micro")).values("sum")), 0, output_field=BigIntegerField())
    rows = (
        Invoice.objects.filter(Q(pk__in=proofs) | Q(client__user__in=users), voided_at=None)
        .annotate(rest_micro=F("total_micro") - paid)
        .filter(rest_micro__gt=0)
        .values_list("pk", "client", "rest_micro")
    )
    return True, [Candidate(pk, client, rest) for pk, client, rest in rows]


def standing(chain: Chain, above: int) -> dict[Key, tuple[Payment, Transfer]]:
    """The transfers on record that stand, in blocks above a number, by what names them on the chain."""
    rows = Payment.objects.filter(
        kind=Payment.Kind.CHAIN, chain_id=chain.number, reverted_at=None, block_number__gt=above
    )
    return {(row.tx_hash, row.log_index or 0): (row, transfer_of(row)) for row in rows}


def transfer_of(payment: Payment) -> Transfer:
    """A payment on a chain as the chain says it."""
    return Transfer(
        tx_hash=payment.tx_hash,
        log_index=payment.log_index or 0,
        token=payment.token,
        payer=payment.payer,
        to=payment.to,
        units=int(payment.units or 0),
        block_number=payment.block_number or 0,
        block_hash=payment.block_hash,
    )


def receivers(chain: Chain) -> list[str]:
    """Every address of the group on a chain."""
    own = DepositAddress.objects.values_list("address", flat=True)
    return sorted({chain.receiver, *own})


def unsettled() -> QuerySet[Payment]:
    """Final transfers that are neither credited nor wait for anybody: the oldest first."""
    return Payment.objects.filter(
        kind=Payment.Kind.CHAIN,
        final_at__isnull=False,
        credited_at=None,
        resolved_at=None,
        reverted_at=None,
        queued_reason="",
    ).order_by("block_number", "log_index", "pk")


def waiting() -> QuerySet[Payment]:
    """What the treasurer must decide, the oldest first."""
    rows = Payment.objects.filter(credited_at=None, resolved_at=None, reverted_at=None).exclude(queued_reason="")
    return rows.select_related("invoice_hint", "client").order_by("seen_at", "pk")


def latest() -> QuerySet[Payment]:
    """All payments, the latest first."""
    return Payment.objects.select_related("invoice_hint", "client").order_by("-received_on", "-pk")


def visible_to(user: User, day: date) -> QuerySet[Payment]:
    """The treasurer and the leader read all payments, a client those credited to them or meant for their invoices."""
    if roles_on(user, day) & {"treasurer", "leader"}:
        return latest()
    return latest().filter(Q(client__user=user) | Q(client=None, invoice_hint__client__user=user))


def cursor_of(chain: Chain) -> ChainCursor | None:
    """How far we looked at a chain."""
    return ChainCursor.objects.filter(chain_id=chain.number).first()


@dataclass(frozen=True)
class Line:
    """A payment as pages show it; `confirmed` of `needed` blocks while it is only seen."""

    payment: Payment
    state: Shown
    confirmed: int
    needed: int
    symbol: str

    @property
    def reason(self) -> str:
        """Why it waits, in words."""
        return str(rule.REASONS.get(self.payment.queued_reason, "")) if self.state == "waits" else ""


def lines(payments: Iterable[Payment], chain: Chain | None) -> list[Line]:
    """Payments with how far each is: one query beside theirs."""
    cursor = cursor_of(chain) if chain else None
    return [_line(payment, chain, cursor.head if cursor else 0) for payment in payments]


def _line(payment: Payment, chain: Chain | None, head: int) -> Line:
    ours = chain if chain and payment.chain_id == chain.number else None
    token = ours.token(payment.token) if ours else None
    confirmed = ours.confirmed(payment.block_number or 0, head) if ours else 0
    needed = ours.confirmations if ours else 0
    return Line(payment, _state(payment), confirmed, needed, token.symbol if token else "U")


def _state(payment: Payment) -> Shown:
    if payment.reverted_at is not None:
        return "fell-away"
    if payment.credited_at is not None:
        return "credited"
    if payment.resolved_at is not None:
        return "returned"
    if payment.queued_reason:
        return "waits"
    return "final" if payment.final_at is not None else "seen"


def proofs_of(invoice: Invoice) -> QuerySet[PayerProof]:
    """The addresses that were proved for an invoice, the first one first."""
    return PayerProof.objects.filter(invoice=invoice).order_by("proven_at", "pk")


def addresses_left() -> int:
    """How many addresses of the group no invoice took yet."""
    return DepositAddress.objects.filter(invoice=None).count()


def none() -> QuerySet[Payment]:
    """No payment: what the schema is drawn from."""
    return Payment.objects.none()


def invoice_of(number: str) -> Invoice:
    """The invoice that the treasurer names. InvoiceUnknown."""
    found = Invoice.objects.select_related("client", "engagement").filter(number=number.strip()).first()
    if found is None:
        raise InvoiceUnknown
    return found


def client_of(key: str) -> Client:
    """The client whom the treasurer names. ClientUnknown."""
    found = Client.objects.filter(key=key.strip()).first()
    if found is None:
        raise ClientUnknown
    return found
