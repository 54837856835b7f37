"""The list of proposals."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proposals.rules import verdicts
from proposals.selectors.listings import Row, Unopened, listing
from proposals.selectors.waiting import candidacies
from proposals.views.readers import visit


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/proposals/`: what is open, what is announced, what the leader can open, what is decided."""
    seen = visit(request)
    found = listing(reader=seen.reader, at=seen.at, page=request.GET.get("page"))
    context = {
        "now": seen.at,
        "reader": seen.reader,
        "open": [_drawn(row) for row in found.open],
        "announced": found.announced,
        "decided": [_drawn(row) for row in found.decided],
        "page": found.page,
        "waiting": sum(row.waits for row in found.open),
        "candidacies": candidacies(terms=seen.terms, today=seen.today) if seen.reader.inside else [],
    }
    return render(request, "proposals/list.html", context)


def _drawn(row: Row | Unopened) -> tuple[Row | Unopened, str]:
    tone = "block" if row.paused and verdicts.TONES[row.state] == "wait" else verdicts.TONES[row.state]
    return row, tone
