"""`/settings/calendar/`: the address of one's own feed; and the feed, for programs that have no session."""

import hashlib
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import user_of
from consulting.rules.calendars import MEDIA_TYPE
from consulting.selectors import feeds as reading
from consulting.services import keys

AGE = timedelta(minutes=15)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Shows the address; POST makes a new one, with `stop` it ends the feed."""
    user = user_of(request)
    if request.method == "POST":
        act = keys.stop if "stop" in request.POST else keys.renew
        act(user=user, at=timezone.now())
        return redirect("consulting:calendar")
    key = reading.key_of(user)
    context = {"key": key, "address": reading.address_of(key) if key else "", "now": timezone.now()}
    return render(request, "consulting/calendar.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's bookings, for whoever has the address; 404 for every other one."""
    owner = reading.owner_of(token)
    if owner is None:
        raise Http404
    content = reading.feed(owner, timezone.now())
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'inline; filename="sessions.ics"'
    response["Cache-Control"] = f"private, max-age={int(AGE.total_seconds())}"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
