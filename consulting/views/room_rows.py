"""The room in words: badges, bars, the lead's figures, squares of a week's hours."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from charter.rules.terms import Terms
from consulting.models import Booking, Deliverable, Engagement, Timer
from consulting.refusals import WeekFull
from consulting.rules import bookings, pricing, rooms
from consulting.rules.acceptances import Split, seal_of
from consulting.selectors.rooms import Hours, Payout, Room, Unit
from consulting.selectors.work import Week
from journal import writing

Segments = list[tuple[str, int, str]]
SQUARE, STEP = 27.5, 30
SOON_DAYS = 7


@dataclass(frozen=True)
class Badge:
    """A state in words and its tone."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A unit in the table."""

    unit: Unit
    badge: Badge


@dataclass(frozen=True)
class Ask:
    """A unit that the client answers, with what the answer fixes."""

    unit: Unit
    seal: str = ""
    split: Split | None = None


@dataclass(frozen=True)
class Square:
    """An hour of the week: how far it is filled, in its drawing's units."""

    x: int
    filled: str


@dataclass(frozen=True)
class Limit:
    """A person's week against the cap."""

    week: Week
    number: int
    squares: tuple[Square, ...]
    width: int


@dataclass(frozen=True)
class Running:
    """The reader's timer: on this engagement or on another one."""

    timer: Timer
    here: bool
    centi: int


def unit_badge(unit: Unit) -> Badge:
    """`Client answers by Mon 23 Nov`, `Confirmed`."""
    if unit.state == "waits":
        if unit.answer_by is None:
            return Badge(_("Waits for the client"), "wait")
        return Badge(_("Client answers by %(day)s") % {"day": writing.day(unit.answer_by)}, "wait")
    return {
        "planned": Badge(_("Planned")),
        "recorded": Badge(_("Open") if unit.milestone else _("Recorded")),
        "disputed": Badge(_("In dispute"), "block"),
        "confirmed": Badge(_("Confirmed"), "ok"),
        "paid": Badge(_("Paid"), "ok"),
    }[unit.state]


def lines(units: list[Unit]) -> list[Line]:
    """The table's rows."""
    return [Line(unit, unit_badge(unit)) for unit in units]


def deliverable_badge(row: Deliverable, today: date) -> Badge:
    """`Accepted 9 Nov`, `Due Fri 27 Nov`."""
    if row.accepted_at is not None:
        return Badge(_("Accepted %(day)s") % {"day": writing.day(row.accepted_at.date(), shape="plain")}, "ok")
    if row.delivered_at is not None:
        return Badge(_("Waits for the client"), "wait")
    if row.due_on is None:
        return Badge(_("Promised"))
    tone = "block" if row.due_on < today else "wait" if (row.due_on - today).days <= SOON_DAYS else ""
    return Badge(_("Due %(day)s") % {"day": writing.day(row.due_on)}, tone)


def hours_bar(hours: Hours) -> Segments:
    """(tone, hundredths, name) of the hours, those that are none left out."""
    found = [
        ("ok", hours.paid_centi, _("Paid")),
        ("ok2", hours.done_centi, _("Done, not paid")),
        ("wait", hours.planned_centi, _("Planned")),
        ("left", hours.free_centi, _("Free")),
    ]
    return [row for row in found if row[1]]


def price_bar(room: Room) -> Segments:
    """(tone, micro-units, name) of a fixed price by its milestones."""
    price, accepted = room.engagement.price_micro or 0, room.accepted_micro
    waits = sum(unit.micro for unit in room.units if unit.milestone and unit.state in ("waits", "disputed"))
    found = [
        ("ok", accepted, _("Accepted")),
        ("wait", waits, _("Waits for the client")),
        ("left", price - accepted - waits, pgettext("amount", "Open")),
    ]
    return [row for row in found if row[1]]


def spoken(segments: Segments, whole: str, *, money: bool) -> str:
    """The numbers of a bar in words."""
    parts = [f"{_amount(value, money)} {name}" for _tone, value, name in segments]
    return _("%(whole)s: %(parts)s") % {"whole": whole, "parts": pgettext("between names", ", ").join(parts)}


def _amount(value: int, money: bool) -> str:
    return f"{writing.amount(value)}{writing.SPACE}U" if money else writing.hours(value)


def legend(segments: Segments, *, money: bool) -> list[tuple[str, str, str]]:
    """(tone, amount in words, name)."""
    return [(tone, _amount(value, money), name) for tone, value, name in segments]


def limit(week: Week) -> Limit:
    """A square for each hour of the cap."""
    count = -(-week.cap_centi // 100)
    squares = tuple(
        Square(place * STEP, _width(min(max(week.taken_centi - place * 100, 0), 100))) for place in range(count)
    )
    return Limit(week, week.monday.isocalendar().week, squares, count * STEP - 1)


def _width(centi: int) -> str:
    """A square's filled width with one decimal, nothing for an empty one."""
    return f"{centi * SQUARE / 100:.1f}" if centi else ""


def running(timer: Timer | None, engagement: Engagement, at: datetime) -> Running | None:
    """The timer with what it shows now."""
    if timer is None:
        return None
    return Running(timer, timer.engagement_id == engagement.pk, rooms.elapsed_centi(timer.started_at, at))


def kept(timer: Timer) -> str:
    """Why hours of a stopped timer are no session."""
    words = {"hours": writing.hours(timer.kept_centi)}
    if timer.refused == WeekFull.code:
        return _("%(hours)s were not recorded: the week has no room for them.") % words
    return _("%(hours)s were not recorded: a rule refused them.") % words


def booked_choice(booking: Booking, zone: tzinfo, at: datetime) -> tuple[Booking, str]:
    """A booked time in a list of choices."""
    begins = bookings.begins_at(booking).astimezone(zone)
    words = {"when": writing.moment(begins, now=at), "hours": writing.hours(booking.minutes * 100 // 60)}
    return booking, _("%(when)s, %(hours)s") % words


def asks(found: Room, splits: list[Split]) -> list[Ask]:
    """What the client is asked, each with the seal of what the answer fixes."""
    by_unit = {split.unit: split for split in splits}
    return [
        Ask(unit, seal_of([split]), split) if (split := by_unit.get(unit.reference)) else Ask(unit)
        for unit in found.waiting
    ]


def coming(found: Room, terms: Terms) -> pricing.Breakdown | None:
    """What is done and not paid out, and who will get what of it; nothing where nothing is."""
    if not found.next_micro:
        return None
    return pricing.of_price(found.next_micro, terms.consulting_individual_share)


def part_of(amount: int, whole: int) -> str:
    """`20 %`, nothing where rounding or a refund made it a fraction of one."""
    return writing.share(Fraction(amount, whole)) if whole and amount * 100 % whole == 0 else ""


def payout_bar(payout: Payout) -> Segments:
    """80 and 20."""
    return [("ok", payout.individuals_micro, ""), ("ok2", payout.pool_micro, "")]
