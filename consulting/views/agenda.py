"""`/bookings/`: what was booked of an expert and what they answer; and what somebody booked themselves."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import user_of
from consulting.models import Booking
from consulting.rules import bookings as rules
from consulting.rules import offering
from consulting.selectors import bookings as reading
from consulting.services import bookings
from consulting.views import booking_rows, drawing
from journal.clock import database_clock
from members.selectors import people

PAGE = 30


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The bookings of whoever asks, the latest time first."""
    user, at = user_of(request), database_clock()
    member = people.member_of(user)
    page = Paginator(reading.of_either(user, member), PAGE).get_page(request.GET.get("page"))
    own_zone = reading.zone_of(member) if member else None
    rows = [_row(row, member is not None and row.member_id == member.pk, own_zone, at) for row in page]
    return render(request, "consulting/bookings.html", {"page": page, "rows": rows, "now": at, "member": member})


def _row(booking: Booking, given: bool, own_zone: str | None, at: Any) -> dict[str, Any]:
    """One booking; `given` by the reader as the expert."""
    zone = offering.zone(own_zone if given and own_zone else booking.time_zone)
    state = rules.state(booking, at)
    standing = booking.released_at is None and rules.begins_at(booking) > at
    return {
        "booking": booking,
        "given": given,
        "time": booking_rows.time_of(booking, zone),
        "badge": booking_rows.badge(state),
        "answers": given and standing and state == "paid",
        "answer_until": drawing.moment(rules.confirm_until(booking), zone, at, "near"),
        "cancels": given and standing and state == "confirmed",
        "page": "" if given else reverse("consulting:booking", args=[reading.token_of(booking)]),
    }


@login_required
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """The expert confirms, declines or cancels."""
    user = user_of(request)
    member = people.member_of(user)
    booking = reading.of_expert(member).filter(reference=reference).first() if member else None
    if booking is None:
        raise Http404
    acts = {"confirm": bookings.confirm, "decline": bookings.decline, "cancel": bookings.cancel}
    said = {"confirm": _("Confirmed."), "decline": _("Declined."), "cancel": _("Cancelled.")}
    act = request.POST.get("do", "")
    if act not in acts:
        raise Http404
    acts[act](booking=booking, by=user)
    messages.success(request, said[act])
    return redirect("consulting:bookings")
