"""From which address an invoice will be paid: for whoever has its link, signed in or not."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import AddressForm, SignatureForm
from accounts.selectors import challenge_of
from accounts.views.wallets import limited
from consulting.selectors.payments import proofs_of
from consulting.services import payers
from consulting.views.billing import standing_of
from journal.clock import database_clock
from journal.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def wallet(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/wallet/`: the addresses that were proved; POST asks for the message that another must sign."""
    at = database_clock()
    found = standing_of(token, at)
    form = AddressForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        if late := limited(request):
            return late
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                made = payers.challenge(invoice=found.invoice, address=form.cleaned_data["address"], at=at)
            except Refusal as refusal:
                form.refuse(refusal)
                status = HTTPStatus(refusal.status)
            else:
                return redirect("consulting:invoice-prove", token, made.nonce)
    context = {"found": found, "form": form, "proofs": proofs_of(found.invoice), "now": at}
    return render(request, "consulting/invoice_wallet.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, token: str, nonce: str) -> HttpResponse:
    """`/invoices/<token>/wallet/<nonce>/`: the message of one address and where its signature goes."""
    at = database_clock()
    invoice = standing_of(token, at).invoice
    challenge = challenge_of(nonce, payers.purpose(invoice))
    if challenge is None:
        raise Http404
    form = SignatureForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                payers.prove(invoice=invoice, nonce=nonce, at=at, **form.cleaned_data)
            except Refusal as refusal:
                form.refuse(refusal)
                status = HTTPStatus(refusal.status)
            else:
                messages.success(request, _("The address is proved. Pay from it: the money is known as yours."))
                return redirect("consulting:invoice", token)
    context = {"invoice": invoice, "form": form, "challenge": challenge, "now": at}
    return render(request, "consulting/invoice_prove.html", context, status=status)
