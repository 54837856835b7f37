"""Who offers advice: public profiles by what a reader looks for, and an expert's own."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_

from django.db.models import Prefetch, Q, QuerySet

from charter.rules.terms import Timeline
from consulting.models import DayException, Profile
from consulting.rules import matching
from consulting.rules.matching import Facts, Match, Need
from consulting.rules.slots import Calendar
from consulting.selectors.slots import free_slots
from members.models import Member
from members.selectors.people import active_on

WORDS_READ = 8


@dataclass(frozen=True)
class Filters:
    """What the directory is narrowed to; empty is everything."""

    words: str = ""
    language: str = ""
    form: str = ""
    domain: str = ""


@dataclass(frozen=True)
class Found:
    """An expert with the times of the span asked for."""

    profile: Profile
    calendar: Calendar


@dataclass(frozen=True)
class Ranked:
    """An expert who fits a need, with why."""

    profile: Profile
    calendar: Calendar
    match: Match


def public(day: date) -> QuerySet[Profile]:
    """The published profiles of the day's members, in byte order of handle."""
    rows = Profile.objects.filter(published_at__isnull=False, member__in=active_on(day).order_by())
    return rows.select_related("member").order_by("member__handle")


def nobody() -> QuerySet[Profile]:
    """No profile: what the schema is drawn from."""
    return Profile.objects.none()


def narrowed(rows: QuerySet[Profile], filters: Filters) -> QuerySet[Profile]:
    """Those that hold every word somewhere, and the language, form and domain."""
    if filters.language:
        rows = rows.filter(languages__contains=[filters.language])
    if filters.form:
        rows = rows.filter(forms__contains=[filters.form])
    if filters.domain:
        rows = rows.filter(domain=filters.domain)
    asked = [_holds(word) for word in filters.words.split()[:WORDS_READ]]
    return rows.filter(reduce(and_, asked)) if asked else rows


def _holds(word: str) -> Q:
    places = ("headline", "about", "fields", "skills", "member__name", "member__handle")
    return reduce(lambda either, place: either | Q(**{f"{place}__icontains": word}), places, Q())


def directory(
    filters: Filters, *, day: date, at: datetime, until: datetime, minutes: int, timeline: Timeline
) -> list[Found]:
    """The experts that fit, soonest free first, then by handle; three queries for any number."""
    rows = list(narrowed(public(day), filters))
    times = free_slots(rows, first_at=at, until=until, minutes=minutes, at=at, timeline=timeline)
    found = [Found(profile, times[profile.pk]) for profile in rows]
    return sorted(found, key=lambda row: row.calendar.starts[0] if row.calendar.starts else float("inf"))


def ranked(need: Need, *, day: date, at: datetime, until: datetime, timeline: Timeline) -> list[Ranked]:
    """The experts who fit a need, best first, then soonest free; three queries for any number."""
    found = directory(Filters(), day=day, at=at, until=until, minutes=60, timeline=timeline)
    rows = [Ranked(row.profile, row.calendar, matching.match(need, facts_of(row))) for row in found]
    return sorted((row for row in rows if row.match.fits), key=lambda row: -row.match.points)


def facts_of(row: Found) -> Facts:
    """What matching looks at."""
    profile = row.profile
    return Facts(
        fields=tuple(profile.fields),
        skills=tuple(profile.skills),
        languages=tuple(profile.languages),
        forms=tuple(profile.forms),
        domain=profile.domain,
        text=f"{profile.headline}\n{profile.about}",
        open_centi=row.calendar.open_centi,
    )


def public_one(handle: str, day: date) -> Profile | None:
    """One public profile with its written-up work."""
    return public(day).filter(member__handle=handle).prefetch_related("pieces").first()


def own(member: Member, day: date) -> Profile | None:
    """A member's own profile, public or not, with hours, exceptions from a day on, work and calendars."""
    coming = Prefetch("exceptions", DayException.objects.filter(falls_on__gte=day))
    rows = Profile.objects.filter(member=member).select_related("member")
    return rows.prefetch_related("windows", coming, "pieces", "feeds").first()
