"""The treasury's first page, open to everyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from treasury.selectors.pages import overview
from treasury.views import charts, drawing
from treasury.views.readers import visit


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/treasury/`; `?page=2` shows older months."""
    seen = visit(request)
    found = overview.overview(seen.timeline, seen.today)
    shown, months = overview.months(seen.today, request.GET.get("page"))
    context = {
        "now": seen.at,
        "found": found,
        "promised_months": drawing.promised_months(found),
        "figures": drawing.figures(found),
        "budgets": drawing.budgets(found),
        "chart": charts.balance(found),
        "sum": drawing.summed(found),
        "page": shown,
        "months": months,
        "moves": drawing.moves(found),
        "keeps": seen.keeps,
    }
    return render(request, "treasury/overview.html", context)
