"""Reading calendars: whose a feed's address is, and a person's bookings as events, expert and client alike."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Event

from accounts.models import User
from consulting.models import Booking, CalendarKey
from consulting.rules import calendars

# The address of `consulting:feed` and of an engagement's room; a selector does not load every page's module to know
# its own (a test compares).
PAGE = "/calendar/%s.ics"
ROOM = "/engagements/%s/"
PAST = timedelta(weeks=13)


def key_of(user: User) -> CalendarKey | None:
    """The person's key, or None while they have no feed."""
    return CalendarKey.objects.filter(user=user).first()


def address_of(key: CalendarKey) -> str:
    """The whole secret address: who has it reads the person's bookings."""
    return f"{settings.BASE_URL.rstrip('/')}{PAGE % _signer().sign(key.nonce)}"


def owner_of(token: str) -> User | None:
    """Whose feed an address carries, or None for one that was renewed, stopped, or never signed."""
    try:
        nonce = _signer().unsign(token)
    except signing.BadSignature:
        return None
    key = CalendarKey.objects.select_related("user").filter(nonce=nonce, user__is_active=True).first()
    return key.user if key else None


def feed(user: User, at: datetime) -> bytes:
    """A person's calendar, in their language: what is paid, from thirteen weeks ago on; one query.

    A time that is called off stays as such: one that only disappears stays in the programs that read it.
    """
    mine = Q(member__user=user) | Q(client__user=user)
    called_off = Q(declined_at__isnull=False) | Q(cancelled_at__isnull=False)
    rows = Booking.objects.filter(mine, Q(released_at=None) | called_off, paid_at__isnull=False)
    rows = rows.filter(during__startswith__gte=at - PAST).select_related("member", "client", "engagement")
    with translation.override(user.language or settings.LANGUAGE_CODE):
        events = [
            event_of(booking, for_expert=booking.member.user_id == user.pk)
            for booking in rows.order_by("during", "reference")
        ]
        return calendars.document(events, name=_("Sessions with the expert group"))


def event_of(booking: Booking, *, for_expert: bool) -> Event:
    """A booking as its expert or its client keeps it; both have one name for it, so do this and every other file."""
    called_off = booking.declined_at is not None or booking.cancelled_at is not None
    client = booking.client.name if booking.client else booking.name
    told = [booking.created_at, booking.paid_at, booking.confirmed_at, booking.declined_at, booking.cancelled_at]
    status = calendars.CONFIRMED if booking.confirmed_at is not None else calendars.TENTATIVE
    return calendars.event(
        uid=calendars.uid(booking.reference, settings.BASE_URL),
        start=booking.during.lower,
        end=booking.during.upper,
        summary=_("Session with %(name)s") % {"name": client if for_expert else booking.member.name},
        description=booking.topic,
        url=settings.BASE_URL.rstrip("/") + ROOM % booking.engagement.reference if booking.engagement else "",
        sequence=booking.sequence + called_off,
        status=calendars.CANCELLED if called_off else status,
        stamp=max(moment for moment in told if moment is not None),
    )


def _signer() -> signing.Signer:
    return signing.Signer(salt="consulting.calendar", sep=".")
