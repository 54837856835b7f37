"""What caches may keep, and what becomes of a refusal that no view caught."""

from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import gettext_lazy as _

from expertgroup.middleware import NoStoreMiddleware, RefusalMiddleware
from journal.refusals import Conflict, NotAllowed, Refusal

View = Callable[[HttpRequest], HttpResponse]


def answer(view: View, *, user: str | None = None) -> HttpResponse:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    if user:
        request.session[SESSION_KEY] = user
    request.session.accessed = False
    return NoStoreMiddleware(view)(request)


def looks_at_the_session(request: HttpRequest) -> HttpResponse:
    request.session.get("anything")
    return HttpResponse("page")


def looks_at_nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


@pytest.mark.parametrize(
    ("view", "user", "kept"),
    [
        (looks_at_the_session, "17", False),
        (looks_at_the_session, None, True),
        # Nobody's name can be in it.
        (looks_at_nothing, "17", True),
    ],
)
def test_only_what_names_nobody_may_be_kept(view: View, user: str | None, kept: bool) -> None:
    assert ("no-store" not in answer(view, user=user).headers.get("Cache-Control", "")) is kept


@pytest.mark.django_db
@pytest.mark.parametrize(("refusal", "status"), [(NotAllowed, 403), (Conflict, 409), (Refusal, 422)])
def test_a_refusal_becomes_a_page_with_its_words(rf: RequestFactory, refusal: type[Refusal], status: int) -> None:
    request = rf.get("/")
    request.session = SessionStore()
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    words = refusal(_("Only the group leader approves claims."), clause="join.2.4")
    response = RefusalMiddleware(looks_at_nothing).process_exception(request, words)
    assert response is not None
    assert response.status_code == status
    assert "Only the group leader approves claims." in response.content.decode()


def test_what_is_no_refusal_goes_on(rf: RequestFactory) -> None:
    assert RefusalMiddleware(looks_at_nothing).process_exception(rf.get("/"), ValueError("broken")) is None


def test_what_a_token_reads_is_not_kept_either() -> None:
    request = RequestFactory().get("/", headers={"Authorization": "Bearer teg_x"})
    request.session = SessionStore()
    response = NoStoreMiddleware(looks_at_nothing)(request)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address", ["/api/v1/engagements/%00/", "/api/v1/engagements/?page=%00", "/api/v1/?a=1&b=x%00"]
)
def test_an_address_of_the_api_with_a_nul_is_refused(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_other_signs_in_an_address_are_taken(client: Client, db: None) -> None:
    assert client.get("/api/v1/?x=%2500&y=%01%ff").status_code == 200
