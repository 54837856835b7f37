"""A booking as pages show it: moments in the reader's zone, the state in words, what happens next."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from charter.rules.terms import Terms
from consulting.models import Booking
from consulting.rules import bookings as rules
from consulting.rules import pricing
from consulting.rules.bookings import State
from consulting.rules.pricing import Breakdown
from consulting.rules.slots import hours_centi
from journal import writing

TONES = {"held": "wait", "ordered": "wait", "paid": "wait", "confirmed": "ok", "late": "block", "declined": "block"}


@dataclass(frozen=True)
class Step:
    """One of the four steps of booking, as `parts/steps.html` draws it."""

    text: str
    state: str = ""
    current: bool = False


@dataclass(frozen=True)
class Item:
    """One line of what happened and what comes, as `parts/timeline.html` draws it."""

    text: str
    state: str
    note: str = ""


def span(begins: datetime, ends: datetime, zone: tzinfo) -> str:
    """`Tue 24 Nov 2026, 16:00 to 17:30 (UTC+8)`."""
    begin, end = begins.astimezone(zone), ends.astimezone(zone)
    words = {
        "begins": writing.moment(begin, now=begin, shape="short"),
        "year": begin.year,
        "ends": f"{end:%H:%M}",
        "zone": writing.zone_name(begin),
    }
    return _("%(begins)s to %(ends)s (%(zone)s)") % words


def time_of(booking: Booking, zone: tzinfo) -> str:
    """The booking's time in a zone."""
    return span(rules.begins_at(booking), rules.ends_at(booking), zone)


def steps(current: int, done: bool = False) -> list[Step]:
    """Time, price, pay, confirmed; those before the current one are done."""
    names = (_("Time"), _("Price"), _("Pay"), _("Confirmed"))
    return [
        Step(name, "ok" if number < current or done else "", number == current and not done)
        for number, name in enumerate(names)
    ]


def steps_of(state: State) -> list[Step]:
    """Where a booking is on its way; none for one that came off it."""
    ways = {"held": 1, "ordered": 2, "paid": 3, "confirmed": 3}
    return steps(ways[state], done=state == "confirmed") if state in ways else []


def parts_of(minutes: int, rate_micro: int, terms: Terms) -> Breakdown:
    """What a session costs, and who gets what of it."""
    return pricing.by_the_hour(hours_centi(minutes), rate_micro, terms.consulting_individual_share)


def segments(parts: Breakdown, name: str, terms: Terms) -> tuple[tuple[str, int, str], ...]:
    """The two parts for the bar and its legend."""
    share = terms.consulting_individual_share
    return (
        ("ok", parts.individuals_micro, _("%(share)s to %(name)s") % {"share": writing.share(share), "name": name}),
        ("ok2", parts.pool_micro, _("%(share)s to the group’s pool") % {"share": writing.share(1 - share)}),
    )


def badge(state: State) -> dict[str, str]:
    """The state in at most four words, with its tone."""
    words = {
        "held": _("Held"),
        "ordered": _("Waits for payment"),
        "lapsed": _("Lapsed"),
        "late": _("Paid too late"),
        "paid": _("Waits for the expert"),
        "confirmed": _("Confirmed"),
        "declined": _("Declined"),
        "cancelled": _("Cancelled"),
    }
    return {"text": words[state], "tone": TONES.get(state, "")}


def terms_text(booking: Booking) -> dict[str, Any]:
    """The frozen terms in words."""
    return terms_words(booking.terms, booking.price_micro)


def terms_words(terms: dict[str, Any], price_micro: int) -> dict[str, Any]:
    """Terms as a page says them."""
    return {
        "minutes": int(rules.HOLD.total_seconds() // 60),
        "confirm": terms["confirm_hours"],
        "free": terms["cancel_free_hours"],
        "kept": writing.share(rules.late_share(terms)),
        "price": price_micro,
    }


def happened(booking: Booking, state: State, zone: tzinfo, now: datetime) -> list[Item]:
    """What has happened, and what comes when, in the client's zone."""

    def at(moment: datetime | None) -> str:
        return writing.moment(moment.astimezone(zone), now=now) if moment else ""

    name = booking.member.name
    until = rules.confirm_until(booking)
    items = [Item(_("Payment received"), "ok", at(booking.paid_at))]
    if booking.confirmed_at:
        items.append(Item(_("%(name)s confirmed") % {"name": name}, "ok", at(booking.confirmed_at)))
    elif state == "paid":
        words = _("By %(until)s; no answer means that you get everything back") % {"until": at(until)}
        items.append(Item(_("%(name)s answers") % {"name": name}, "now", words))
    if state in ("paid", "confirmed"):
        begins = rules.begins_at(booking)
        items.append(Item(_("Your session"), "ok" if begins <= now else "next", at(begins)))
        items.append(Item(_("You confirm the hours, the money is released"), "next"))
    if state == "declined":
        items.append(Item(_("%(name)s did not take it") % {"name": name}, "block", at(booking.declined_at)))
    if state == "cancelled":
        items.append(Item(_("Cancelled"), "block", at(booking.cancelled_at)))
    if state == "late":
        items = [Item(_("The time was given up"), "block", at(booking.released_at)), *items]
    return items
