"""Booking: the price of a time, its hold, and its page under the mailed address."""

from datetime import UTC, datetime, timedelta, tzinfo
from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from charter import selectors as charter
from consulting.forms.booking import AskedForm, BookForm, CodeForm, MoveForm
from consulting.models import Booking, Profile
from consulting.refusals.booking import NotByTheHour, SlotTaken, TooManyCodes, TooManyHolds
from consulting.rules import bookings as rules
from consulting.rules import calendars, offering
from consulting.rules.slots import Calendar, hours_centi
from consulting.selectors import bookings as reading
from consulting.selectors import offering as offers
from consulting.selectors.feeds import event_of
from consulting.selectors.slots import free_slots
from consulting.services import bookings, holds
from consulting.views import booking_rows, drawing
from consulting.views.experts import MINUTES, Visit
from journal.clock import database_clock
from journal.refusals import NotAllowed, Refusal
from members.selectors.people import By

# Guests hold so often from one network address, and get so many further codes for one booking.
LIMITS = {"book": "5/h/ip", "code": "3/h/key"}
OTHERS = 8


def _reader(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _limit(request: HttpRequest, action: str, refusal: type[Refusal], key: str | None = None) -> None:
    """Counts one more of an action; the refusal once there were too many."""
    if not ratelimit.consume(request, app="consulting", action=action, key=key, config=LIMITS):
        raise refusal


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, handle: str) -> HttpResponse:
    """`/experts/<handle>/book/`: the price of a time and who gets what, then who books; POST holds the time."""
    visit = Visit()
    profile = offers.public_one(handle, visit.today)
    if profile is None:
        raise Http404
    if profile.rate_micro is None or Profile.Form.HOURLY not in profile.forms:
        raise NotByTheHour
    if request.method != "POST":
        asked = AskedForm(request.GET)
        asked.is_valid()
        return _price(request, profile, asked, BookForm(user=_reader(request), terms=visit.terms), visit)
    asked = AskedForm(request.POST)
    form = BookForm(request.POST, user=_reader(request), terms=visit.terms)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    for error in (text for texts in asked.errors.values() for text in texts):
        form.add_error(None, error)
    if form.is_valid():
        try:
            booking = _hold(request, profile, asked, form, visit)
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = HTTPStatus(refusal.status)
        else:
            return redirect("consulting:booking", reading.token_of(booking))
    return _price(request, profile, asked, form, visit, status)


def _hold(request: HttpRequest, profile: Profile, asked: AskedForm, form: BookForm, visit: Visit) -> Booking:
    """The hold; every refusal of the service, SlotTaken without a time, TooManyHolds."""
    start, reader = asked.cleaned_data["start"], _reader(request)
    if start is None:
        raise SlotTaken
    if reader is None:
        _limit(request, "book", TooManyHolds)
    return holds.hold(
        member=profile.member,
        starts_at=start,
        minutes=asked.cleaned_data["minutes"],
        details=form.details(zone=visit.zone(asked).key, language=get_language() or "en"),
        by=reader,
    )


def _price(
    request: HttpRequest,
    profile: Profile,
    asked: AskedForm,
    form: BookForm,
    visit: Visit,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The page of a time that is free, or with other times where it is not."""
    assert profile.rate_micro is not None
    zone, there = visit.zone(asked), offering.zone(profile.time_zone)
    minutes = asked.cleaned_data.get("minutes") or MINUTES
    calendar = _times(profile, minutes, visit)
    start: datetime | None = asked.cleaned_data.get("start")
    if start is None and not asked.errors and request.method != "POST":
        start = calendar.next_at
    free = start is not None and int(start.timestamp()) in calendar.starts
    parts = booking_rows.parts_of(minutes, profile.rate_micro, visit.terms)
    ends = start + timedelta(minutes=minutes) if start else None
    context = visit.context(zone, asked) | {
        "profile": profile,
        "form": form,
        "zone": asked.cleaned_data.get("zone", ""),
        "start": start.astimezone(zone).isoformat(timespec="minutes") if start and free else "",
        "time": booking_rows.span(start, ends, zone) if start and ends else "",
        "there": booking_rows.span(start, ends, there) if start and ends and there != zone else "",
        "others": [] if free else _others(calendar, start or visit.at, zone, visit.at),
        "minutes": minutes,
        "length": hours_centi(minutes),
        "parts": parts,
        "segments": booking_rows.segments(parts, profile.member.name, visit.terms),
        "steps": booking_rows.steps(1),
        "said": booking_rows.terms_words(rules.frozen(visit.terms, silent=False), parts.gross_micro),
        "has_errors": status != HTTPStatus.OK,
    }
    return render(request, "consulting/book.html", context, status=status)


def _times(profile: Profile, minutes: int, visit: Visit, besides: int | None = None) -> Calendar:
    """When a session can begin, as far as the expert is open."""
    return free_slots(
        [profile],
        first_at=visit.at,
        until=visit.until(profile.horizon_days),
        minutes=minutes,
        at=visit.at,
        timeline=visit.timeline,
        besides=besides,
    )[profile.pk]


def _others(calendar: Calendar, wanted: datetime, zone: tzinfo, now: datetime) -> list[drawing.Shown | None]:
    """The free times that are nearest to the one that was wanted, in order."""
    moment = int(wanted.timestamp())
    nearest = sorted(calendar.starts, key=lambda start: abs(start - moment))[:OTHERS]
    return [drawing.moment(datetime.fromtimestamp(start, UTC), zone, now, "year") for start in sorted(nearest)]


# --- the page of one booking


def _booking(request: HttpRequest, token: str, *, change: bool) -> tuple[Booking, bool]:
    """The booking of an address and whether all of it may be seen; 404 for none, and for changes where it may not."""
    found = reading.opened(token)
    if found is None:
        raise Http404
    reader, client = _reader(request), found.booking.client
    full = found.full or (reader is not None and client is not None and client.user_id == reader.pk)
    if change and not full:
        raise Http404
    return found.booking, full


def _client(request: HttpRequest, booking: Booking) -> By:
    """Who changes a booking: the client's user, or whoever has the address that was mailed to the client."""
    reader = _reader(request)
    if reader is not None and booking.client is not None and booking.client.user_id == reader.pk:
        return reader
    return f"client:{booking.client.key}" if booking.client else "visitor"


@never_cache
@require_safe
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """`/bookings/<token>/`: where a booking stands, and what its client can do next."""
    found, full = _booking(request, token, change=False)
    if not full:
        return render(request, "consulting/booking_proved.html", {"booking": found})
    code = request.GET.get("code", "")
    return _page(request, found, CodeForm(initial={"code": code}))


@never_cache
@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """`/bookings/<token>/state/`: the part that asks for itself; the whole page anew once the state is another one."""
    found, full = _booking(request, token, change=False)
    at = database_clock()
    now = rules.state(found, at)
    if not full or request.GET.get("was") != now:
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "consulting/_booking_state.html", _context(found, at))


def _page(request: HttpRequest, found: Booking, form: CodeForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    at = database_clock()
    terms = charter.terms_on(charter.today(at))
    parts = booking_rows.parts_of(found.minutes, found.rate_micro, terms)
    context = _context(found, at) | {"form": form, "parts": parts, "said": booking_rows.terms_text(found)}
    return render(request, "consulting/booking.html", context, status=status)


def _context(found: Booking, at: datetime) -> dict[str, Any]:
    """What the page and its live part say."""
    zone, now = offering.zone(found.time_zone), rules.state(found, at)
    kept = rules.kept_micro(found, at)
    changes = found.released_at is None and rules.begins_at(found) > at
    return {
        "booking": found,
        "token": reading.token_of(found),
        "now": at,
        "state": now,
        "time": booking_rows.time_of(found, zone),
        "until": drawing.moment(found.hold_until, zone, at, "near"),
        "answer_until": drawing.moment(rules.confirm_until(found), zone, at, "full"),
        "free_until": drawing.moment(rules.free_until(found), zone, at, "full"),
        "movable": changes and found.paid_at is not None and at < rules.free_until(found),
        "cancellable": changes,
        "kept": kept,
        "back": found.price_micro - kept,
        "items": booking_rows.happened(found, now, zone, at),
        "steps": booking_rows.steps_of(now),
        "live": now in ("held", "ordered", "paid"),
    }


@never_cache
@require_POST
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed code."""
    found, _full = _booking(request, token, change=True)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            found = holds.verify(booking=found, code=form.cleaned_data["code"])
        except Refusal as refusal:
            form.refuse(refusal)
            status = HTTPStatus(refusal.status)
            return _page(request, reading.again(found), form, status)
        return redirect("consulting:booking", reading.token_of(found))
    return _page(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@never_cache
@require_POST
def resend(request: HttpRequest, token: str) -> HttpResponse:
    """Another code."""
    found, _full = _booking(request, token, change=True)
    _limit(request, "code", TooManyCodes, key=found.reference)
    holds.resend(booking=found)
    messages.success(request, _("Another code is on its way. Only the latest one counts."))
    return redirect("consulting:booking", token)


@never_cache
@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Gives the booking up."""
    found, _full = _booking(request, token, change=True)
    bookings.cancel(booking=found, by=_client(request, found))
    return redirect("consulting:booking", token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """`/bookings/<token>/move/`: other free times of the same length; POST takes one."""
    found, _full = _booking(request, token, change=True)
    visit = Visit()
    form = MoveForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                bookings.move(booking=found, starts_at=form.cleaned_data["start"], by=_client(request, found))
            except NotAllowed:
                raise
            except Refusal as refusal:
                form.refuse(refusal)
                status = HTTPStatus(refusal.status)
            else:
                return redirect("consulting:booking", token)
    else:
        rules.check_moving(found, visit.at)
    return render(request, "consulting/booking_move.html", _moving(request, found, form, visit), status=status)


def _moving(request: HttpRequest, found: Booking, form: MoveForm, visit: Visit) -> dict[str, Any]:
    """A week of free times from the day asked for, else from the next one."""
    zone = offering.zone(found.time_zone)
    profile = offers.public_one(found.member.handle, visit.today)
    if profile is None:
        raise NotByTheHour
    there = offering.zone(profile.time_zone)
    calendar = _times(profile, found.minutes, visit, besides=found.pk)
    asked = MoveForm(request.GET)
    asked.is_valid()
    return drawing.week(calendar, asked.cleaned_data.get("day"), zone, there, visit.at) | {
        "booking": found,
        "token": reading.token_of(found),
        "now": visit.at,
        "time": booking_rows.time_of(found, zone),
        "zone_text": drawing.zone_text(zone, visit.at),
        "form": form,
        "free_until": drawing.moment(rules.free_until(found), zone, visit.at, "full"),
    }


@never_cache
@require_safe
def ics(request: HttpRequest, token: str) -> HttpResponse:
    """`/bookings/<token>/calendar.ics`: the one event."""
    found, _full = _booking(request, token, change=True)
    if found.paid_at is None:
        raise Http404
    content = calendars.document([event_of(found, for_expert=False)])
    response = HttpResponse(content, content_type=calendars.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return response
