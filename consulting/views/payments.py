"""The treasurer's payments: what waits for a decision, what arrived, how far we looked at the chain."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import user_of
from consulting.forms.payments import AddressesForm, DecisionForm
from consulting.refusals.billing import TreasurerConfirms
from consulting.selectors import chains
from consulting.selectors import payments as reading
from consulting.services import deposits, unmatched
from consulting.views.billing import Visit, visit
from journal.refusals import Refusal

PAGE = 50
WAITING_MOST = 100


def _keeper(request: HttpRequest) -> Visit:
    seen = visit(request)
    if not seen.keeps:
        raise TreasurerConfirms
    return seen


@login_required
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """`/payments/`: the queue first, then everything that arrived."""
    return _page(request, _keeper(request), AddressesForm())


@login_required
@require_POST
def add_addresses(request: HttpRequest) -> HttpResponse:
    """`/payments/addresses/`: more addresses for invoices to come."""
    seen = _keeper(request)
    form = AddressesForm(request.POST)
    if form.is_valid():
        try:
            count = deposits.add(text=form.cleaned_data["addresses"], by=user_of(request), at=seen.at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            said = ngettext(
                "%(count)d address is ready for invoices.", "%(count)d addresses are ready for invoices.", count
            )
            messages.success(request, said % {"count": count})
            return redirect("consulting:payments")
    return _page(request, seen, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(request: HttpRequest, seen: Visit, form: AddressesForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    chain = chains.configured()
    page = Paginator(reading.latest(), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "waiting": reading.lines(reading.waiting()[:WAITING_MOST], chain),
        "lines": reading.lines(page.object_list, chain),
        "page": page,
        "chain": chain,
        "nodes": len(settings.CHAIN_RPC_URL),
        "cursor": reading.cursor_of(chain) if chain else None,
        "addresses_left": reading.addresses_left(),
        "form": form,
        "now": seen.at,
    }
    return render(request, "consulting/payments.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """`/payments/<pk>/`: one payment; while it waits, the decision about it."""
    seen = _keeper(request)
    found = reading.latest().filter(pk=pk).first()
    if found is None:
        raise Http404
    form = DecisionForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                unmatched.decide(payment=found, by=user_of(request), at=seen.at, **form.cleaned_data)
            except Refusal as refusal:
                form.refuse(refusal)
                status = HTTPStatus(refusal.status)
            else:
                messages.success(request, _("The payment is decided."))
                return redirect("consulting:payments")
    (line,) = reading.lines([reading.latest().get(pk=pk)], chains.configured())
    return render(request, "consulting/payment.html", {"line": line, "form": form, "now": seen.at}, status=status)
