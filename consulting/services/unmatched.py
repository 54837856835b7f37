"""Payments that nobody could be found for: they wait, credited to nobody, until the treasurer decides with evidence."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import mail
from charter.selectors import timeline
from consulting.models import Invoice, Payment
from consulting.refusals.payments import DecidedAlready, DecisionUnfounded
from consulting.selectors.payments import client_of, invoice_of
from consulting.services import invoices, payments
from journal import writing
from journal.services import entries
from members.selectors.people import By, actor, treasurers_on
from treasury.models import Client

# The address of `consulting:payments` (a test compares).
PAGE = "/payments/"


def queue(*, payment: Payment, reason: str, by: By, at: datetime) -> None:
    """A final payment waits for the treasurer, who is mailed; one that is credited or waits already stays so."""
    with transaction.atomic():
        open_still = Payment.objects.filter(
            pk=payment.pk, queued_reason="", credited_at=None, resolved_at=None, reverted_at=None
        )
        if open_still.update(queued_reason=reason):
            entries.append(
                actor=actor(by),
                verb="payment.queue",
                subject=payments.subject(payment),
                data={"reason": reason},
                at=at,
            )
            tell_treasurer(payment, at)


def decide(
    *, payment: Payment, decision: str, number: str, client: str, evidence: str, by: User, at: datetime
) -> Payment:
    """A decision as it was typed: `invoice` with a number, `client` with a key, or `back`.

    InvoiceUnknown, ClientUnknown, and what the three refuse.
    """
    if decision == "back":
        return sent_back(payment=payment, evidence=evidence, by=by, at=at)
    # Asked before the names are looked up: nobody else learns which there are.
    invoices.require_treasurer(by, at)
    if decision == "invoice":
        return to_invoice(payment=payment, invoice=invoice_of(number), evidence=evidence, by=by, at=at)
    return to_client(payment=payment, client=client_of(client), evidence=evidence, by=by, at=at)


def to_invoice(*, payment: Payment, invoice: Invoice, evidence: str, by: User | str, at: datetime) -> Payment:
    """The treasurer says which invoice a payment is for; what is beyond it stays the client's credit.

    TreasurerConfirms, DecisionUnfounded, DecidedAlready, PaymentNotFinal, PaymentTakenBack.
    """
    return _credit(payment, invoice, invoice.client, evidence, by, at)


def to_client(*, payment: Payment, client: Client, evidence: str, by: User | str, at: datetime) -> Payment:
    """The treasurer says whose a payment is: it becomes that client's credit. Refuses what `to_invoice` refuses."""
    return _credit(payment, None, client, evidence, by, at)


def _credit(
    payment: Payment, invoice: Invoice | None, client: Client, evidence: str, by: User | str, at: datetime
) -> Payment:
    note = _founded(evidence)
    with transaction.atomic():
        # Locks the invoice first, then the payment; of two decisions at once the second one finds the first.
        if invoice is None:
            Payment.objects.filter(pk=payment.pk, credited_at=None).update(invoice_hint=None)
            payment.invoice_hint = None
        decided = payments.receive(payment=payment, invoice=invoice, client=client, by=by, at=at)
        if decided.decision_note or decided.resolved_at is None:
            raise DecidedAlready
        decided.decision_note = note
        decided.save(update_fields=["decision_note"])
    return decided


def sent_back(*, payment: Payment, evidence: str, by: User | str, at: datetime) -> Payment:
    """The treasurer sent the money back where it came from; it was never credited, so nothing is posted.

    TreasurerConfirms, DecisionUnfounded, DecidedAlready.
    """
    note = _founded(evidence)
    with transaction.atomic():
        invoices.require_treasurer(by, at)
        payment = payments.held(payment)
        if not payment.queued_reason or (payment.credited_at or payment.resolved_at or payment.reverted_at):
            raise DecidedAlready
        payment.resolved_at, payment.decision_note = at, note
        payment.save(update_fields=["resolved_at", "decision_note"])
        entries.append(actor=actor(by), verb="payment.send_back", subject=payments.subject(payment), at=at)
    return payment


def _founded(evidence: str) -> str:
    note = " ".join(evidence.split())
    if not 0 < len(note) <= 300:
        raise DecisionUnfounded
    return note


def tell_treasurer(payment: Payment, at: datetime) -> None:
    """Mails whoever keeps the treasury that a payment needs a decision, or was taken back after it was credited."""
    for keeper in treasurers_on(timeline().day_of(at)):
        with translation.override(keeper.language or settings.LANGUAGE_CODE):
            words = {"amount": writing.money(payment.amount_micro), "url": settings.BASE_URL.rstrip("/") + PAGE}
            gone = payment.reverted_at is not None
            subject = _("A credited payment of %(amount)s U left the chain") if gone else _("%(amount)s U wait for you")
            text = (
                _("It was taken back in the ledger, and its invoice is open again:\n\n%(url)s\n")
                if gone
                else _("A payment arrived that could not be matched. Decide whose it is:\n\n%(url)s\n")
            )
            mail.put(
                to=keeper.email,
                subject=subject % words,
                text=text % words,
                sender=settings.DEFAULT_FROM_EMAIL,
                key=f"payment/{payment.pk}/{'back' if gone else 'waits'}/{keeper.pk}",
                at=at,
            )
