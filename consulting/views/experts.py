"""Who offers advice: the directory, one expert with their free times, and whom a need fits."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from charter import selectors as charter
from charter.rules.terms import Terms, Timeline
from consulting.forms.finding import FilterForm, NeedForm, TimesForm
from consulting.models import Profile
from consulting.rules import offering
from consulting.rules.slots import Calendar
from consulting.selectors import offering as reading
from consulting.selectors import writing
from consulting.selectors.offering import Filters
from consulting.selectors.slots import free_slots
from consulting.views import drawing
from journal.clock import database_clock
from members.selectors.people import roles_on

PAGE = 24
MATCHES = 10
MINUTES = 60
MATCH_DAYS = 30


class Visit:
    """One request: the moment, the charter, the group's day and zone."""

    def __init__(self) -> None:
        self.at: datetime = database_clock()
        self.timeline: Timeline = charter.timeline()
        self.today: date = self.timeline.day_of(self.at)
        self.terms: Terms = self.timeline.terms_on(self.today)

    @property
    def group(self) -> ZoneInfo:
        """The group's zone."""
        return self.terms.time_zone

    def zone(self, form: Form) -> ZoneInfo:
        """The reader's zone; the group's unless a known one was asked for."""
        name = form.cleaned_data.get("zone", "")
        return offering.zone(name) if name else self.group

    def until(self, days: int) -> datetime:
        """So many days from now."""
        return self.at + timedelta(days=days)

    def context(self, zone: ZoneInfo, form: Form) -> dict[str, Any]:
        """What every page of this kind says."""
        return {
            "now": self.at,
            "terms": self.terms,
            "form": form,
            "zone_text": drawing.zone_text(zone, self.at),
            "contact": drawing.contact(),
            "zone_query": "" if zone == self.group else urlencode({"zone": zone.key}),
        }


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """`/experts/`: everybody who offers advice, soonest free first."""
    visit, form = Visit(), FilterForm(request.GET)
    form.is_valid()
    zone = visit.zone(form)
    span = int(form.cleaned_data.get("free") or 30)
    found = reading.directory(
        form.filters,
        day=visit.today,
        at=visit.at,
        until=visit.until(span),
        minutes=MINUTES,
        timeline=visit.timeline,
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = visit.context(zone, form) | {
        "page": page,
        "rows": [_row(row.profile, row.calendar, zone, visit) for row in page],
        "filtered": form.filters != Filters(),
        "span": span,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "consulting/experts.html", context, status=status)


@require_safe
def match(request: HttpRequest) -> HttpResponse:
    """`/match/`: describes a need, gets the experts who fit, each with reasons."""
    visit, asked = Visit(), "need" in request.GET
    form = NeedForm(request.GET if asked else None)
    rows: list[dict[str, Any]] | None = None
    zone = visit.group
    if asked and form.is_valid():
        zone = visit.zone(form)
        found = reading.ranked(
            form.asked, day=visit.today, at=visit.at, until=visit.until(MATCH_DAYS), timeline=visit.timeline
        )
        rows = [
            _row(row.profile, row.calendar, zone, visit) | {"reasons": row.match.reasons} for row in found[:MATCHES]
        ]
    context = visit.context(zone, form) | {"rows": rows}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked and form.errors else HTTPStatus.OK
    return render(request, "consulting/match.html", context, status=status)


def _row(profile: Profile, calendar: Calendar, zone: ZoneInfo, visit: Visit) -> dict[str, Any]:
    """An expert in a list."""
    return {
        "profile": profile,
        "languages": drawing.languages(profile.languages),
        "next": drawing.soonest(calendar, zone, visit.at),
        "hours": drawing.hours_of(calendar, visit.group, visit.at),
        "full": calendar.full_weeks[:1],
    }


@require_safe
def detail(request: HttpRequest, handle: str) -> HttpResponse:
    """`/experts/<handle>/`: what an expert offers and a week of free times in the reader's zone."""
    visit, form = Visit(), TimesForm(request.GET)
    form.is_valid()
    profile = reading.public_one(handle, visit.today)
    if profile is None:
        raise Http404
    zone, there = visit.zone(form), offering.zone(profile.time_zone)
    minutes = form.cleaned_data.get("minutes") or MINUTES
    calendar = free_slots(
        [profile],
        first_at=visit.at,
        until=visit.until(profile.horizon_days),
        minutes=minutes,
        at=visit.at,
        timeline=visit.timeline,
    )[profile.pk]
    context = visit.context(zone, form) | drawing.week(calendar, form.cleaned_data.get("day"), zone, there, visit.at)
    context |= {
        "profile": profile,
        "ways": [Profile.Form(way).label for way in profile.forms],
        "languages": drawing.languages(profile.languages),
        "minutes": minutes,
        "there_text": drawing.zone_text(there, visit.at),
        "hours": drawing.hours_of(calendar, visit.group, visit.at),
        "articles": writing.published_by(profile.member),
        "reviews": writing.reviews_of(profile.member, hidden="leader" in roles_on(request.user, visit.today)),
        "zone_asked": form.cleaned_data.get("zone", ""),
        "sold": Profile.Form.HOURLY in profile.forms,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "consulting/expert.html", context, status=status)
