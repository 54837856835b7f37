"""Approving picked claims together, and refusing one with its reason."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from journal.refusals import Refusal
from treasury.forms.claims import ReasonForm
from treasury.refusals import NothingPicked
from treasury.selectors.pages import queue as queues
from treasury.services import claims
from treasury.views.claims import desk, detail
from treasury.views.claims.desk import Seated


@login_required
@require_POST
def approve(request: HttpRequest) -> HttpResponse:
    """Approves all picked claims or none. A plain POST is answered by a redirect, htmx by the queue."""
    who = desk.seated(request)
    try:
        approved = claims.approve_many(claims=desk.chosen(request.POST), by=who.reader.member, at=who.visit.at)
    except Refusal as refusal:
        return _refused(request, who, refusal)
    done = ngettext("%(count)d claim approved.", "%(count)d claims approved.", len(approved)) % {"count": len(approved)}
    if request.htmx:  # type: ignore[attr-defined]
        return _decided(request, who, done)
    messages.success(request, done)
    return HttpResponseRedirect(f"{reverse('claims:list')}{_shown(request)}")


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The bulk bar for what is picked now: what approving would do."""
    who = desk.seated(request)
    effect = queues.effect(desk.chosen(request.POST), who.reader, who.visit.timeline)
    return render(request, "claims/_bulk_bar.html", {"effect": effect, "reader": who.reader})


@login_required
@require_POST
def pick_one(request: HttpRequest) -> HttpResponse:
    """From the bulk bar to the page of the one picked claim, where it is refused with a reason."""
    who = desk.seated(request)
    picked = desk.chosen(request.POST)
    reference = queues.reference_of(picked[0], who.reader) if len(picked) == 1 else None
    if reference is None:
        return _refused(request, who, NothingPicked(_("Pick the one claim that you refuse; each needs its reason.")))
    url = f"{reverse('claims:detail', args=[reference])}#refuse"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


@login_required
@require_POST
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Refuses one claim; without a reason the form says so (422)."""
    who = desk.seated(request)
    claim = detail.found(reference, who)
    form = ReasonForm(request.POST)
    try:
        claims.refuse(claim=claim, reason=form.typed, by=who.reader.member, at=who.visit.at)
    except Refusal as refusal:
        return detail.refused(request, claim.reference, who, refusal, reason=form)
    messages.success(
        request,
        _("%(reference)s is refused. %(name)s reads why.")
        % {
            "reference": claim.reference,
            "name": claim.member.name,
        },
    )
    return redirect("claims:detail", claim.reference)


def _refused(request: HttpRequest, who: Seated, refusal: Refusal) -> HttpResponse:
    """What was picked, with the sentence above the queue (422), or above the page as it stands now (403, 409)."""
    if request.htmx and refusal.status == HTTPStatus.UNPROCESSABLE_ENTITY:  # type: ignore[attr-defined]
        context = desk.queue_context(request, who, refusal) | {"partial": True}
        return render(request, "claims/_queue.html", context, status=refusal.status)
    return desk.answer(request, who, refusal=refusal)


def _decided(request: HttpRequest, who: Seated, done: str) -> HttpResponse:
    """The queue as it stands now; lead, bars, the menu's count and the spoken sentence come beside it."""
    context = desk.queue_context(request, who, keep=False)
    left = context["queue"].mine.count
    spoken = ngettext("%(done)s %(count)d left.", "%(done)s %(count)d left.", left) % {"done": done, "count": left}
    context |= {"done": done, "spoken": spoken, "left": left, "focus": True}
    return render(request, "claims/_decided.html", context)


def _shown(request: HttpRequest) -> str:
    return f"?show={desk.LOOKS}#queue" if request.POST.get("show") == desk.LOOKS else "#queue"
