"""`/engagements/`: the rooms in which the sides of an engagement work; whoever is on none of them finds nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import user_of
from charter import selectors as charter
from charter.rules.terms import Terms, Timeline
from consulting.forms.offering import OwnForm
from consulting.forms.rooms import AgendaForm, HandOverForm, LogForm, MessageForm, PromiseForm, StopForm
from consulting.models import Deliverable, Engagement
from consulting.refusals.delivery import ExpertsOnly
from consulting.rules.rooms import CLIENT, EXPERT
from consulting.selectors import billing, work, writing
from consulting.selectors import rooms as reading
from consulting.selectors.engagements import work_out
from consulting.selectors.rooms import Room
from consulting.services import acceptances, rooms, sessions, timers
from consulting.views import billing_rows, room_rows
from journal.clock import database_clock
from journal.refusals import Refusal
from members.models import Member
from members.selectors import people

PAGE = 30
WORDS = 20
HERE = "consulting:engagement"


@dataclass(frozen=True)
class Seen:
    """One request to a room: the moment, the charter, who reads, the engagement and the side they stand on."""

    at: datetime
    timeline: Timeline
    user: User
    engagement: Engagement
    side: str

    @property
    def today(self) -> date:
        """The group's day."""
        return self.timeline.day_of(self.at)

    @property
    def terms(self) -> Terms:
        """The charter of today."""
        return self.timeline.terms_on(self.today)

    @property
    def zone(self) -> ZoneInfo:
        """The group's zone."""
        return self.terms.time_zone

    @property
    def member(self) -> Member:
        """The expert who asks; ExpertsOnly for anybody else."""
        member = people.member_of(self.user)
        if member is None or self.side != EXPERT:
            raise ExpertsOnly
        return member


def seen(request: HttpRequest, reference: str) -> Seen:
    """The room of a reference as this person sees it; 404 where it does not exist for them."""
    at, timeline, user = database_clock(), charter.timeline(), user_of(request)
    found = reading.found(user, reference, timeline.day_of(at))
    if found is None:
        raise Http404
    return Seen(at, timeline, user, *found)


@login_required
@require_safe
def engagements(request: HttpRequest) -> HttpResponse:
    """The rooms that a person sees, the latest first."""
    at = database_clock()
    rows = reading.mine(user_of(request), charter.today(at))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "consulting/engagements.html", {"page": page, "now": at})


@login_required
@require_safe
def engagement(request: HttpRequest, reference: str) -> HttpResponse:
    """One room."""
    return _page(request, seen(request, reference))


@require_safe
def words(request: HttpRequest, reference: str) -> HttpResponse:
    """The messages alone, for a page that stays open; nothing once nobody is signed in there any more."""
    if not request.user.is_authenticated:
        # A way to the sign-in page would put that page in the place of the messages.
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    now = seen(request, reference)
    return render(request, "consulting/_messages.html", _messages(request, now))


def _messages(request: HttpRequest, now: Seen) -> dict[str, Any]:
    page = Paginator(reading.messages(now.engagement), WORDS).get_page(request.GET.get("page"))
    return {"page": page, "engagement": now.engagement, "now": now.at}


def _page(request: HttpRequest, now: Seen, bound: OwnForm | None = None, row: int = 0) -> HttpResponse:
    """The room with its forms, one of them perhaps as it was typed and refused (`row`: which deliverable's)."""
    found = reading.room(now.engagement, now.side, now.user, at=now.at, timeline=now.timeline)
    fixed = now.engagement.pricing == Engagement.Pricing.FIXED
    bar = room_rows.price_bar(found) if fixed else room_rows.hours_bar(found.hours)
    context: dict[str, Any] = {
        **_messages(request, now),
        **_forms(now, found, bound),
        "found": found,
        "fixed": fixed,
        "open": now.engagement.accepted_on is None,
        "is_client": now.side == CLIENT,
        "is_expert": now.side == EXPERT,
        "keeps": now.side == "treasurer",
        "terms": now.terms,
        "rates": sorted(
            {unit.micro * 100 // unit.hours_centi for unit in found.units if unit.hours_centi and unit.micro}
        ),
        "bar": bar,
        "bar_total": sum(value for _tone, value, _name in bar),
        "legend": room_rows.legend(bar, money=fixed),
        "bar_text": room_rows.spoken(bar, now.engagement.title, money=fixed),
        "lines": room_rows.lines(found.units),
        "limits": [room_rows.limit(week) for week in found.weeks],
        "asks": room_rows.asks(found, _splits(now, found)),
        "deliverables": [
            (row_, room_rows.deliverable_badge(row_, now.today), _hand_over(row_, bound, row))
            for row_ in found.deliverables
        ],
        "running": room_rows.running(work.running(found.member), now.engagement, now.at),
        "kept": [room_rows.kept(timer) for timer in work.kept(now.engagement, found.member)],
        "coming": room_rows.coming(found, now.terms),
        **_payout(found),
        "invoices": [
            billing_rows.listed(row_) for row_ in billing.standings(list(billing.of_engagement(now.engagement)), now.at)
        ],
        "writing": writing.writing_of(now.engagement, now.side, now.user, now.today),
        "has_errors": bound is not None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound is not None else HTTPStatus.OK
    return render(request, "consulting/engagement.html", context, status=status)


def _payout(found: Room) -> dict[str, Any]:
    """The latest month in which something of it was posted."""
    if not found.payouts:
        return {}
    last = found.payouts[0]
    part = room_rows.part_of(last.pool_micro, last.gross_micro)
    return {"payout": last, "payout_bar": room_rows.payout_bar(last), "pool_part": part}


def _splits(now: Seen, found: Room) -> list[Any]:
    """What the client's answers would fix; nothing where nobody is asked or a rule refuses it."""
    if not found.waiting:
        return []
    try:
        return work_out(now.engagement, now.today, now.timeline, [unit.reference for unit in found.waiting])
    except Refusal:
        return []


def _forms(now: Seen, found: Room, bound: OwnForm | None) -> dict[str, OwnForm]:
    """The forms of the page, with the refused one in its place."""
    forms: dict[str, OwnForm] = {
        "message_form": MessageForm(auto_id="message_%s"),
        "agenda_form": AgendaForm(auto_id="agenda_%s"),
        "promise_form": PromiseForm(auto_id="promise_%s"),
        "stop_form": StopForm(auto_id="stop_%s"),
        "log_form": _log_form(now, found),
    }
    return {name: bound if type(form) is type(bound) and bound is not None else form for name, form in forms.items()}


def _log_form(now: Seen, found: Room, data: Any = None) -> LogForm:
    own = [booking for booking in found.planned if found.member and booking.member_id == found.member.pk]
    return LogForm(
        data,
        auto_id="log_%s",
        initial={"reference": sessions.new_reference(), "held_on": now.today},
        bookings=[room_rows.booked_choice(booking, now.zone, now.at) for booking in own],
        milestones=[unit.milestone for unit in found.units if unit.milestone and unit.state == "recorded"],
    )


def _hand_over(row: Deliverable, bound: OwnForm | None, refused: int) -> OwnForm:
    if row.pk == refused and bound is not None:
        return bound
    return HandOverForm(auto_id=f"give{row.pk}_%s")


Enter = Callable[[dict[str, Any]], object]


def _enter(request: HttpRequest, now: Seen, form: OwnForm, enter: Enter, *, to: str, row: int = 0) -> HttpResponse:
    """Lets a service decide about a form; back to the part `to` of the room, or the form with what was refused."""
    if form.is_valid():
        try:
            enter(form.cleaned_data)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.UNPROCESSABLE_ENTITY and refusal.field not in form.fields:
                raise
            form.refuse(refusal)
        else:
            return _back(now, to)
    return _page(request, now, form, row)


def _back(now: Seen, to: str) -> HttpResponse:
    return redirect(f"{reverse(HERE, args=[now.engagement.reference])}#{to}")


@login_required
@require_POST
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """The client, or the treasurer for them, accepts units; `whole` accepts what is left and ends the engagement."""
    now = seen(request, reference)
    whole = "whole" in request.POST
    acceptances.accept(
        engagement=now.engagement,
        accepted_on=now.today,
        by=now.user,
        at=now.at,
        seal=None if whole else request.POST.get("seal") or None,
        units=None if whole else request.POST.getlist("unit"),
    )
    messages.success(request, _("Confirmed. Who gets what is fixed now."))
    return _back(now, "ses")


@login_required
@require_POST
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Starts the reader's timer."""
    now = seen(request, reference)
    timers.start(engagement=now.engagement, member=now.member, by=now.user, at=now.at)
    return _back(now, "tim")


@login_required
@require_POST
def stop(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Stops it, or with `discard` throws its time away."""
    now = seen(request, reference)
    timer = work.timer_of(now.engagement, now.member, pk)
    if timer is None:
        raise Http404
    if "discard" in request.POST:
        timers.discard(timer=timer, by=now.user, at=now.at)
        return _back(now, "tim")

    def enter(values: dict[str, Any]) -> object:
        done = timers.stop(timer=timer, title=values["title"], hours_centi=values["hours"], by=now.user, at=now.at)
        if done.kept_centi:
            messages.warning(request, room_rows.kept(done))
        return done

    return _enter(request, now, StopForm(request.POST, auto_id="stop_%s"), enter, to="tim")


@login_required
@require_POST
def log(request: HttpRequest, reference: str) -> HttpResponse:
    """A session that ran without a timer."""
    now = seen(request, reference)
    member = now.member
    found = reading.room(now.engagement, now.side, now.user, at=now.at, timeline=now.timeline)
    form = _log_form(now, found, request.POST)

    def enter(values: dict[str, Any]) -> object:
        return sessions.deliver(
            engagement=now.engagement,
            member=member,
            held_on=values["held_on"],
            hours_centi=values["hours"],
            title=values["title"],
            booking=form.bookings.get(values.get("booking", "")),
            milestone=form.milestones.get(values.get("milestone", "")),
            reference=values["reference"],
            by=now.user,
            at=now.at,
        )

    return _enter(request, now, form, enter, to="ses")


@login_required
@require_POST
def milestone(request: HttpRequest, reference: str, unit: str) -> HttpResponse:
    """An expert says that a milestone is done."""
    now = seen(request, reference)
    found = reading.milestone_of(now.engagement, unit)
    if found is None:
        raise Http404
    sessions.deliver_milestone(milestone=found, by=now.user, at=now.at)
    return _back(now, "mil")


@login_required
@require_POST
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """A message."""
    now = seen(request, reference)
    form = MessageForm(request.POST, request.FILES, auto_id="message_%s")

    def enter(values: dict[str, Any]) -> object:
        return rooms.write(engagement=now.engagement, body=values["body"], files=values["file"], by=now.user, at=now.at)

    return _enter(request, now, form, enter, to="msg")


@login_required
@require_POST
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """A point of the agenda."""
    now = seen(request, reference)

    def enter(values: dict[str, Any]) -> object:
        return rooms.plan(engagement=now.engagement, text=values["text"], by=now.user, at=now.at)

    return _enter(request, now, AgendaForm(request.POST, auto_id="agenda_%s"), enter, to="age")


@login_required
@require_POST
def tick(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A point that was talked about."""
    now = seen(request, reference)
    item = reading.item_of(now.engagement, pk)
    if item is None:
        raise Http404
    rooms.tick(item=item, by=now.user, at=now.at)
    return _back(now, "age")


@login_required
@require_POST
def promise(request: HttpRequest, reference: str) -> HttpResponse:
    """What the client will get."""
    now = seen(request, reference)

    def enter(values: dict[str, Any]) -> object:
        return rooms.promise(engagement=now.engagement, by=now.user, at=now.at, **values)

    return _enter(request, now, PromiseForm(request.POST, auto_id="promise_%s"), enter, to="del")


@login_required
@require_POST
def deliverable(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Hands a deliverable over; with `take` the client accepts it, with `drop` the expert takes the promise back."""
    now = seen(request, reference)
    row = reading.deliverable_of(now.engagement, pk)
    if row is None:
        raise Http404
    if "take" in request.POST:
        rooms.take(deliverable=row, by=now.user, at=now.at)
        return _back(now, "del")
    if "drop" in request.POST:
        rooms.drop(deliverable=row, by=now.user, at=now.at)
        return _back(now, "del")

    def enter(values: dict[str, Any]) -> object:
        return rooms.hand_over(deliverable=row, link=values["link"], files=values["file"], by=now.user, at=now.at)

    form = HandOverForm(request.POST, request.FILES, auto_id=f"give{pk}_%s")
    return _enter(request, now, form, enter, to="del", row=pk)
