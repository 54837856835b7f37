"""The first page: what waits for a person; for visitors, what the group is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from expertgroup.selectors.agenda import agenda
from expertgroup.selectors.front import front
from expertgroup.selectors.pulse import pulse


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """`/`: the agenda of who is signed in, with the group's pulse beside it; else the public front."""
    at = timezone.now()
    if not request.user.is_authenticated:
        return render(request, "today/front.html", {"front": front(at), "now": at})
    context = {"agenda": agenda(user_of(request), at), "pulse": pulse(at), "now": at}
    return render(request, "today/today.html", context)
