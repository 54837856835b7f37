"""Reserving hours a week of an expert for an engagement, within the hours that they may sell (income.2.2)."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from charter.selectors import timeline
from consulting.models import Engagement, Retainer
from consulting.refusals.booking import ReserveUnreadable, WeeksReserved
from consulting.rules.weeks import week_cap
from consulting.selectors.weeks import taken_by_week
from consulting.services.engagements import locked, locked_expert, refuse_accepted, subject
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor

WEEKS_MOST = 52


def reserve(
    *,
    engagement: Engagement,
    member: Member,
    weekly_centi: int,
    first_monday: date,
    weeks: int,
    by: By,
    at: datetime,
) -> Retainer:
    """Keeps hours (hundredths) of each of so many ISO weeks free; sessions and bookings of the engagement use them up.

    Who may is the caller's. Every week is asked with everything that the expert has in it. Raises ReserveUnreadable,
    AcceptedAlready, WeeksReserved, WeekFull (income.2.2).
    """
    if weekly_centi <= 0 or not 1 <= weeks <= WEEKS_MOST or first_monday.weekday():
        raise ReserveUnreadable
    last_monday = first_monday + timedelta(days=7 * (weeks - 1))
    with transaction.atomic():
        member = locked_expert(member)
        engagement = locked(engagement)
        refuse_accepted(engagement)
        before = _taken(member, first_monday, last_monday, at)
        try:
            with transaction.atomic():
                retainer = Retainer.objects.create(
                    engagement=engagement,
                    member=member,
                    weekly_centi=weekly_centi,
                    first_monday=first_monday,
                    last_monday=last_monday,
                )
        except IntegrityError as error:
            if "retainer_week_once" not in str(error):
                raise
            raise WeeksReserved from error
        charter = timeline()
        for monday, hours in _taken(member, first_monday, last_monday, at).items():
            taken = before.get(monday, 0)
            week_cap(held_on=monday, hours_centi=hours - taken, taken_centi=taken, timeline=charter)
        entries.append(
            actor=actor(by),
            verb="engagement.reserve",
            subject=subject(engagement),
            data={
                "member": member.handle,
                "weekly_centi": weekly_centi,
                "first_monday": first_monday.isoformat(),
                "last_monday": last_monday.isoformat(),
            },
            at=at,
        )
    return retainer


def _taken(member: Member, first: date, last: date, at: datetime) -> dict[date, int]:
    """By Monday, what the expert has."""
    charter = timeline()
    zone = charter.terms_on(charter.day_of(at)).time_zone
    counted = taken_by_week([member.pk], first, last, zone=zone, at=at)
    return {monday: hours for (_member, monday), hours in sorted(counted.items())}
