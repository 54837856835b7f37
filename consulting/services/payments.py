"""Money that arrived: credited once, put to its invoice, and what is beyond it kept as the client's credit."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from charter.selectors import timeline
from consulting.models import Allocation, Engagement, Invoice, Payment
from consulting.refusals.billing import (
    AmountMissing,
    AmountTooLarge,
    ArrivedInFuture,
    ClientsOwnCredit,
    EvidenceMissing,
    EvidenceUsed,
    InvoicePaidAlready,
    InvoiceVoid,
    NoCredit,
    NotTheirInvoice,
    PayerUnknown,
    PaymentNotFinal,
    PaymentTakenBack,
    TreasurerConfirms,
)
from consulting.refusals.payments import DecidedAlready
from consulting.registry import when_paid
from consulting.rules import billing
from consulting.selectors.billing import allocated_on, moved_in, paid_micro
from consulting.selectors.escrow import credit_micro, lock_balances, money_of
from consulting.services import invoices
from consulting.services.engagements import locked
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor
from treasury.models import Client, Posting, Transfer
from treasury.rules.accounts import Move, escrow, outside, receivable
from treasury.services import ledger

EVIDENCE_ONCE = "payment_evidence_once"


def confirm(
    *, invoice: Invoice, amount_micro: int, received_on: date, evidence: str, by: By, at: datetime, kind: str = "bank"
) -> Payment:
    """The treasurer saw money for an invoice in the bank; `evidence` is the bank's reference of the transfer.

    The same again gives the first payment. Also what a card provider's event ends in (`kind` card, `by` a text).
    TreasurerConfirms, AmountMissing, AmountTooLarge, ArrivedInFuture, EvidenceMissing, EvidenceUsed.
    """
    evidence = " ".join(evidence.split())
    invoices.require_treasurer(by, at)
    if amount_micro <= 0:
        raise AmountMissing
    if amount_micro > billing.MOST_MICRO:
        raise AmountTooLarge
    if received_on > timeline().day_of(at):
        raise ArrivedInFuture
    if not 0 < len(evidence) <= 300:
        raise EvidenceMissing
    with transaction.atomic():
        _hold(invoice)
        payment = _once(invoice, amount_micro, received_on, evidence, kind, at)
        return receive(payment=payment, invoice=invoice, by=by, at=at)


def _once(invoice: Invoice, amount_micro: int, received_on: date, evidence: str, kind: str, at: datetime) -> Payment:
    """The payment of this evidence, made if there is none; EvidenceUsed if it was another amount or invoice."""
    try:
        with transaction.atomic():
            return Payment.objects.create(
                kind=kind,
                client=invoice.client,
                invoice_hint=invoice,
                amount_micro=amount_micro,
                received_on=received_on,
                evidence=evidence,
                seen_at=at,
                final_at=at,
            )
    except IntegrityError as error:
        if EVIDENCE_ONCE not in str(error):
            raise
        found = Payment.objects.get(kind=kind, evidence=evidence)
        if (found.invoice_hint_id, found.amount_micro, found.received_on) != (invoice.pk, amount_micro, received_on):
            raise EvidenceUsed from error
        return found


def receive(
    *, payment: Payment, by: By, at: datetime, invoice: Invoice | None = None, client: Client | None = None
) -> Payment:
    """Credits a final payment to its client and puts it to its invoice; whatever is beyond that stays credit.

    Of an invoice (`payment.invoice_hint` unless said), or of a client alone. Twice is once. By the treasurer, or by
    the house. TreasurerConfirms, PayerUnknown, PaymentNotFinal, PaymentTakenBack, NotTheirInvoice, DecidedAlready.
    """
    invoices.require_treasurer(by, at)
    invoice = invoice or payment.invoice_hint
    owner = client or (invoice.client if invoice else payment.client)
    if owner is None:
        raise PayerUnknown
    if invoice is not None and invoice.client_id != owner.pk:
        raise NotTheirInvoice
    with transaction.atomic():
        if invoice is not None:
            invoice = _hold(invoice)
        payment = held(payment)
        if payment.reverted_at is not None:
            raise PaymentTakenBack
        if payment.credited_at is not None:
            return payment
        if payment.resolved_at is not None:
            raise DecidedAlready
        if payment.final_at is None:
            raise PaymentNotFinal
        _credit(payment, owner, invoice, by, at)
        if invoice is not None and invoice.voided_at is None:
            rest = invoice.total_micro - paid_micro(invoice)
            if rest:
                _allocate(invoice, payment, min(rest, payment.amount_micro), by, at)
    return payment


def _credit(payment: Payment, owner: Client, invoice: Invoice | None, by: By, at: datetime) -> None:
    """The payment stands in the ledger: outside → receivable."""
    payment.client, payment.invoice_hint = owner, invoice
    payment.credited_at = at
    if payment.queued_reason:
        payment.resolved_at = at
    payment.save(update_fields=["client", "invoice_hint", "credited_at", "resolved_at"])
    move = Move(outside("U"), receivable(owner.key), payment.amount_micro, f"payment/{payment.pk}")
    ledger.post(
        kind=Posting.Kind.PAYMENT,
        key=str(payment.pk),
        occurred_on=payment.received_on,
        moves=[move],
        by=actor(by),
        at=at,
    )
    entries.append(
        actor=actor(by),
        verb="payment.receive",
        subject=subject(payment),
        data={
            "kind": payment.kind,
            "client": owner.key,
            "invoice": invoice.number if invoice else None,
            "amount_micro": payment.amount_micro,
            "received_on": payment.received_on.isoformat(),
        },
        at=at,
    )


def use_credit(*, invoice: Invoice, by: By, at: datetime) -> Allocation:
    """Pays what is left of an invoice, or as much of it as there is, from the client's credit.

    By the client, the treasurer or the house. ClientsOwnCredit, InvoiceVoid, InvoicePaidAlready, NoCredit.
    """
    _require_owner(invoice, by, at)
    with transaction.atomic():
        invoice = _hold(invoice)
        if invoice.voided_at is not None:
            raise InvoiceVoid
        rest = invoice.total_micro - paid_micro(invoice)
        if not rest:
            raise InvoicePaidAlready
        client = held_client(invoice.client)
        lock_balances([receivable(client.key), escrow(invoice.engagement.reference)])
        amount = billing.usable_credit(
            balance_micro=credit_micro(client),
            allocated_micro=allocated_on(invoice.engagement),
            moved_micro=moved_in(invoice.engagement),
            rest_micro=rest,
        )
        if not amount:
            raise NoCredit
        return _allocate(invoice, None, amount, by, at)


def _require_owner(invoice: Invoice, by: By, at: datetime) -> None:
    user = by.user if isinstance(by, Member) else by
    if user is not None and not isinstance(user, str) and invoice.client.user_id == user.pk:
        return
    try:
        invoices.require_treasurer(by, at)
    except TreasurerConfirms as refusal:
        raise ClientsOwnCredit from refusal


def take_back(*, payment: Payment, by: By, at: datetime) -> Payment:
    """A credited payment was none: its posting is reversed, what it paid is open again. Twice is once.

    What it brought into escrow goes back too, unless accepted work needs it: then the client owes it.
    """
    invoices.require_treasurer(by, at)
    with transaction.atomic():
        allocation = (
            payment.allocations.filter(takes_back=None).select_related("invoice__client", "invoice__engagement").first()
        )
        if allocation is not None:
            _hold(allocation.invoice)
        payment = held(payment)
        if payment.reverted_at is not None:
            return payment
        payment.reverted_at = at
        payment.save(update_fields=["reverted_at"])
        if payment.credited_at is not None:
            if allocation is not None:
                _reopen(allocation, by, at)
            posting = Posting.objects.get(kind=Posting.Kind.PAYMENT, key=str(payment.pk))
            ledger.reverse(posting=posting, occurred_on=timeline().day_of(at), by=actor(by), at=at)
        entries.append(actor=actor(by), verb="payment.take_back", subject=subject(payment), at=at)
    return payment


def _reopen(allocation: Allocation, by: By, at: datetime) -> None:
    """The opposite row, and the money out of escrow again unless accepted work needs it: then the client owes it."""
    Allocation.objects.create(
        payment_id=allocation.payment_id,
        invoice=allocation.invoice,
        amount_micro=-allocation.amount_micro,
        takes_back=allocation,
        allocated_at=at,
    )
    invoice = allocation.invoice
    funding = Transfer.objects.filter(reference=_reference(invoice, allocation)).select_related("posting").first()
    engagement = Engagement.objects.get(pk=invoice.engagement_id)
    if funding is None or engagement.accepted_on is not None:
        return
    lock_balances([receivable(invoice.client.key), escrow(engagement.reference)])
    if money_of(engagement).free_micro >= funding.amount_micro:
        ledger.reverse(posting=funding.posting, occurred_on=timeline().day_of(at), by=actor(by), at=at)


def _allocate(invoice: Invoice, payment: Payment | None, amount_micro: int, by: By, at: datetime) -> Allocation:
    """Pays so much of an invoice and moves into its engagement's escrow what is not there yet; all rows are locked."""
    engagement = invoice.engagement
    allocation = Allocation.objects.create(payment=payment, invoice=invoice, amount_micro=amount_micro, allocated_at=at)
    held_micro = billing.held_part(
        amount_micro=amount_micro, allocated_micro=allocated_on(engagement), moved_micro=moved_in(engagement)
    )
    # What was accepted as a whole has moved already; more would stay in an escrow that must be empty.
    if held_micro and engagement.accepted_on is None:
        move = Move(
            receivable(invoice.client.key),
            escrow(engagement.reference),
            held_micro,
            _reference(invoice, allocation),
        )
        day = timeline().day_of(at)
        ledger.post(kind=Posting.Kind.FUNDING, key=_key(allocation), occurred_on=day, moves=[move], by=actor(by), at=at)
    entries.append(
        actor=actor(by),
        verb="invoice.pay",
        subject=invoices.subject(invoice),
        data={"amount_micro": amount_micro, "held_micro": held_micro, "payment": payment.pk if payment else None},
        at=at,
    )
    if paid_micro(invoice) == invoice.total_micro:
        for hook in when_paid:
            hook.act(invoice, by, at)
    return allocation


def _reference(invoice: Invoice, allocation: Allocation) -> str:
    return f"funding/{invoice.engagement.reference}/{_key(allocation)}"


def _key(allocation: Allocation) -> str:
    return f"{allocation.invoice.number}/{allocation.pk}"


def _hold(invoice: Invoice) -> Invoice:
    """The invoice and its engagement as they are now, locked in the order that everybody keeps."""
    for hook in when_paid:
        hook.hold(invoice)
    engagement = locked(invoice.engagement)
    invoice = invoices.held(invoice)
    invoice.engagement = engagement
    return invoice


def held(payment: Payment) -> Payment:
    """The payment as it is now, locked to the end of the transaction."""
    return Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)


def held_client(client: Client) -> Client:
    """The client, locked to the end of the transaction: whoever uses or pays back credit holds it, last of all."""
    return Client.objects.select_for_update(no_key=True).get(pk=client.pk)


def subject(payment: Payment) -> str:
    """How the journal names a payment."""
    return f"payment/{payment.pk}"
