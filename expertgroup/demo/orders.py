"""What every story of a client needs: who they are, an expert's next free time, a booking, a payment in the bank."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from charter.selectors import timeline
from consulting.models import Booking, Invoice, Payment
from consulting.rules.bookings import Details
from consulting.selectors.bookings import seller
from consulting.selectors.slots import free_slots
from consulting.services import bookings, holds, payments
from expertgroup.demo.cast import CLIENT_CONTACT, CLIENTS, TREASURER, Person
from expertgroup.demo.people import member
from expertgroup.demo.script import Script

MICRO = 1_000_000
SEARCHED = timedelta(days=21)
# Not in the cast: somebody else's client, so that an expert's list has more than one name in it.
DANIEL = Person("daniel", "Daniel Tan", "daniel@meridian.example", "")
ORGANISATIONS = {CLIENT_CONTACT.email: CLIENTS[0], DANIEL.email: "Meridian Bridge"}
ZONES = {CLIENT_CONTACT.email: "Europe/Oslo", DANIEL.email: "Asia/Singapore"}


@dataclass(frozen=True)
class Visit:
    """A session that a client wants; the topic is also how the story finds the booking again."""

    who: Person
    expert: str
    minutes: int
    topic: str

    @property
    def booking(self) -> Booking:
        """What became of it."""
        rows = Booking.objects.select_related("member", "client", "engagement", "invoice", "session")
        return rows.get(member__handle=self.expert, topic=self.topic)


def user(person: Person) -> User:
    """Somebody's user."""
    return User.objects.get(email=person.email)


def treasurer() -> User:
    """Who keeps the treasury."""
    return user(TREASURER)


def ago(script: Script, days: int, clock: str) -> datetime:
    """A moment of a day before today, in the group's zone."""
    return script.at(script.today - timedelta(days=days), clock)


def month_before(day: date, months: int) -> date:
    """The first day of the month so many before a day's."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def free_time(visit: Visit, not_before: datetime, at: datetime) -> datetime:
    """The expert's first free time from a moment on, as the pages would show it then."""
    charter = timeline()
    profile = seller(member(visit.expert), charter, at)
    found = free_slots(
        [profile], first_at=not_before, until=not_before + SEARCHED, minutes=visit.minutes, at=at, timeline=charter
    )[profile.pk].next_at
    assert found is not None, f"{visit.expert} has no time left for {visit.topic}"
    return found


def book(at: datetime, visit: Visit, not_before: datetime) -> None:
    """Holds the time; who is signed in has the invoice at once."""
    who = visit.who
    holds.hold(
        member=member(visit.expert),
        starts_at=free_time(visit, not_before, at),
        minutes=visit.minutes,
        details=Details(
            name=who.name,
            email=who.email,
            organisation=ORGANISATIONS[who.email],
            topic=visit.topic,
            may_publish=True,
            silent=True,
            time_zone=ZONES[who.email],
        ),
        by=user(who),
        clock=lambda: at,
    )


def pay_booking(at: datetime, visit: Visit) -> None:
    """Its money arrives while the time is held."""
    invoice = visit.booking.invoice
    assert invoice is not None
    pay(at, invoice, invoice.total_micro)


def confirm(at: datetime, visit: Visit) -> None:
    """The expert takes it."""
    bookings.confirm(booking=visit.booking, by=member(visit.expert), clock=lambda: at)


def lapse(at: datetime, visit: Visit) -> None:
    """Nobody paid: the worker gives the time back."""
    assert visit.booking.hold_until <= at
    holds.release_due(clock=lambda: at)


def book_and_pay(script: Script, moment: datetime, visit: Visit, not_before: datetime) -> None:
    """Booked at a moment, paid a quarter of an hour later."""
    script.add(moment, book, visit=visit, not_before=not_before)
    script.add(moment + timedelta(minutes=15), pay_booking, visit=visit)


def pay(at: datetime, invoice: Invoice, amount_micro: int) -> Payment:
    """The treasurer sees so much of it in the bank."""
    day = timeline().day_of(at)
    return payments.confirm(
        invoice=invoice,
        amount_micro=amount_micro,
        received_on=day,
        evidence=f"Account statement {day.isoformat()}, INV-{invoice.number}",
        by=treasurer(),
        at=at,
    )
