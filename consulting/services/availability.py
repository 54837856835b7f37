"""When an expert can be booked: weekly hours and exceptions of single days, changed by the expert."""

from datetime import date, datetime

from django.db import transaction

from consulting.models import DayException, Window
from consulting.models.availability import DAY_MINUTES
from consulting.refusals import DayPast, HoursListed, TooManyRows
from consulting.rules import offering
from consulting.services.profiles import owned
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor

WINDOWS_MOST = 42
EXCEPTIONS_MOST = 200


def add_window(*, member: Member, weekday: int, starts_minute: int, ends_minute: int, by: By, at: datetime) -> Window:
    """Weekly hours on the expert's clock, weekday 1 is Monday.

    Raises OwnOfferOnly, ProfileMissing, MinutesOffGrid, WindowBackwards, HoursListed, TooManyRows.
    """
    offering.check_minutes(starts_minute, ends_minute)
    with transaction.atomic():
        profile = owned(member, by, at)
        if profile.windows.count() >= WINDOWS_MOST:
            raise TooManyRows
        window, created = Window.objects.get_or_create(
            profile=profile, weekday=weekday, starts_minute=starts_minute, ends_minute=ends_minute
        )
        if not created:
            raise HoursListed
        _note(member, "availability.add", _said(window), by, at)
    return window


def remove_window(*, member: Member, pk: int, by: By, at: datetime) -> None:
    """Takes weekly hours away; those that are not there are gone already. Raises OwnOfferOnly, ProfileMissing."""
    with transaction.atomic():
        for window in owned(member, by, at).windows.filter(pk=pk):
            _note(member, "availability.remove", _said(window), by, at)
            window.delete()


def add_exception(
    *,
    member: Member,
    falls_on: date,
    kind: str,
    by: By,
    at: datetime,
    starts_minute: int = 0,
    ends_minute: int = DAY_MINUTES,
) -> DayException:
    """Away, or free as well, on one day of the expert's calendar; the whole day unless said otherwise.

    Raises OwnOfferOnly, ProfileMissing, MinutesOffGrid, WindowBackwards, DayPast, HoursListed, TooManyRows.
    """
    offering.check_minutes(starts_minute, ends_minute)
    with transaction.atomic():
        profile = owned(member, by, at)
        today = at.astimezone(offering.zone(profile.time_zone)).date()
        if falls_on < today:
            raise DayPast
        if profile.exceptions.filter(falls_on__gte=today).count() >= EXCEPTIONS_MOST:
            raise TooManyRows
        exception, created = DayException.objects.get_or_create(
            profile=profile, falls_on=falls_on, kind=kind, starts_minute=starts_minute, ends_minute=ends_minute
        )
        if not created:
            raise HoursListed
        _note(member, "availability.except", _day(exception), by, at)
    return exception


def remove_exception(*, member: Member, pk: int, by: By, at: datetime) -> None:
    """Takes an exception away; one that is not there is gone already. Raises OwnOfferOnly, ProfileMissing."""
    with transaction.atomic():
        for exception in owned(member, by, at).exceptions.filter(pk=pk):
            _note(member, "availability.restore", _day(exception), by, at)
            exception.delete()


def _said(window: Window) -> dict[str, object]:
    return {"weekday": window.weekday, "from": window.starts_minute, "to": window.ends_minute}


def _day(exception: DayException) -> dict[str, object]:
    hours = {"from": exception.starts_minute, "to": exception.ends_minute}
    return {"on": exception.falls_on.isoformat(), "kind": exception.kind, **hours}


def _note(member: Member, verb: str, data: dict[str, object], by: By, at: datetime) -> None:
    entries.append(actor=actor(by), verb=verb, subject=f"profile/{member.handle}", data=data, at=at)
