"""One's wallets: an address is named, its key signs a message, then payments from it are known."""

from http import HTTPStatus
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import AddressForm, SignatureForm
from accounts.requests import user_of
from accounts.selectors import challenge_of, wallets_of
from accounts.services import wallets
from journal.refusals import Refusal

# Messages per address that connects: each is a row until the day after.
LIMITS = {"wallet": "30/m/ip"}


def limited(request: HttpRequest) -> HttpResponse | None:
    """The page that says to wait, for who asks for messages too fast."""
    answer: HttpResponse | None = ratelimit.consume_or_429(request, app="accounts", action="wallet", config=LIMITS)
    return answer


def _page(request: HttpRequest, form: AddressForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "wallets": wallets_of(user_of(request))}
    return render(request, "accounts/wallets.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wallets_page(request: HttpRequest) -> HttpResponse:
    """`/settings/wallets/`: the list; POST asks for the message that an address must sign."""
    return _ask(request) if request.method == "POST" else _page(request, AddressForm())


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _ask(request: HttpRequest) -> HttpResponse:
    if late := limited(request):
        return late
    form, user = AddressForm(request.POST), user_of(request)
    if form.is_valid():
        try:
            made = wallets.challenge(
                address=form.cleaned_data["address"], purpose=wallets.own(user), user=user, at=timezone.now()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("accounts:prove-wallet", made.nonce)
    return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, nonce: str) -> HttpResponse:
    """The message of one address and where its signature goes."""
    user = user_of(request)
    challenge = challenge_of(nonce, wallets.own(user), user)
    if challenge is None:
        raise Http404
    form = SignatureForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                wallets.prove(user=user, nonce=nonce, at=timezone.now(), **form.cleaned_data)
            except Refusal as refusal:
                form.refuse(refusal)
                status = HTTPStatus(refusal.status)
            else:
                # What the session may do has grown: another key to it.
                request.session.cycle_key()
                messages.success(request, _("The address is proved. Payments from it are known as yours."))
                return redirect("accounts:wallets")
    return render(request, "accounts/prove.html", {"form": form, "challenge": challenge}, status=status)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives one of one's own wallets up; another person's does not exist here."""
    wallet = wallets_of(user_of(request)).filter(pk=pk).first()
    if wallet is None:
        raise Http404
    wallets.remove(wallet=wallet, by=user_of(request), at=timezone.now())
    return redirect("accounts:wallets")
