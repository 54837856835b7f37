"""`/settings/offering/`: an expert's own profile, hours, exceptions and work."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import user_of
from charter import selectors as charter
from consulting.forms.offering import CalendarForm, ExceptionForm, OwnForm, PieceForm, ProfileForm, WindowForm
from consulting.models import Profile
from consulting.refusals import OwnOfferOnly
from consulting.rules import offering as rules
from consulting.selectors import offering as reading
from consulting.services import availability, feeds, profiles
from journal.refusals import Refusal
from members.models import Member
from members.selectors import people

HERE = "consulting:offering"


def _owner(request: HttpRequest) -> Member:
    """The member who asks; OwnOfferOnly for anybody else."""
    member = people.member_of(user_of(request))
    if member is None or not people.is_active(member, charter.today(timezone.now())):
        raise OwnOfferOnly
    return member


def _page(request: HttpRequest, member: Member, bound: OwnForm | None = None) -> HttpResponse:
    """The page with its five forms, one of them perhaps as it was typed and refused."""
    at = timezone.now()
    timeline = charter.timeline()
    today = timeline.day_of(at)
    profile = reading.own(member, today)
    terms = timeline.terms_on(today)
    forms: dict[str, OwnForm] = {
        "profile_form": ProfileForm(
            initial=ProfileForm.typed(profile, str(terms.time_zone)), terms=terms, public=_public(profile)
        ),
        "window_form": WindowForm(auto_id="window_%s"),
        "exception_form": ExceptionForm(auto_id="day_%s"),
        "piece_form": PieceForm(auto_id="piece_%s"),
        "calendar_form": CalendarForm(auto_id="calendar_%s"),
    }
    for name, form in forms.items():
        if type(form) is type(bound) and bound is not None:
            forms[name] = bound
    context: dict[str, Any] = {
        "now": at,
        "profile": profile,
        "missing": list(rules.missing(profile)) if profile else [],
        "terms": terms,
        "member": member,
        "has_errors": bound is not None,
        "windows": [(rules.weekday(row.weekday), *_clock(row), row.pk) for row in _rows(profile, "windows")],
        "exceptions": [(row, *_clock(row)) for row in _rows(profile, "exceptions")],
        "feeds": _rows(profile, "feeds"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound is not None else HTTPStatus.OK
    return render(request, "consulting/offering.html", context | forms, status=status)


def _public(profile: Profile | None) -> bool:
    return profile is not None and profile.published_at is not None


def _rows(profile: Profile | None, name: str) -> list[Any]:
    return list(getattr(profile, name).all()) if profile else []


def _clock(row: Any) -> tuple[str, str]:
    return rules.clock(row.starts_minute), rules.clock(row.ends_minute)


Enter = Callable[[dict[str, Any]], object]


def _enter(request: HttpRequest, member: Member, form: OwnForm, enter: Enter) -> HttpResponse:
    """Lets a service decide about a form; back to the page, or the form with what was refused."""
    if form.is_valid():
        try:
            enter(form.cleaned_data)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            form.refuse(refusal)
        else:
            return redirect(HERE)
    return _page(request, member, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offering(request: HttpRequest) -> HttpResponse:
    """Shows everything; POST saves the profile."""
    member, at = _owner(request), timezone.now()
    if request.method != "POST":
        return _page(request, member)
    day = charter.today(at)
    form = ProfileForm(request.POST, terms=charter.terms_on(day), public=_public(reading.own(member, day)))

    def enter(_values: dict[str, Any]) -> object:
        return profiles.save(member=member, draft=form.draft, by=member, at=at)

    return _enter(request, member, form, enter)


@login_required
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Shows the profile in the directory, or with `withdraw` takes it out."""
    act = profiles.withdraw if "withdraw" in request.POST else profiles.publish
    member = _owner(request)
    act(member=member, by=member, at=timezone.now())
    return redirect(HERE)


@login_required
@require_POST
def add_hours(request: HttpRequest) -> HttpResponse:
    """Weekly hours."""
    member, at = _owner(request), timezone.now()

    def enter(values: dict[str, Any]) -> object:
        return availability.add_window(
            member=member,
            weekday=values["weekday"],
            starts_minute=values["starts"],
            ends_minute=values["ends"],
            by=member,
            at=at,
        )

    return _enter(request, member, WindowForm(request.POST, auto_id="window_%s"), enter)


@login_required
@require_POST
def add_day(request: HttpRequest) -> HttpResponse:
    """An exception."""
    member, at = _owner(request), timezone.now()

    def enter(values: dict[str, Any]) -> object:
        return availability.add_exception(
            member=member,
            falls_on=values["falls_on"],
            kind=values["kind"],
            starts_minute=values["starts"],
            ends_minute=values["ends"],
            by=member,
            at=at,
        )

    return _enter(request, member, ExceptionForm(request.POST, auto_id="day_%s"), enter)


@login_required
@require_POST
def add_work(request: HttpRequest) -> HttpResponse:
    """Written-up work."""
    member, at = _owner(request), timezone.now()
    form = PieceForm(request.POST, auto_id="piece_%s")
    return _enter(request, member, form, lambda values: profiles.add_piece(member=member, by=member, at=at, **values))


@login_required
@require_POST
def add_calendar(request: HttpRequest) -> HttpResponse:
    """A calendar that says when the expert is busy."""
    member, at = _owner(request), timezone.now()
    form = CalendarForm(request.POST, auto_id="calendar_%s")
    return _enter(request, member, form, lambda values: feeds.add(member=member, by=member, at=at, **values))


@login_required
@require_POST
def remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Takes hours, an exception, work or a calendar away."""
    services = {
        "hours": availability.remove_window,
        "day": availability.remove_exception,
        "work": profiles.remove_piece,
        "calendar": feeds.remove,
    }
    member = _owner(request)
    if kind in services:
        services[kind](member=member, pk=pk, by=member, at=timezone.now())
    return redirect(HERE)
