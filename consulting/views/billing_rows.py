"""Invoices and payments in words: a badge for a state, a line for each payment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consulting.models import Payment
from consulting.rules.billing import State
from consulting.selectors.billing import Standing
from consulting.selectors.payments import Line
from journal import writing


@dataclass(frozen=True)
class Badge:
    """A state in words and its tone."""

    text: str
    tone: str


@dataclass(frozen=True)
class Step:
    """A line of an invoice's history."""

    state: str
    text: str
    at: datetime | None = None
    on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Listed:
    """An invoice in a list."""

    standing: Standing
    badge: Badge


def badge(state: State) -> Badge:
    """How a state is called."""
    names = {
        "open": Badge(_("Not paid"), "wait"),
        "partly": Badge(_("Partly paid"), "wait"),
        "paid": Badge(_("Paid"), "ok"),
        "overpaid": Badge(_("Paid, with credit"), "ok"),
        "overdue": Badge(pgettext("invoice", "Overdue"), "block"),
        "void": Badge(pgettext("invoice", "Void"), ""),
    }
    return names[state]


def listed(found: Standing) -> Listed:
    """An invoice with its badge."""
    return Listed(found, badge(found.state))


def steps(found: Standing, payments: Iterable[Line]) -> list[Step]:
    """What happened and what comes next; exactly one line is now."""
    rows = [Step("ok", _("Invoice sent"), at=found.invoice.issued_at)]
    rows += [_step(line) for line in payments]
    if found.state == "void":
        void = found.invoice
        return [*rows, Step("now", pgettext("invoice", "Void"), at=void.voided_at, note=void.void_reason)]
    if found.rest_micro:
        return [*rows, Step("now", _("Waiting for the payment")), Step("next", _("Paid in full"))]
    return [*rows, Step("now", _("Paid in full"))]


def paid(payment: Payment) -> Badge:
    """How far a payment is."""
    if payment.reverted_at is not None:
        return Badge(_("Does not count"), "block")
    if payment.credited_at is not None:
        return Badge(_("Credited"), "ok")
    return Badge(_("On its way") if payment.final_at is None else _("Being looked at"), "wait")


def _step(line: Line) -> Step:
    payment = line.payment
    amount = {"amount": writing.money(payment.amount_micro), "done": line.confirmed, "all": line.needed}
    if line.state == "fell-away":
        return Step("block", _("%(amount)s U fell off the chain and does not count") % amount, at=payment.reverted_at)
    if line.state == "credited":
        return Step("ok", _("%(amount)s U arrived") % amount, on=payment.received_on)
    if line.state == "returned":
        return Step("", _("%(amount)s U was sent back") % amount, at=payment.resolved_at)
    if line.state == "waits":
        return Step("", _("%(amount)s U arrived; the treasurer looks whose it is") % amount, at=payment.final_at)
    text = _("%(amount)s U seen on the network: %(done)d of %(all)d confirmations") % amount
    return Step("", text, at=payment.seen_at)
