"""One claim: its facts, the decision, the lines it led to; for who may, the forms to decide or to change it."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.refusals import Refusal
from treasury.forms.claims import ReasonForm, WorkForm
from treasury.models import Claim
from treasury.refusals import ClaimDecided
from treasury.selectors.pages import claim as pages
from treasury.selectors.pages import log as logs
from treasury.selectors.pages.amounts import amount
from treasury.views.claims import desk
from treasury.views.claims.desk import Seated


@login_required
@require_safe
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """`/claims/C2026Q4-0012/`."""
    who = desk.seated(request)
    return answer(request, who, found(reference, who))


def found(reference: str, who: Seated) -> Claim:
    """The claim, if the reader may see it; 404 otherwise, so that drafts are not even guessed."""
    claim = pages.found(reference, who.reader) if reference.isprintable() else None
    if claim is None:
        raise Http404
    return claim


def answer(
    request: HttpRequest,
    who: Seated,
    claim: Claim,
    *,
    refusal: Refusal | None = None,
    reason: ReasonForm | None = None,
    work: WorkForm | None = None,
) -> HttpResponse:
    """The whole page; after a refusal with its sentence, its status and what was typed."""
    seen = who.visit
    whole = pages.whole(claim, who.reader, seen.timeline)
    form = work or (WorkForm(today=seen.today, claim=claim) if whole.own and whole.drafted else None)
    context: dict[str, Any] = {
        "now": seen.at,
        "reader": who.reader,
        "whole": whole,
        "claim": claim,
        "reason": reason or ReasonForm(),
        "form": form,
        "projects": logs.projects(who.reader.member, seen.today) if form else [],
        "amount": amount(form.cleaned_data, seen.timeline) if form and form.is_bound else whole,
        "refusal": refusal if refusal and not refusal.field else None,
        "faster": [claim] if isinstance(refusal, ClaimDecided) and claim.decided_by else [],
        "has_errors": bool((work and work.errors) or (reason and reason.errors)),
    }
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY if context["has_errors"] else HTTPStatus.OK
    return render(request, "claims/detail.html", context, status=refusal.status if refusal else wrong)


def refused(
    request: HttpRequest,
    reference: str,
    who: Seated,
    refusal: Refusal,
    *,
    reason: ReasonForm | None = None,
    work: WorkForm | None = None,
) -> HttpResponse:
    """The page as it stands now, read again, with the refusal over it or in the form of the reason."""
    if refusal.field and reason is not None:
        reason.refuse(refusal)
    return answer(request, who, found(reference, who), refusal=refusal, reason=reason, work=work)
