"""An invoice's public page, its state, its PDF, and what the treasurer does with it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import user_of
from charter import selectors as charter
from charter.rules.terms import Timeline
from consulting.forms.billing import ConfirmForm, IssueForm, VoidForm
from consulting.models import Invoice
from consulting.refusals.billing import TreasurerConfirms
from consulting.rules import pricing
from consulting.selectors import billing as reading
from consulting.selectors import chains
from consulting.selectors.billing import Standing
from consulting.selectors.bookings import page_of
from consulting.selectors.escrow import credit_micro
from consulting.selectors.payments import lines
from consulting.services import invoices as issuing
from consulting.services import payments as paying
from consulting.views import billing_rows, paper
from consulting.views.paying import ways
from journal.clock import database_clock
from journal.refusals import Refusal
from members.selectors.people import roles_on

PAGE = 50
DUE_DAYS = 14


@dataclass(frozen=True)
class Visit:
    """One request: the moment, the charter, the group's day and who reads."""

    at: datetime
    timeline: Timeline
    today: date
    roles: frozenset[str]

    @property
    def keeps(self) -> bool:
        """Whether the reader keeps the treasury today."""
        return "treasurer" in self.roles


def visit(request: HttpRequest) -> Visit:
    """Asks the clock, the charter and who reads."""
    at, timeline = database_clock(), charter.timeline()
    today = timeline.day_of(at)
    roles = roles_on(request.user, today) if isinstance(request.user, User) else frozenset()
    return Visit(at, timeline, today, roles)


def standing_of(token: str, at: datetime) -> Standing:
    """The invoice of a public address; 404 for an address that is none."""
    invoice = reading.by_token(token)
    if invoice is None:
        raise Http404
    (found,) = reading.standings([invoice], at)
    return found


@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/`: what to pay, how, and what has arrived; for whoever has the address."""
    seen = visit(request)
    found = standing_of(token, seen.at)
    own = isinstance(request.user, User) and found.invoice.client.user_id == request.user.pk
    context = _state(found, seen)
    context |= {
        "ways": ways(found.invoice, found.rest_micro) if found.rest_micro else None,
        "parts": _parts(found.invoice, seen.timeline),
        "credit": max(0, credit_micro(found.invoice.client)) if (own or seen.keeps) and found.rest_micro else 0,
        "own": own,
        "keeps": seen.keeps,
        # Whoever has this address may pay; the booking's own page cancels and moves, so only the client is led there.
        "booking_page": page_of(context["booking"]) if own and context["booking"] else "",
    }
    return render(request, "consulting/invoice.html", context)


@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/state`: the part that looks for itself; the whole page again once there is less to pay."""
    seen = visit(request)
    found = standing_of(token, seen.at)
    if request.GET.get("rest", "") != str(found.rest_micro):
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "consulting/_invoice_state.html", _state(found, seen) | {"swapped": True})


@require_safe
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/pdf`: the invoice on paper, in its language."""
    seen = visit(request)
    sent = standing_of(token, seen.at).invoice
    sheet = paper.Sheet(
        group=charter.group().name,
        zone=seen.timeline.terms_on(seen.today).time_zone,
        parts=_parts(sent, seen.timeline),
        ways=ways(sent, sent.total_micro),
    )
    response = HttpResponse(paper.render(sent, sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="invoice-{sent.number}.pdf"'
    return response


@login_required
@require_POST
def use_credit(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/credit/`: the client pays from what they have as credit."""
    at = database_clock()
    sent = standing_of(token, at).invoice
    try:
        paying.use_credit(invoice=sent, by=user_of(request), at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your credit is used for this invoice."))
    return redirect("consulting:invoice", token)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/confirm/`: the treasurer enters a transfer that arrived in the bank."""
    seen = _keeper(request)
    found = standing_of(token, seen.at)
    form = ConfirmForm(request.POST or None, initial={"amount": found.rest_micro, "received_on": seen.today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            paying.confirm(
                invoice=found.invoice,
                amount_micro=given["amount"],
                received_on=given["received_on"],
                evidence=given["evidence"],
                by=user_of(request),
                at=seen.at,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The payment is credited."))
            return redirect("consulting:invoice", token)
    context = {"found": found, "form": form, "void_form": VoidForm(auto_id="void_%s"), "now": seen.at}
    return render(request, "consulting/confirm_payment.html", context, status=_status(form.is_bound))


@login_required
@require_POST
def void(request: HttpRequest, token: str) -> HttpResponse:
    """`/invoices/<token>/void/`: the treasurer withdraws an invoice of which nothing is paid."""
    seen = _keeper(request)
    found = standing_of(token, seen.at)
    form = VoidForm(request.POST, auto_id="void_%s")
    if form.is_valid():
        try:
            issuing.void(invoice=found.invoice, reason=form.cleaned_data["reason"], by=user_of(request), at=seen.at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The invoice is void."))
            return redirect("consulting:invoice", token)
    blank = ConfirmForm(initial={"amount": found.rest_micro, "received_on": seen.today})
    context = {"found": found, "form": blank, "void_form": form, "has_errors": True, "now": seen.at}
    return render(request, "consulting/confirm_payment.html", context, status=_status(True))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, reference: str) -> HttpResponse:
    """`/engagements/<reference>/invoice/`: the treasurer asks the client of an engagement for money."""
    seen = _keeper(request)
    engagement = reading.engagement_named(reference)
    if engagement is None:
        raise Http404
    sent = list(reading.of_engagement(engagement))
    zone = seen.timeline.terms_on(seen.today).time_zone
    due = (seen.at + timedelta(days=DUE_DAYS)).astimezone(zone)
    form = IssueForm(request.POST or None, initial=IssueForm.typed(engagement, sent, due, get_language() or "en"))
    if request.method == "POST" and form.is_valid():
        try:
            made = issuing.issue(
                engagement=engagement,
                lines=[form.line],
                # The whole day in the group's zone.
                due_at=datetime.combine(form.cleaned_data["due_on"] + timedelta(days=1), time(), zone),
                language=form.cleaned_data["language"],
                by=user_of(request),
                at=seen.at,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Invoice %(number)s is issued.") % {"number": made.number})
            return redirect("consulting:invoice", made.token)
    context = {
        "engagement": engagement,
        "form": form,
        "rows": reading.standings(sent, seen.at),
        "share": seen.timeline.terms_on(seen.today).consulting_individual_share,
        "now": seen.at,
    }
    return render(request, "consulting/issue_invoice.html", context, status=_status(form.is_bound))


@login_required
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """`/invoices/`: every invoice for the treasurer and the leader, a client's own for a client."""
    seen = visit(request)
    rows = reading.invoices_for(user_of(request), seen.today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [billing_rows.listed(row) for row in reading.standings(list(page), seen.at)],
        "keeps": seen.keeps,
        "now": seen.at,
    }
    return render(request, "consulting/invoices.html", context)


def _keeper(request: HttpRequest) -> Visit:
    seen = visit(request)
    if not seen.keeps:
        raise TreasurerConfirms
    return seen


def _state(found: Standing, seen: Visit) -> dict[str, Any]:
    """What the page says about how far it is."""
    return {
        "found": found,
        "invoice": found.invoice,
        "booking": getattr(found.invoice, "booking", None),
        "badge": billing_rows.badge(found.state),
        "items": billing_rows.steps(found, lines(reading.payments_for(found.invoice), chains.configured())),
        "open": found.rest_micro > 0,
        "now": seen.at,
    }


def _parts(sent: Invoice, timeline: Timeline) -> pricing.Breakdown:
    """Who gets what of it by the charter of the day on which it was sent."""
    terms = timeline.terms_on(timeline.day_of(sent.issued_at))
    return pricing.of_price(sent.total_micro, terms.consulting_individual_share)


def _status(refused: bool) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
