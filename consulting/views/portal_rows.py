"""What a client has, in words: what waits for them first, then the state of each thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consulting.models import Engagement, Session
from consulting.rules import bookings, quoting
from consulting.selectors.portal import Portal
from consulting.views.room_rows import Badge
from journal import writing


@dataclass(frozen=True)
class Wait:
    """One thing that a client can do; `until` is the moment, or the day, on which it ends."""

    title: str
    url: str
    action: str
    until: datetime | date | None = None
    timed: bool = False


def waits(found: Portal, at: datetime) -> list[Wait]:
    """What to confirm, to answer and to pay, in this order."""
    return [*_answers(found), *_offers(found, at), *_bills(found, at)]


def _answers(found: Portal) -> Iterator[Wait]:
    for answer in found.answers:
        row = answer.row
        title = row.title or row.reference
        if isinstance(row, Session):
            action = _("Confirm %(hours)s") % {"hours": writing.hours(row.hours_centi)}
        else:
            action = _("Confirm %(amount)s") % {"amount": f"{writing.money(row.price_micro)}{writing.SPACE}U"}
        yield Wait(title, room(row.engagement), action, answer.until)
    for deliverable in found.to_take:
        yield Wait(deliverable.title, room(deliverable.engagement), _("Look at it"))


def _offers(found: Portal, at: datetime) -> Iterator[Wait]:
    for quote in found.quotes:
        if quoting.state(quote, at) == "sent":
            url = reverse("consulting:quote", args=[quote.token])
            yield Wait(quote.title, url, _("Read the offer"), quote.valid_until, timed=True)


def _bills(found: Portal, at: datetime) -> Iterator[Wait]:
    """Invoices to pay; one of a time that was given up need not be paid."""
    lapsed = {row.invoice_id for row in found.bookings if bookings.state(row, at) in ("lapsed", "cancelled")}
    for standing in reversed(found.invoices):
        invoice = standing.invoice
        if standing.rest_micro and standing.state != "void" and invoice.pk not in lapsed:
            amount = f"{writing.money(standing.rest_micro)}{writing.SPACE}U"
            url = reverse("consulting:invoice", args=[invoice.token])
            yield Wait(invoice.purpose, url, _("Pay %(amount)s") % {"amount": amount}, invoice.due_at, timed=True)


def engagement_badge(row: Engagement, found: Portal) -> Badge:
    """Where an engagement stands for its client."""
    if row.accepted_on is not None:
        return Badge(_("Finished"), "ok")
    if row.pk in found.disputed:
        return Badge(_("In dispute"), "block")
    if any(answer.row.engagement_id == row.pk for answer in found.answers):
        return Badge(_("Waits for you"), "act")
    return Badge(pgettext("engagement", "Running"), "ok")


def room(row: Engagement) -> str:
    """The engagement's page."""
    return reverse("consulting:engagement", args=[row.reference])
