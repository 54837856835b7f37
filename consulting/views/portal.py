"""`/client/`: everything that somebody has with the group as a client."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from consulting.selectors import portal
from consulting.selectors.bookings import page_of
from consulting.views import billing_rows, quote_rows
from journal.clock import database_clock


@login_required
@require_safe
def client(request: HttpRequest) -> HttpResponse:
    """Bookings, engagements, invoices, payments, quotes and credit of whoever asks."""
    at = database_clock()
    found = portal.of(user_of(request), at)
    context = {
        "found": found,
        "bookings": [(row, page_of(row)) for row in found.bookings],
        "engagements": [(row, _room(row.reference)) for row in found.engagements],
        "invoices": [billing_rows.listed(row) for row in found.invoices],
        "payments": [(row, billing_rows.paid(row)) for row in found.payments],
        "quotes": [(row, quote_rows.badge(row, at)) for row in found.quotes],
        "now": at,
    }
    return render(request, "consulting/client.html", context)


def _room(reference: str) -> str:
    """The engagement's page."""
    try:
        return reverse("consulting:engagement", args=[reference])
    except NoReverseMatch:
        return ""
