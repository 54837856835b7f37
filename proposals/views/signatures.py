"""Signing one's ballot with a wallet: the data, and the field for what the wallet gave."""

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import SignatureForm
from accounts.requests import user_of
from accounts.selectors import wallets_of
from journal.refusals import Refusal
from proposals.models import Ballot
from proposals.selectors import signatures as selectors
from proposals.selectors.elections import names_of
from proposals.services import signatures
from proposals.views import elections


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: int, ballot: int) -> HttpResponse:
    """`/proposals/31/ballots/7/signature/`, for who cast the ballot; for others there is nothing here."""
    user = user_of(request)
    own = selectors.ballot_of(number, ballot, user)
    if own is None:
        raise Http404
    form, status = SignatureForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                signatures.sign(proposal=number, number=ballot, by=user, **form.cleaned_data)
            except Refusal as refusal:
                form.refuse(refusal)
                status = HTTPStatus(refusal.status)
            else:
                messages.success(request, _("Your ballot is signed. Its receipt shows the signature."))
                receipt = f"{reverse('proposals:detail', args=[number])}?receipt={ballot}#receipt"
                return HttpResponseRedirect(receipt)
    context = _context(own) | {"form": form, "wallets": list(wallets_of(user))}
    return render(request, "proposals/sign.html", context, status=status)


def _context(own: Ballot) -> dict[str, Any]:
    """`open` says that there is something to sign."""
    signed = getattr(own, "signature", None)
    return {
        "ballot": own,
        "said": elections.vote_text(own.choice, names_of(own.seat.round.proposal)) or own.get_choice_display(),
        "proposal": own.seat.round.proposal,
        "typed": json.dumps(selectors.typed_of(own, selectors.group())),
        "signed": signed,
        "open": signed is None and not selectors.replaced(own),
    }
