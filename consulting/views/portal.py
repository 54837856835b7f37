"""`/client/`: everything that somebody has with the group as a client."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from charter import selectors as charter
from consulting.rules import bookings
from consulting.selectors import portal
from consulting.selectors.bookings import page_of
from consulting.views import billing_rows, booking_rows, portal_rows, quote_rows
from journal.clock import database_clock


@login_required
@require_safe
def client(request: HttpRequest) -> HttpResponse:
    """What waits for whoever asks; their bookings, quotes, engagements, invoices, payments and credit."""
    at = database_clock()
    found = portal.of(user_of(request), at, charter.timeline())
    context = {
        "found": found,
        "waits": portal_rows.waits(found, at),
        "bookings": [(row, page_of(row), booking_rows.badge(bookings.state(row, at))) for row in found.bookings],
        "engagements": [
            (row, portal_rows.room(row), portal_rows.engagement_badge(row, found)) for row in found.engagements
        ],
        "invoices": [billing_rows.listed(row) for row in found.invoices],
        "payments": [(row, billing_rows.paid(row)) for row in found.payments],
        "quotes": [(row, quote_rows.badge(row, at)) for row in found.quotes],
        "now": at,
    }
    return render(request, "consulting/client.html", context)
