"""Addresses that the frame and the tags point to, so that they can be tested without the apps behind them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path


def page(request: HttpRequest, **_parts: Any) -> HttpResponse:
    """Any page: only the frame."""
    return render(request, "base.html")


def under(namespace: str, *names: str) -> Any:
    """`page` under each name of a namespace."""
    return include(
        ([path("" if not place else f"{name}/", page, name=name) for place, name in enumerate(names)], namespace)
    )


ACCOUNT = (
    "account_login account_logout account_signup account_reset_password account_email account_change_password"
    " account_set_password account_reauthenticate account_confirm_login_code account_request_login_code"
)
urlpatterns: list[URLPattern | URLResolver] = [
    path("", page, name="today"),
    path("proposals/", under("proposals", "list")),
    path("claims/", under("claims", "list")),
    path("treasury/", under("treasury", "overview", "ledger")),
    path("charter/", under("charter", "page")),
    path("apply/", under("members", "apply")),
    path("i18n/", page, name="set_language"),
    path("accounts/confirm/<key>/", page, name="account_confirm_email"),
    *(path(f"accounts/{name}/", page, name=name) for name in ACCOUNT.split()),
]
