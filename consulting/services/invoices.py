"""Invoices: issued with the next number, voided while nothing is paid."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services import mail
from charter.selectors import timeline
from consulting.models import DepositAddress, Engagement, Invoice
from consulting.refusals.billing import (
    AmountTooLarge,
    DueBeforeIssue,
    InvoicePaidFor,
    InvoiceVoid,
    LanguageNotSpoken,
    NothingToInvoice,
    ReasonMissing,
    TreasurerConfirms,
)
from consulting.rules.billing import MOST_MICRO, Line, frozen
from consulting.selectors.billing import paid_micro
from consulting.services.engagements import locked
from consulting.services.numbers import next_number
from journal import writing
from journal.hashing import digest
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, roles_on

# The address of `consulting:invoice`; a service does not load every page's module to know its own (a test compares).
PAGE = "/invoices/%s/"


def issue(
    *,
    engagement: Engagement,
    lines: Sequence[Line],
    due_at: datetime,
    language: str,
    by: By,
    at: datetime,
    purpose: str = "",
) -> Invoice:
    """Asks the engagement's client for money under the year's next number, with an address on the chain if one is free.

    `purpose` is the engagement's title unless said. By the treasurer, or by the house (a text). The client is mailed.
    TreasurerConfirms, NothingToInvoice, AmountTooLarge, DueBeforeIssue, LanguageNotSpoken.
    """
    total = sum(line.amount_micro for line in lines)
    if total <= 0 or any(line.amount_micro < 0 for line in lines):
        raise NothingToInvoice
    if total > MOST_MICRO:
        raise AmountTooLarge
    if due_at < at:
        raise DueBeforeIssue
    if language not in dict(settings.LANGUAGES):
        raise LanguageNotSpoken
    with transaction.atomic():
        require_treasurer(by, at)
        engagement = locked(engagement)
        year = timeline().day_of(at).year
        invoice = Invoice.objects.create(
            number=f"{year}-{next_number(str(year)):04d}",
            token=secrets.token_hex(32),
            client=engagement.client,
            engagement=engagement,
            purpose=(purpose or engagement.title)[:200],
            lines=frozen(lines),
            total_micro=total,
            language=language,
            issued_at=at,
            due_at=due_at,
        )
        _give_address(invoice)
        facts = {
            "engagement": engagement.reference,
            "client": engagement.client.key,
            "total_micro": total,
            "due_at": due_at.isoformat(),
            "lines": digest("invoice", invoice.lines),
        }
        entries.append(actor=actor(by), verb="invoice.issue", subject=subject(invoice), data=facts, at=at)
        _mail(invoice, at)
    return invoice


def void(*, invoice: Invoice, reason: str, by: By, at: datetime) -> Invoice:
    """Withdraws an invoice of which nothing is paid; its number stays used.

    TreasurerConfirms, ReasonMissing, InvoiceVoid, InvoicePaidFor.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= 200:
        raise ReasonMissing
    with transaction.atomic():
        require_treasurer(by, at)
        invoice = held(invoice)
        if invoice.voided_at is not None:
            raise InvoiceVoid
        if paid_micro(invoice):
            raise InvoicePaidFor
        invoice.voided_at, invoice.void_reason = at, reason
        invoice.save(update_fields=["voided_at", "void_reason"])
        entries.append(actor=actor(by), verb="invoice.void", subject=subject(invoice), at=at)
    return invoice


def held(invoice: Invoice) -> Invoice:
    """The invoice as it is now, locked to the end of the transaction."""
    rows = Invoice.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("client", "engagement").get(pk=invoice.pk)


def subject(invoice: Invoice) -> str:
    """How the journal names an invoice."""
    return f"invoice/{invoice.number}"


def require_treasurer(by: By, at: datetime) -> None:
    """TreasurerConfirms unless `by` keeps the treasury on the group's day of `at`; a text is the house itself."""
    if isinstance(by, str):
        return
    user = by.user if isinstance(by, Member) else by
    if user is None or "treasurer" not in roles_on(user, timeline().day_of(at)):
        raise TreasurerConfirms


def _give_address(invoice: Invoice) -> None:
    """The next unused address of the group, if there is one; two invoices at once take two."""
    free = DepositAddress.objects.select_for_update(skip_locked=True).filter(invoice=None).order_by("pk").first()
    if free is not None:
        free.invoice = invoice
        free.save(update_fields=["invoice"])


def _mail(invoice: Invoice, at: datetime) -> None:
    if not invoice.client.email:
        return
    with translation.override(invoice.language):
        words = {
            "number": invoice.number,
            "purpose": invoice.purpose,
            "amount": writing.money(invoice.total_micro),
            "url": settings.BASE_URL.rstrip("/") + PAGE % invoice.token,
        }
        mail.put(
            to=invoice.client.email,
            subject=_("Invoice %(number)s: %(amount)s U") % words,
            text=_("%(purpose)s\n\nThe amount, the ways to pay and what has arrived so far:\n\n%(url)s\n") % words,
            sender=settings.DEFAULT_FROM_EMAIL,
            key=f"invoice/{invoice.number}/issued",
            at=at,
        )
