"""What the group sees of applications, and what the leader does about them."""

from datetime import datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import user_of
from charter import selectors as charter
from journal.refusals import Refusal
from members.forms import BuilderForm, InterviewForm
from members.models import Application, Member
from members.refusals.applications import Incomplete
from members.refusals.people import OnlyLeader, OnlyMembers
from members.rules.interviews import TEMPLATE
from members.selectors import applications as reading
from members.selectors import journeys
from members.selectors.people import active_on, member_of, roles_on
from members.services import applications, interviews


def _reader(request: HttpRequest, at: datetime) -> frozenset[str]:
    """The reader's roles. OnlyMembers for who is outside of the group."""
    roles = roles_on(user_of(request), charter.today(at))
    if "member" not in roles:
        raise OnlyMembers
    return roles


def _leader(request: HttpRequest, at: datetime) -> Member:
    """The reader as the leader. OnlyMembers, OnlyLeader."""
    if "leader" not in _reader(request, at):
        raise OnlyLeader
    member = member_of(user_of(request))
    assert member is not None
    return member


def _sent(pk: int) -> Application:
    found = reading.for_group().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """`/applications/`: who waits, with what is missing before each proposal can open; who applied before."""
    at = timezone.now()
    roles = _reader(request, at)
    rows = reading.listed(at)
    waiting = sum(row.state in reading.UNDER_WAY for row in rows)
    context = {"rows": rows, "waiting": waiting, "leading": "leader" in roles, "now": at}
    return render(request, "members/applications.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """`/applications/7/`: everything that was said, and for the leader what there is to do."""
    at = timezone.now()
    roles = _reader(request, at)
    return _page(request, _sent(pk), roles, at)


def _page(
    request: HttpRequest,
    application: Application,
    roles: frozenset[str],
    at: datetime,
    form: BuilderForm | None = None,
) -> HttpResponse:
    form = form or BuilderForm(initial={"since": application.builder_since, "url": application.builder_url})
    context = {
        "application": application,
        "leading": "leader" in roles,
        "journey": journeys.journey_of(application, at),
        "missing": reading.missing_for_proposal(application, at),
        "interviews": [(row, journeys.answers_in_order(row)) for row in reading.interviews_of(application)],
        "titles": journeys.picked(application),
        "form": form,
        "now": at,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "members/application.html", context, status=status)


@login_required
@require_POST
def confirm_builder(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader confirms since when the applicant is a builder (join.1)."""
    at = timezone.now()
    leader = _leader(request, at)
    application = _sent(pk)
    form = BuilderForm(request.POST)
    if form.is_valid():
        try:
            applications.confirm_builder(application=application, by=leader, at=at, **form.cleaned_data)
        except Refusal as refused:
            if refused.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            name = {"builder_since": "since", "builder_url": "url"}.get(refused.field or "")
            form.add_error(name, str(refused))
    if form.errors:
        return _page(request, application, frozenset({"member", "leader"}), at, form=form)
    return redirect("members:application", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of an interview on the template (join.2.2)."""
    at = timezone.now()
    leader = _leader(request, at)
    application = _sent(pk)
    members = active_on(charter.today(at))
    form = InterviewForm(request.POST or None, members=members, initial={"held_on": charter.today(at)})
    if request.method == "POST" and form.is_valid():
        try:
            interviews.record(application=application, by=leader, at=at, **form.arguments())
        except Incomplete as refused:
            for one in refused.problems:
                form.blame(one)
        else:
            return redirect("members:application", pk)
    context = {"application": application, "form": form, "template": TEMPLATE, "now": at}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "members/interview.html", context, status=status)
