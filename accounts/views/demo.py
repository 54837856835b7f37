"""One-click sign-in as the demo's cast; nothing of it exists unless DEMO is on, which only the demo can be."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import active_user, demo_cast

# The roles that the demo builder writes, in words.
ROLES = {
    "leader": _("Leader"),
    "deputy": _("Member, deputy for claims"),
    "member": _("Member"),
    "candidate": _("Applicant, before the members’ vote"),
    "applicant": _("Applicant, in interview"),
    "client": _("Client"),
    "treasurer": _("Treasurer"),
}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def invitation() -> dict[str, Any]:
    """What the sign-in page shows of the cast."""
    players = demo_cast()
    if not players:
        return {}
    return {
        "demo_people": [(player.key, player.name, ROLES.get(player.role, player.role)) for player in players],
        "demo_url": reverse("accounts:demo-sign-in"),
    }


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The cast with a button each; 404 outside of the demo."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demo.html", invitation())


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as one of the cast (`who`), and nobody else; 404 outside of the demo."""
    players = {player.key: player for player in demo_cast()}
    player = players.get(request.POST.get("who", ""))
    user = active_user(player.email) if player else None
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    url = request.POST.get(REDIRECT_FIELD_NAME, "")
    return redirect(url if get_adapter(request).is_safe_url(url) else settings.LOGIN_REDIRECT_URL)
