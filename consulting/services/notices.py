"""Mails about a booking, promised in the transaction of what happened; each in its reader's language and zone."""

from datetime import datetime, tzinfo
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.services import mail
from consulting.models import Booking
from consulting.rules import bookings as rules
from consulting.rules import offering
from consulting.selectors.bookings import page_of, zone_of
from journal import writing

# The address of `consulting:bookings` (a test compares).
LIST = "/bookings/"


def code(*, booking: Booking, code: str, at: datetime) -> None:
    """To a guest: the code that proves the address, and until when the time is held."""
    _to_client(
        booking,
        f"code/{booking.code_digest[:16]}",
        _("Your code: %(code)s"),
        _(
            "%(time)s with %(expert)s is held for you until %(until)s.\n\nType this code to get the invoice: "
            "%(code)s\n\n%(url)s\n\nIf you did not ask for this, do nothing: the time becomes free again by itself.\n"
        ),
        at,
        code=code,
        until=writing.moment(booking.hold_until.astimezone(_zone(booking)), now=at, shape="time"),
    )


def asked(*, booking: Booking, at: datetime) -> None:
    """To the expert: a paid booking waits for their answer."""
    until = rules.confirm_until(booking)
    assert until is not None
    _to_expert(
        booking,
        "asked",
        _("Please confirm: %(time)s"),
        _(
            "%(client)s booked and paid %(time)s.\n\nAnswer by %(until)s: without an answer the client gets "
            "everything back.\n\n%(url)s\n"
        ),
        at,
        until=until,
    )


def received(*, booking: Booking, at: datetime) -> None:
    """To the client: the payment is here, the expert answers next."""
    until = rules.confirm_until(booking)
    assert until is not None
    _to_client(
        booking,
        "received",
        _("Paid: %(time)s"),
        _(
            "Your payment for %(time)s with %(expert)s has arrived.\n\n%(expert)s answers by %(until)s. No answer "
            "means that you get everything back.\n\n%(url)s\n"
        ),
        at,
        until=writing.moment(until.astimezone(_zone(booking)), now=at),
    )


def confirmed(*, booking: Booking, at: datetime) -> None:
    """To the client: it stands."""
    _to_client(
        booking,
        "confirmed",
        _("Booked: %(time)s"),
        _("%(expert)s confirmed %(time)s.\n\nThe calendar file, and how to move or cancel:\n\n%(url)s\n"),
        at,
    )


def given_back(*, booking: Booking, kept_micro: int, at: datetime) -> None:
    """To the client: the time is free again, and what became of the money."""
    _to_client(
        booking,
        "given-back",
        _("Not taking place: %(time)s"),
        _(
            "%(time)s with %(expert)s does not take place.\n\nOf the %(price)s U that you paid, %(back)s U are yours "
            "again: as credit for another invoice, or paid back when you ask the group.\n\n%(url)s\n"
        ),
        at,
        back=writing.money(booking.price_micro - kept_micro),
        price=writing.money(booking.price_micro),
    )


def too_late(*, booking: Booking, at: datetime) -> None:
    """To the client: the money came when the time was gone."""
    _to_client(
        booking,
        "too-late",
        _("Paid too late: %(time)s"),
        _(
            "Your payment of %(price)s U arrived after the time was given up, and it is not free any more.\n\n"
            "The money is yours: as credit for another invoice, or paid back when you ask the group.\n\n%(url)s\n"
        ),
        at,
        price=writing.money(booking.price_micro),
    )


def cancelled(*, booking: Booking, at: datetime) -> None:
    """To the expert: the client cancelled."""
    _to_expert(booking, "cancelled", _("Cancelled: %(time)s"), _("%(client)s cancelled %(time)s.\n\n%(url)s\n"), at)


def moved(*, booking: Booking, before: datetime, at: datetime) -> None:
    """To both: the new time."""
    key = f"moved/{booking.sequence}"
    _to_expert(
        booking,
        key,
        _("Moved: %(time)s"),
        _("%(client)s moved the session of %(before)s to %(time)s.\n\n%(url)s\n"),
        at,
        before=before,
    )
    _to_client(
        booking,
        key,
        _("Moved: %(time)s"),
        _("Your session with %(expert)s is now %(time)s.\n\nThe calendar file:\n\n%(url)s\n"),
        at,
    )


def _zone(booking: Booking) -> tzinfo:
    return offering.zone(booking.time_zone)


def _to_client(
    booking: Booking, key: str, subject: str | Promise, text: str | Promise, at: datetime, **more: Any
) -> None:
    with translation.override(booking.language):
        words = {"time": _time(booking, _zone(booking)), "expert": booking.member.name, "url": page_of(booking)}
        _put(booking, booking.email, f"client/{key}", subject, text, words | more, at)


def _to_expert(
    booking: Booking, key: str, subject: str | Promise, text: str | Promise, at: datetime, **moments: datetime
) -> None:
    member = booking.member
    address = member.email or (member.user.email if member.user else "")
    if not address:
        return
    zone = zone_of(member) or "UTC"
    with translation.override((member.user.language if member.user else "") or settings.LANGUAGE_CODE):
        there = offering.zone(zone)
        words = {
            "time": _time(booking, there),
            "client": booking.organisation or booking.name,
            "url": settings.BASE_URL.rstrip("/") + LIST,
        }
        words |= {name: writing.moment(at_.astimezone(there), now=at, shape="year") for name, at_ in moments.items()}
        _put(booking, address, f"expert/{key}", subject, text, words, at)


def _time(booking: Booking, zone: tzinfo) -> str:
    """`Tue 24 Nov 2026, 16:00 (UTC+8)`, with the minutes that it lasts left to the page."""
    begins = rules.begins_at(booking).astimezone(zone)
    return writing.moment(begins, now=begins, shape="year")


def _put(
    booking: Booking, to: str, key: str, subject: str | Promise, text: str | Promise, words: Any, at: datetime
) -> None:
    mail.put(
        to=to,
        subject=str(subject) % words,
        text=str(text) % words,
        sender=settings.DEFAULT_FROM_EMAIL,
        key=f"booking/{booking.reference}/{key}",
        at=at,
    )
