"""`/engagements/…/dispute/`: what is wrong, what each side offers, and what an offer would do."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consulting.forms.escrow import DisputeForm, OfferForm
from consulting.forms.offering import OwnForm
from consulting.selectors import disputes as reading
from consulting.services import disputes
from consulting.views.rooms import Seen, seen
from journal.refusals import Refusal

HERE = "consulting:dispute"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, reference: str) -> HttpResponse:
    """The dispute of an engagement; sent, it opens one."""
    now = seen(request, reference)
    if request.method != "POST":
        return _page(request, now)
    form = DisputeForm(request.POST)
    if form.is_valid():
        try:
            disputes.open_dispute(engagement=now.engagement, by=now.user, at=now.at, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The money is held until this is settled. The other side knows."))
            return redirect(HERE, reference)
    return _page(request, now, form)


@login_required
@require_POST
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    """A side signs a percentage."""
    now = seen(request, reference)
    form = OfferForm(request.POST)
    if form.is_valid():
        try:
            disputes.offer(engagement=now.engagement, by=now.user, at=now.at, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            ended = reading.open_dispute(now.engagement) is None
            messages.success(request, _("Settled.") if ended else _("Your offer is signed."))
            return redirect(HERE, reference)
    return _page(request, now, form)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The side that opened it takes it back."""
    now = seen(request, reference)
    disputes.withdraw(engagement=now.engagement, by=now.user, at=now.at)
    messages.success(request, _("The dispute is taken back. Everything goes on as before."))
    return redirect(HERE, reference)


def _page(request: HttpRequest, now: Seen, bound: OwnForm | None = None) -> HttpResponse:
    """The page, with the refused form in its place."""
    found = reading.standing(now.engagement, now.user, now.side)
    context: dict[str, Any] = {
        "found": found,
        "engagement": now.engagement,
        "open_form": bound if isinstance(bound, DisputeForm) else DisputeForm(),
        "offer_form": bound if isinstance(bound, OfferForm) else OfferForm(),
        "has_errors": bound is not None,
        "now": now.at,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound is not None else HTTPStatus.OK
    return render(request, "consulting/dispute.html", context, status=status)
