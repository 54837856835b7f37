"""A month's payout lines: the page, its progress, its files."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.refusals import Refusal
from treasury.refusals import UnreadableMonth
from treasury.rules import amounts
from treasury.rules.months import Month
from treasury.selectors import payouts
from treasury.selectors.pages import months
from treasury.selectors.payouts import Line
from treasury.views import files
from treasury.views.readers import Visit, visit

COLUMNS = ("reference", "kind", "payee", "asset", "amount", "clause", "explanation", "posted")


@require_safe
def page(request: HttpRequest, month: str) -> HttpResponse:
    """`/treasury/months/2026-10/`; `?after=lin` goes on behind a payee."""
    return answer(request, month)


@require_safe
def progress(request: HttpRequest, month: str) -> HttpResponse:
    """How far the newest run is; once it is complete the whole page comes anew: sentence, badge and lines."""
    seen = visit(request)
    found = months.progress_of(payouts.runs(str(asked(month, seen))))
    if found is None:
        raise Http404
    response = render(
        request, "treasury/_progress.html", {"now": seen.at, "progress": found, "month": month, "live": True}
    )
    if found.finished:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def as_csv(request: HttpRequest, month: str) -> StreamingHttpResponse:
    """`2026-10.csv`: every line, posted or not."""
    found = asked(month, visit(request))
    return files.csv_file(f"payouts-{found}.csv", COLUMNS, _rows(found))


@require_safe
def as_json(request: HttpRequest, month: str) -> StreamingHttpResponse:
    """`2026-10.json`: the same with the totals."""
    found = asked(month, visit(request))
    sums = months.sums_of(found)
    head = {
        "month": str(found),
        "totals": {"U": amounts.text(sums.u_micro), "LXP": amounts.text(sums.lxp_micro)},
        "seals": {"posted": sums.posted.seal, "due": sums.due.seal},
    }
    return files.json_file(f"payouts-{found}.json", head, "lines", COLUMNS, _rows(found))


def answer(request: HttpRequest, month: str, *, refusal: Refusal | None = None) -> HttpResponse:
    """The whole page."""
    seen = visit(request)
    found = months.whole(asked(month, seen), seen.today, _after(request))
    context = {"now": seen.at, "found": found, "keeps": seen.keeps, "inside": seen.inside, "refusal": refusal}
    return render(request, "treasury/month.html", context, status=refusal.status if refusal else 200)


def asked(text: str, seen: Visit) -> Month:
    """The month of an address; 404 for one that the group does not have."""
    try:
        month = Month.parse(text)
    except UnreadableMonth as error:
        raise Http404 from error
    if not months.exists(month, seen.today):
        raise Http404
    return month


def _after(request: HttpRequest) -> str:
    """The payee that the page goes on behind; what no handle can be begins at the start."""
    text = request.GET.get("after", "")
    return text if text.isascii() and text.isprintable() and len(text) < 40 else ""


def _rows(month: Month) -> Any:
    return (_cells(line) for piece in months.pieces(month) for line in piece)


def _cells(line: Line) -> list[Any]:
    return [
        line.reference,
        line.kind,
        line.payee,
        line.asset,
        Decimal(amounts.text(line.amount_micro)),
        line.clause,
        line.explanation,
        line.posted,
    ]
