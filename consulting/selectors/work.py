"""What an expert's hours on an engagement start from: the agreed rate, the booked time, the week, the running timer."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from charter.rules.terms import Timeline
from consulting.models import Booking, Engagement, Session, Timer
from consulting.refusals.delivery import RateUnknown
from consulting.rules.orders import FIXED
from consulting.rules.weeks import week_of
from consulting.selectors.weeks import Besides, taken_centi
from members.models import Member


@dataclass(frozen=True)
class Week:
    """An expert's ISO week over all clients: hundredths of an hour, sold and at most."""

    member: Member
    monday: date
    sunday: date
    taken_centi: int
    cap_centi: int

    @property
    def left_centi(self) -> int:
        """What may still be sold."""
        return max(0, self.cap_centi - self.taken_centi)


def agreed_rate(engagement: Engagement, member: Member, booking: Booking | None = None) -> int | None:
    """Micro-units an hour as agreed for this person's hours: of the booking, else of the latest one, else of the last
    session; None at a fixed price. Never what the profile says today. Raises RateUnknown.
    """
    if engagement.pricing == FIXED:
        return None
    if booking is not None:
        return booking.rate_micro
    paid = Booking.objects.filter(engagement=engagement, member=member, paid_at__isnull=False)
    held = Session.objects.filter(engagement=engagement, member=member, rate_micro__isnull=False)
    rate = (
        paid.order_by("-paid_at", "-pk").values_list("rate_micro", flat=True).first()
        or held.order_by("-held_on", "-pk").values_list("rate_micro", flat=True).first()
    )
    if rate is None:
        raise RateUnknown
    return rate


def planned(engagement: Engagement) -> QuerySet[Booking]:
    """Times that were booked and paid and not held yet, the next one first."""
    rows = Booking.objects.filter(
        engagement=engagement, paid_at__isnull=False, released_at=None, session=None
    ).select_related("member")
    return rows.order_by("during")


def booked(engagement: Engagement, member: Member, began: datetime, ended: datetime) -> Booking | None:
    """The time that was booked for the work of these moments, if there is one."""
    return planned(engagement).filter(member=member, during__overlap=(began, max(ended, began))).first()


def week(
    member: Member,
    day: date,
    *,
    timeline: Timeline,
    besides: Besides | None = None,
    hours_centi: int = 0,
    engagement: Engagement | None = None,
) -> Week:
    """The week of a day in the group's zone; with hours on an engagement, what is taken besides these."""
    zone: ZoneInfo = timeline.terms_on(day).time_zone
    monday, sunday = week_of(day)
    taken = taken_centi(
        member,
        day,
        zone=zone,
        besides=besides or Besides(),
        hours_centi=hours_centi,
        engagement=engagement.pk if engagement else None,
    )
    return Week(member, monday, sunday, taken, timeline.terms_on(monday).weekly_hours_max_centi)


def empty_week(member: Member, day: date, timeline: Timeline) -> Week:
    """The week of a day with nothing in it."""
    monday, sunday = week_of(day)
    return Week(member, monday, sunday, 0, timeline.terms_on(monday).weekly_hours_max_centi)


def running(member: Member | None) -> Timer | None:
    """A person's timer that runs, with its engagement."""
    if member is None:
        return None
    return Timer.objects.select_related("engagement").filter(member=member, stopped_at=None).first()


def timer_of(engagement: Engagement, member: Member, pk: int) -> Timer | None:
    """One of a person's timers on an engagement."""
    return Timer.objects.filter(engagement=engagement, member=member, pk=pk).select_related("engagement").first()


def kept(engagement: Engagement, member: Member | None) -> QuerySet[Timer]:
    """A person's stopped timers with hours that no session holds, the latest five."""
    rows = Timer.objects.filter(engagement=engagement, member=member, kept_centi__gt=0)
    return rows.order_by("-stopped_at")[:5] if member else rows.none()
