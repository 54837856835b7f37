"""The ledger: every transfer, on pages and as files."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from treasury.forms.ledger import FilterForm
from treasury.models import Transfer
from treasury.rules import amounts
from treasury.selectors.pages import ledger
from treasury.views import files
from treasury.views.readers import visit

COLUMNS = ("line", "occurred_on", "event", "from", "to", "asset", "amount", "reference")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/treasury/ledger/`: 50 transfers a page, newest first; a filter that cannot be read is said so (422)."""
    seen = visit(request)
    form = FilterForm(request.GET)
    chosen = form.chosen()
    found = ledger.ledger(chosen, request.GET.get("page"))
    context = {
        "now": seen.at,
        "form": form,
        "chosen": chosen,
        "ledger": found,
        "page": found.page,
        "balance": ledger.balance_of(chosen),
    }
    return render(request, "treasury/ledger.html", context, status=422 if form.errors else 200)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """`ledger.csv` of the same filter, oldest first; a filter that cannot be read is answered by the page."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return page(request)
    chosen = form.chosen()
    return files.csv_file("ledger.csv", COLUMNS, (_cells(row) for row in ledger.stream(chosen)))


@require_safe
def as_json(request: HttpRequest) -> HttpResponseBase:
    """`ledger.json`, likewise."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return page(request)
    chosen = form.chosen()
    return files.json_file("ledger.json", {}, "transfers", COLUMNS, (_cells(row) for row in ledger.stream(chosen)))


def _cells(row: Transfer) -> list[Any]:
    return [
        row.pk,
        row.occurred_on.isoformat(),
        str(row.posting),
        str(row.debit),
        str(row.credit),
        row.asset,
        Decimal(amounts.text(row.amount_micro)),
        row.reference,
    ]
