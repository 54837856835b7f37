"""Running a month: the treasurer checks sum and seal, then presses one button."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import user_of
from journal.refusals import Refusal
from treasury.refusals import MonthNotOver, TreasurerOnly
from treasury.rules import wordings
from treasury.rules.months import Month
from treasury.selectors import payouts as reading
from treasury.selectors.pages import months
from treasury.services import payouts
from treasury.views.months import asked
from treasury.views.readers import Visit, visit


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, month: str) -> HttpResponse:
    """`/treasury/months/2026-10/run/`: the sum with its seal and one button; POST starts exactly what was shown."""
    seen = visit(request)
    found = asked(month, seen)
    if not seen.keeps:
        raise TreasurerOnly
    if request.method != "POST":
        return _answer(request, seen, found)
    try:
        payouts.start(month=str(found), by=user_of(request), at=seen.at, seal=request.POST.get("seal", ""))
    except Refusal as refusal:
        return _answer(request, seen, found, refusal)
    return HttpResponseRedirect(reverse("treasury:month", args=[found]))


def _answer(request: HttpRequest, seen: Visit, month: Month, refusal: Refusal | None = None) -> HttpResponse:
    sums = months.sums_of(month)
    progress = months.progress_of(reading.runs(str(month)))
    state = months.state(month, seen.today, progress, sums.due.lines)
    context = {
        "now": seen.at,
        "month": month,
        "name": wordings.month(str(month)),
        "sums": sums,
        "state": state,
        "progress": progress,
        "refusal": refusal,
        "early": MonthNotOver(month=str(month)) if state == months.State.AHEAD else None,
    }
    return render(request, "treasury/run.html", context, status=refusal.status if refusal else 200)
