"""A member's own hours: logged, changed while they are a draft, sent, thrown away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journal.refusals import Refusal
from treasury.forms.claims import WorkForm
from treasury.models import Claim
from treasury.selectors.pages.amounts import amount as amount_of
from treasury.services import claims
from treasury.views.claims import desk, detail
from treasury.views.claims.desk import Seated


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Saves a draft, or sends it at once. Bad input keeps what was typed (422)."""
    if request.method != "POST":
        # Back from signing in: the form itself is on the page of claims.
        return HttpResponseRedirect(f"{reverse('claims:list')}#log")
    who = desk.seated(request)
    form = WorkForm(request.POST, today=who.visit.today)
    made = _store(form, who, send="send" in request.POST)
    if made is None:
        return _refused(request, who, form)
    said = _said(made)
    if request.htmx:  # type: ignore[attr-defined]
        context = desk.log_context(request, who) | {"logged": said, "spoken": said, "focus_log": True}
        return render(request, "claims/_logged.html", context)
    messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('claims:list')}#log")


@login_required
@require_POST
def amount(request: HttpRequest) -> HttpResponse:
    """What the typed hours come to."""
    who = desk.seated(request)
    form = WorkForm(request.POST, today=who.visit.today)
    form.is_valid()
    return render(request, "claims/_amount.html", {"amount": amount_of(form.cleaned_data, who.visit.timeline)})


@login_required
@require_POST
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Changes an own draft, and sends it if that button was pressed."""
    who = desk.seated(request)
    claim = detail.found(reference, who)
    form = WorkForm(request.POST, today=who.visit.today)
    try:
        made = _store(form, who, send="send" in request.POST, draft=claim)
    except Refusal as refusal:
        return detail.refused(request, claim.reference, who, refusal, work=form)
    if made is None:
        return detail.answer(request, who, claim, work=form)
    messages.success(request, _said(made))
    return redirect("claims:detail", made.reference)


@login_required
@require_POST
def remove(request: HttpRequest, reference: str) -> HttpResponse:
    """Throws an own draft away."""
    who = desk.seated(request)
    claim = detail.found(reference, who)
    try:
        claims.remove(claim=claim, by=who.reader.member, at=who.visit.at)
    except Refusal as refusal:
        return detail.refused(request, claim.reference, who, refusal)
    messages.success(request, _("The draft is gone."))
    return HttpResponseRedirect(f"{reverse('claims:list')}#log")


def _store(form: WorkForm, who: Seated, *, send: bool, draft: Claim | None = None) -> Claim | None:
    """The claim as it was stored, or None where the form now says why not; refusals without a field go up."""
    if not form.is_valid():
        return None
    by, at = who.reader.member, who.visit.at
    try:
        if draft is None:
            return claims.log(work=form.work, by=by, at=at, send=send)
        return claims.change(claim=draft, work=form.work, by=by, at=at, send=send)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        form.refuse(refusal)
        return None


def _said(claim: Claim) -> str:
    if claim.status == Claim.Status.DRAFT:
        return _("%(reference)s is saved as a draft. Nobody else sees it.") % {"reference": claim.reference}
    return _("%(reference)s is sent and waits for a decision.") % {"reference": claim.reference}


def _refused(request: HttpRequest, who: Seated, form: WorkForm) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "claims/_log.html", desk.log_context(request, who, form), status=422)
    return desk.answer(request, who, form=form)
