"""Keys to the API: shown once, scoped, bounded, revocable, one query."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken
from accounts.refusals import TokenTooLong, TokenUnnamed, TooManyTokens
from accounts.selectors import token_by_digest
from accounts.services import tokens
from tests.cast import AT, PASSWORD, Cast, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def issued(cast: Cast, scope: str = "read", days: int = 30) -> tuple[ApiToken, str]:
    return tokens.issue(user=cast.user("lin"), name="script", scope=scope, days=days, at=timezone.now())


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_only_the_digest_is_kept() -> None:
    user = person("lin@cast.example")
    token, secret = tokens.issue(user=user, name="script", scope="read", days=30, at=AT)
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) >= len("teg_") + 43
    stored = str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert secret not in stored
    assert token.start == secret[:8]


@pytest.mark.parametrize(
    ("name", "days", "refusal"),
    [("", 3, TokenUnnamed), ("  ", 3, TokenUnnamed), ("x", 0, TokenTooLong), ("x", 366, TokenTooLong)],
)
def test_bounds(name: str, days: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        tokens.issue(user=person("lin@cast.example"), name=name, scope="read", days=days, at=AT)


def test_no_more_than_twenty_live_tokens() -> None:
    user = person("lin@cast.example")
    made = [tokens.issue(user=user, name="t", scope="read", days=1, at=AT)[0] for _ in range(20)]
    with pytest.raises(TooManyTokens):
        tokens.issue(user=user, name="t", scope="read", days=1, at=AT)
    tokens.revoke(token=made[0], by=user, at=AT)
    tokens.issue(user=user, name="t", scope="read", days=1, at=AT)


def test_the_database_refuses_a_token_of_more_than_a_year() -> None:
    user = person("lin@cast.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.create(
            user=user, name="t", digest="a" * 64, start="teg_", expires_at=timezone.now() + timedelta(days=400)
        )


def test_expired_and_revoked_tokens_find_nobody() -> None:
    user = person("lin@cast.example")
    token, secret = tokens.issue(user=user, name="t", scope="read", days=1, at=AT)
    digest = tokens.digest(secret)
    assert token_by_digest(digest, AT) == token
    assert token_by_digest(digest, AT + timedelta(days=1)) is None
    tokens.revoke(token=token, by=person("bo@cast.example"), at=AT)
    assert token_by_digest(digest, AT) == token
    tokens.revoke(token=token, by=user, at=AT)
    assert token_by_digest(digest, AT) is None


def test_a_token_of_a_closed_account_opens_nothing(cast: Cast, client: Client) -> None:
    _token, secret = issued(cast)
    user = cast.user("lin")
    user.is_active = False
    user.save()
    assert client.get("/api/v1/me/", headers=bearer(secret)).status_code == 401


def test_read_scope_opens_no_method_that_changes(cast: Cast, client: Client) -> None:
    _token, secret = issued(cast)
    assert client.get("/api/v1/me/", headers=bearer(secret)).status_code == 200
    answer = client.post("/api/v1/applications/own/withdraw/", {}, "application/json", headers=bearer(secret))
    assert answer.status_code == 403
    assert answer.json()["code"] == "read-only-token"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer", "Bearer teg_wrong", "Bearer a b", "bearer " + "x" * 5000])
def test_a_wrong_token_is_401_with_the_scheme(client: Client, header: str) -> None:
    answer = client.get("/api/v1/me/", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


def test_guessing_tokens_ends_in_429_whatever_is_forwarded(client: Client) -> None:
    seen = [
        client.get(
            "/api/v1/me/", headers={"authorization": f"Bearer teg_{n}", "x-forwarded-for": f"10.0.{n}.1"}
        ).status_code
        for n in range(40)
    ]
    assert seen == [401] * 30 + [429] * 10


def test_one_query_for_the_token_and_one_note_an_hour(cast: Cast, client: Client) -> None:
    token, secret = issued(cast)
    client.get("/api/v1/", headers=bearer(secret))
    token.refresh_from_db()
    assert token.last_used_at is not None
    with CaptureQueriesContext(connection) as again:
        client.get("/api/v1/", headers=bearer(secret))
    assert [query["sql"] for query in again if "accounts_apitoken" in query["sql"]][1:] == []


def test_tokens_are_not_made_by_tokens(cast: Cast, client: Client) -> None:
    _token, secret = issued(cast, scope="write")
    assert client.post("/settings/tokens/", {"name": "x"}, headers=bearer(secret)).status_code == 302
    assert ApiToken.objects.count() == 1


def test_the_settings_page_shows_the_secret_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("lin"))
    shown = client.post("/settings/tokens/", {"name": "laptop", "scope": "read", "days": "90"})
    token = ApiToken.objects.get()
    assert shown.status_code == 200
    secret = re.findall(r'data-copy="(teg_[\w-]+)"', shown.content.decode())[0]
    assert tokens.digest(secret) == token.digest
    assert "laptop" in client.get("/settings/").content.decode()
    assert secret not in client.get("/settings/").content.decode()


def test_nobody_revokes_the_token_of_another(cast: Cast, client: Client) -> None:
    token, _secret = issued(cast)
    client.force_login(cast.user("bo"))
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    client.force_login(cast.user("lin"))
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize(
    ("field", "value"), [("days", "0"), ("days", "366"), ("days", "x"), ("name", ""), ("scope", "all")]
)
def test_a_refused_token_form_keeps_what_was_typed(cast: Cast, client: Client, field: str, value: str) -> None:
    client.force_login(cast.user("lin"))
    typed = {"name": "laptop", "scope": "write", "days": "30", field: value}
    answer = client.post("/settings/tokens/", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<title>Error:" in page
    assert page.count('aria-invalid="true"') == 1
    assert ApiToken.objects.count() == 0


def test_a_new_password_ends_every_token(cast: Cast, client: Client) -> None:
    _, secret = issued(cast)
    assert client.get("/api/v1/me/", headers=bearer(secret)).status_code == 200
    client.force_login(cast.user("lin"))
    words = {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"}
    assert client.post("/accounts/password/change/", words).status_code == 302
    client.logout()
    assert client.get("/api/v1/me/", headers=bearer(secret)).status_code == 401
