"""Who the members are, being away, and leaving."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import user_of
from charter import selectors as charter
from journal.refusals import Refusal
from members.forms import ExitForm, LeaveForm
from members.models import Leave, Member
from members.selectors import leaves as reading
from members.selectors import people
from members.services import leaves, memberships

PAST_MOST = 12


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """`/members/`: everybody who is or was a member, with since when and which role."""
    at = timezone.now()
    day = charter.today(at)
    context = {"rows": people.roll(day), "count": people.active_on(day).count(), "now": at}
    return render(request, "members/members.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """`/members/leave/`: a member declares the exit (exit.1)."""
    at = timezone.now()
    day = charter.today(at)
    member = people.member_of(user_of(request))
    period = people.open_period(member, day) if member is not None else None
    if member is None or period is None:
        raise Http404
    form = ExitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            memberships.declare_exit(member=member, exited_on=form.cleaned_data["exited_on"], by=member, at=at)
        except Refusal as refused:
            form.add_error("exited_on" if refused.field == "exited_on" else None, str(refused))
        else:
            return redirect("members:leave")
    term = people.leader_on(day)
    context = {
        "form": form,
        "period": period,
        "leading": term is not None and term.member_id == member.pk,
        "now": at,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "members/leave.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """`/members/absence/`: a member says when they will be away."""
    member, at = _member(request), timezone.now()
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            leaves.declare(member=member, by=member, at=at, **form.cleaned_data)
        except Refusal as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("You are on leave in these days."))
            return redirect("members:absence")
    return _absence(request, member, at, form)


@require_POST
@login_required
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """A member is back earlier, or does not go."""
    member, at = _member(request), timezone.now()
    found = reading.leaves_of(member).filter(pk=pk).first()
    if found is None:
        raise Http404
    leaves.end(leave=found, by=member, at=at)
    messages.success(request, _("You are not on leave in these days any more."))
    return redirect("members:absence")


def _absence(request: HttpRequest, member: Member, at: datetime, form: LeaveForm) -> HttpResponse:
    today = charter.today(at)
    standing = reading.standing(member, today)
    context = {
        "form": form,
        "standing": standing,
        "away": next((leave for leave in standing if leave.first_on <= today), None),
        "past": _past(member, standing),
        "now": at,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "members/absence.html", context, status=status)


def _past(member: Member, standing: Sequence[Leave]) -> list[Leave]:
    """What is over: the latest of them."""
    return list(reading.leaves_of(member).exclude(pk__in=[leave.pk for leave in standing])[:PAST_MOST])


def _member(request: HttpRequest) -> Member:
    """Who is a member today; for others there is nothing here."""
    member = people.member_of(user_of(request))
    if member is None or not people.is_active(member, charter.today(timezone.now())):
        raise Http404
    return member
