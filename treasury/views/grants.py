"""Granting a quarter's budget: the treasurer's form, until its proposal exists."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import user_of
from journal.refusals import Refusal
from treasury.forms.grants import GrantForm
from treasury.refusals import TreasurerOnly, quarter_name
from treasury.selectors.pages import grants
from treasury.selectors.pages.grants import Suggestion
from treasury.services import budgets
from treasury.views.readers import Visit, visit


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """`/treasury/grants/new/`: a form with the charter's formula as its suggestion."""
    seen = _keeper(request)
    if request.method != "POST":
        suggestion = grants.first(seen.timeline, seen.today)
        return _answer(request, seen, GrantForm(suggestion=suggestion), suggestion)
    form = GrantForm(request.POST)
    if form.is_valid() and "suggest" not in request.POST and _granted(request, form, seen):
        name = quarter_name(form.cleaned_data["quarter"])
        messages.success(request, _("The budget of %(quarter)s is granted and in the pool.") % {"quarter": name})
        return redirect("treasury:overview")
    return _answer(request, seen, form, grants.of(form.cleaned_data, seen.timeline))


@login_required
@require_POST
def suggestion(request: HttpRequest) -> HttpResponse:
    """The formula again for what is typed now."""
    seen = _keeper(request)
    form = GrantForm(request.POST)
    form.is_valid()
    found = grants.of(form.cleaned_data, seen.timeline)
    return render(request, "treasury/_suggestion.html", {"suggestion": found})


def _keeper(request: HttpRequest) -> Visit:
    seen = visit(request)
    if not seen.keeps:
        raise TreasurerOnly
    return seen


def _granted(request: HttpRequest, form: GrantForm, seen: Visit) -> bool:
    given = form.cleaned_data
    try:
        budgets.grant(
            quarter=given["quarter"],
            headcount=given["headcount"],
            hours_per_head_centi=given["hours_per_head"],
            pow_micro=given["pow_u"],
            stipend_micro=given["stipend_u"],
            by=user_of(request),
            at=seen.at,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _answer(request: HttpRequest, seen: Visit, form: GrantForm, found: Suggestion | None) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "treasury/grant.html", {"now": seen.at, "form": form, "suggestion": found}, status=status)
