"""Reading bookings: by the address that a mail carries, of an expert, of a client; and whether a time can be sold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet

from accounts.models import User
from charter.rules.terms import Timeline
from consulting.models import Booking, Profile
from consulting.refusals import WeekFull
from consulting.refusals.booking import NotByTheHour, SlotTaken
from consulting.rules.weeks import monday_of
from consulting.selectors import offering
from consulting.selectors.slots import free_slots
from members.models import Member
from members.selectors.people import Signed

# The address of `consulting:booking`; a service does not load every page's module to know its own (a test compares).
PAGE = "/bookings/%s/"
# Whoever typed somebody's address knows the first one; the second one only leaves by mail to that address, or to who
# typed the mailed code.
HELD, PROVED = "consulting.booking.held", "consulting.booking.proved"

# Nobody is open for longer.
SPAN = timedelta(days=366)


@dataclass(frozen=True)
class Opened:
    """A booking that somebody has the address of; `full` unless the address is the one from before the proof."""

    booking: Booking
    full: bool


def token_of(booking: Booking) -> str:
    """What its address carries: the reference and a signature. Nothing of it is stored."""
    return _signer(PROVED if booking.verified_at else HELD).sign(booking.reference)


def page_of(booking: Booking) -> str:
    """The whole address of its page, as mails carry it."""
    return f"{settings.BASE_URL.rstrip('/')}{PAGE % token_of(booking)}"


def opened(token: str) -> Opened | None:
    """The booking of a token, or None for one that nobody signed."""
    for salt in (PROVED, HELD):
        try:
            reference = _signer(salt).unsign(token)
        except signing.BadSignature:
            continue
        booking = _rows().filter(reference=reference).first()
        return Opened(booking, salt == PROVED or booking.verified_at is None) if booking else None
    return None


def _signer(salt: str) -> signing.Signer:
    return signing.Signer(salt=salt, sep=".")


def _rows() -> QuerySet[Booking]:
    return Booking.objects.select_related("member__user", "client", "engagement", "invoice", "session")


def again(booking: Booking) -> Booking:
    """The same booking as it is now."""
    return _rows().get(pk=booking.pk)


def zone_of(member: Member) -> str | None:
    """The zone of an expert's offer."""
    return Profile.objects.filter(member=member).values_list("time_zone", flat=True).first()


def none() -> QuerySet[Booking]:
    """No booking: what the schema is drawn from."""
    return Booking.objects.none()


def of_expert(member: Member) -> QuerySet[Booking]:
    """An expert's bookings that were ordered, the latest time first; holds that nobody proved are nobody's to see."""
    return _rows().filter(member=member, verified_at__isnull=False).order_by("-during", "reference")


def of_client(user: Signed) -> QuerySet[Booking]:
    """The bookings of a client's user, the latest time first."""
    rows = _rows().order_by("-during", "reference")
    return rows.filter(client__user=user) if isinstance(user, User) else rows.none()


def unanswered(user: User) -> QuerySet[Booking]:
    """What waits for the answer of a user as an expert, the earliest payment first."""
    rows = _rows().filter(member__user=user, paid_at__isnull=False, confirmed_at=None, released_at=None)
    return rows.order_by("paid_at", "pk")


def of_either(user: Signed, member: Member | None) -> QuerySet[Booking]:
    """What a person booked and what was booked of them."""
    own = Q(client__user=user) if isinstance(user, User) else Q(pk=None)
    given = Q(member=member, verified_at__isnull=False) if member else Q(pk=None)
    return _rows().filter(own | given).order_by("-during", "reference")


def seller(member: Member, timeline: Timeline, at: datetime) -> Profile:
    """The public offer of an expert who sells single hours; NotByTheHour."""
    profile = offering.public(timeline.day_of(at)).filter(member=member, forms__contains=["hourly"]).first()
    if profile is None or profile.rate_micro is None:
        raise NotByTheHour
    return profile


def check_free(
    profile: Profile, starts_at: datetime, minutes: int, *, at: datetime, timeline: Timeline, besides: int | None = None
) -> None:
    """That a session of `minutes` can begin just then, seen `at`: WeekFull (income.2.2), SlotTaken, MinutesUnknown.

    The same reading of free times that pages show; whoever sells holds the member's row.
    """
    if not at < starts_at < at + SPAN:
        raise SlotTaken
    calendar = free_slots(
        [profile],
        first_at=starts_at,
        until=starts_at + timedelta(minutes=minutes),
        minutes=minutes,
        at=at,
        timeline=timeline,
        besides=besides,
    )[profile.pk]
    zone = timeline.terms_on(timeline.day_of(at)).time_zone
    week = calendar.weeks[monday_of(starts_at.astimezone(zone).date())]
    if week.full:
        raise WeekFull(week.full, field="start")
    if int(starts_at.timestamp()) not in calendar.starts or starts_at.microsecond:
        raise SlotTaken
