"""Times as a reader sees them: in their zone, with the expert's clock beside it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from consulting.rules.offering import LANGUAGES
from consulting.rules.slots import Calendar, Week
from consulting.rules.weeks import monday_of
from journal import writing

DAYS_SHOWN = 7


@dataclass(frozen=True)
class Shown:
    """A moment for `<time>`; `there` is the expert's clock where it shows something else."""

    machine: str
    text: str
    there: str = ""


@dataclass
class Day:
    """One day of the reader with its times to begin."""

    on: date
    times: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Hours:
    """What a week holds, for the bar and in words."""

    segments: tuple[tuple[str, int, str], ...]
    cap_centi: int
    text: str


def soonest(calendar: Calendar, zone: tzinfo, now: datetime) -> Shown | None:
    """The first time to begin, with day and zone."""
    at = calendar.next_at
    if at is None:
        return None
    return moment(at, zone, now)


def days(calendar: Calendar, first: date, zone: tzinfo, there: tzinfo) -> list[Day]:
    """Seven days of the reader from `first` on."""
    found = {on: Day(on) for on in (first + timedelta(days=number) for number in range(DAYS_SHOWN))}
    for start in calendar.starts:
        local = datetime.fromtimestamp(start, zone)
        if (day := found.get(local.date())) is not None:
            other = local.astimezone(there)
            beside = "" if other.utcoffset() == local.utcoffset() else f"{other:%H:%M}"
            day.times.append(Shown(local.isoformat(timespec="minutes"), f"{local:%H:%M}", beside))
    return list(found.values())


def week(calendar: Calendar, asked: date | None, zone: tzinfo, there: tzinfo, now: datetime) -> dict[str, Any]:
    """Seven days from the day asked for, else from that of the next free time; and the ways on and back."""
    today = now.astimezone(zone).date()
    last = datetime.fromtimestamp(calendar.starts[-1], zone).date() if calendar.starts else today
    at = calendar.next_at
    first = asked or (at.astimezone(zone).date() if at else today)
    first = max(today, min(first, last))
    step = timedelta(days=DAYS_SHOWN)
    return {
        "days": days(calendar, first, zone, there),
        "full": full_weeks(calendar, first),
        "next": soonest(calendar, zone, now),
        "earlier": max(today, first - step) if first > today else None,
        "later": first + step if first + step <= last else None,
    }


def moment(at: datetime | None, zone: tzinfo, now: datetime, shape: str = "full") -> Shown | None:
    """A moment in a zone, in one of the shapes of `journal.writing.moment`."""
    if at is None:
        return None
    local = at.astimezone(zone)
    return Shown(local.isoformat(timespec="minutes"), writing.moment(local, now=now, shape=shape))


def full_weeks(calendar: Calendar, first: date) -> list[Week]:
    """The full weeks that the seven days touch."""
    last = first + timedelta(days=DAYS_SHOWN)
    return [week for week in calendar.full_weeks if week.monday < last and week.monday + timedelta(days=7) > first]


def hours_of(calendar: Calendar, group: tzinfo, now: datetime) -> Hours | None:
    """The week of the next free time, else the running one; None when no week was looked at."""
    at = calendar.next_at or now
    week = calendar.weeks.get(monday_of(at.astimezone(group).date()))
    if week is None:
        return None
    numbers = {"taken": writing.hours(week.taken_centi), "cap": writing.hours(week.cap_centi)}
    words = _("%(taken)s of %(cap)s taken that week") if calendar.next_at else _("%(taken)s of %(cap)s taken this week")
    segments = (("ok", min(week.taken_centi, week.cap_centi), ""), ("left", week.left_centi, ""))
    return Hours(segments, week.cap_centi, words % numbers)


def languages(codes: list[str]) -> str:
    """The languages' own names in a row."""
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def zone_text(zone: tzinfo, at: datetime) -> str:
    """`Europe/Prague (UTC+1)`."""
    here = at.astimezone(zone)
    name = zone.key.replace("_", " ") if isinstance(zone, ZoneInfo) else str(zone)
    return f"{name} ({writing.zone_name(here)})" if zone is not UTC else name


def contact() -> str:
    """The address at which a client asks for a session."""
    return str(settings.CONTACT_EMAIL)
