"""Who the members are, and leaving."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import user_of
from charter import selectors as charter
from journal.refusals import Refusal
from members.forms import ExitForm
from members.selectors import people
from members.services import memberships


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
