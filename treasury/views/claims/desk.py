"""The page of claims: what waits, and the reader's own log. Every act on it ends here again."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.refusals import Refusal
from treasury.forms.claims import WorkForm
from treasury.refusals import ClaimDecided, quarter_name
from treasury.selectors.pages import log as logs
from treasury.selectors.pages import queue as queues
from treasury.selectors.pages.amounts import amount
from treasury.selectors.pages.readers import Reader, reader
from treasury.views.readers import Visit, member_of, visit

LOOKS = "looks"


@dataclass(frozen=True)
class Seated:
    """Who reads claims now, and what they may decide."""

    visit: Visit
    reader: Reader

    @property
    def quarter(self) -> str:
        """The running quarter: `2026-Q4`."""
        return str(self.visit.timeline.quarter_on(self.visit.today))


def seated(request: HttpRequest) -> Seated:
    """The reader with the deciders of the day; MembersOnly for who never was a member."""
    seen = visit(request)
    return Seated(seen, reader(member_of(request), seen.roles, seen.today))


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/claims/`; `?show=looks` shows only what needs a look, `?page=2` an older part of the log."""
    return answer(request, seated(request))


def answer(
    request: HttpRequest, who: Seated, *, form: WorkForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """The whole page; after a refusal with its sentence, its status and what was typed or picked."""
    context = queue_context(request, who, refusal) | log_context(request, who, form)
    context |= {
        "quarter": quarter_name(who.quarter),
        "has_errors": bool(form and form.errors) or bool(refusal and refusal.field),
    }
    refused = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render(request, "claims/list.html", context, status=refusal.status if refusal else refused)


def queue_context(
    request: HttpRequest, who: Seated, refusal: Refusal | None = None, *, keep: bool = True
) -> dict[str, Any]:
    """What the queue, the budgets' bars and the bulk bar are drawn from; `keep` leaves picked what was picked."""
    seen = who.visit
    queue = queues.queue(who.reader, seen.timeline, who.quarter)
    looks = LOOKS in (request.GET.get("show"), request.POST.get("show"))
    picked = chosen(request.POST) if keep else []
    return {
        "now": seen.at,
        "reader": who.reader,
        "queue": queue,
        "looks": looks,
        "rows": [row for row in queue.rows if row.looks or not looks],
        "picked": picked,
        "effect": queues.effect(picked, who.reader, seen.timeline) if picked else None,
        "refusal": refusal,
        "faster": queues.decided(picked) if isinstance(refusal, ClaimDecided) else [],
        "errors": [("queue-h", str(refusal))] if refusal and refusal.field else [],
    }


def log_context(request: HttpRequest, who: Seated, form: WorkForm | None = None) -> dict[str, Any]:
    """What the log and its form are drawn from."""
    seen, member = who.visit, who.reader.member
    return {
        "now": seen.at,
        "today": seen.today,
        "reader": who.reader,
        "log": logs.log(member, seen.timeline, seen.today, request.GET.get("page")),
        "projects": logs.projects(member, seen.today),
        "form": form or WorkForm(today=seen.today),
        "amount": amount(form.cleaned_data, seen.timeline) if form and form.is_bound else None,
    }


def chosen(data: QueryDict) -> list[int]:
    """The ids of the claims that were picked; what is no id is left out."""
    texts = data.getlist("claim")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
