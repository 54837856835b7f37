"""Signing in: redirects stay here, links are ours, answers tell nothing, tries are counted, sessions are new."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from accounts.models import User
from accounts.services import people
from journal.models import Outbox
from journal.services import outbox
from tests.accounts.vectors import OUTSIDE
from tests.cast import AT, PASSWORD, person

pytestmark = pytest.mark.django_db
BASE = "https://group.example"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def lin() -> User:
    return person("lin@cast.example", "Lin Wei")


def sign_in(client: Client, email: str = "lin@cast.example", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password} | more.pop("typed", {}), **more)


def stays_here(address: str) -> bool:
    """Whether a browser that is told to go there remains on this site."""
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc and bool(re.match(r"/(?![/\\])", address))


@pytest.mark.parametrize("url", OUTSIDE)
def test_sign_in_never_leads_away(lin: User, client: Client, url: str) -> None:
    assert stays_here(sign_in(client, typed={"next": url}).headers["Location"])
    assert stays_here(client.get("/accounts/login/", {"next": url}).headers["Location"])


def test_no_vector_leads_away_from_any_other_door(lin: User, client: Client) -> None:
    for url in OUTSIDE:
        assert stays_here(client.post("/language/", {"language": "en", "next": url}).headers["Location"])
        client.force_login(lin)
        assert stays_here(client.post("/accounts/logout/", {"next": url}).headers["Location"])
        cache.clear()


def test_a_path_of_this_site_is_followed(lin: User, client: Client) -> None:
    assert sign_in(client, typed={"next": "/charter/?on=2026-01-01"}).headers["Location"] == "/charter/?on=2026-01-01"


def test_a_host_that_the_request_names_is_not_trusted(lin: User, client: Client) -> None:
    with override_settings(ALLOWED_HOSTS=["*"]):
        answer = sign_in(client, typed={"next": "http://evil.example/"}, headers={"host": "evil.example"})
    assert answer.headers["Location"] == "/"


@override_settings(ALLOWED_HOSTS=["*"], BASE_URL=BASE, USE_X_FORWARDED_HOST=True)
@pytest.mark.parametrize(
    ("path", "email"),
    [
        ("/accounts/password/reset/", "lin@cast.example"),
        ("/accounts/password/reset/", "unknown@cast.example"),
        ("/accounts/signup/", "new@cast.example"),
        ("/accounts/signup/", "lin@cast.example"),
    ],
)
def test_no_header_gets_into_a_mail(lin: User, client: Client, path: str, email: str) -> None:
    typed = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    poisoned = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    assert client.post(path, typed, headers=poisoned).status_code == 302
    promised = Outbox.objects.get(kind="mail").payload
    assert promised["to"] == email
    assert "evil.example" not in str(promised)
    assert all(link.startswith(BASE + "/") for link in re.findall(r"https?://\S+", promised["text"]))
    assert f"{BASE}/accounts/" in promised["text"]


def test_mail_waits_in_the_outbox_and_leaves_once(lin: User, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": lin.email})
    assert mail.outbox == []
    outbox.deliver()
    outbox.deliver()
    assert [message.to for message in mail.outbox] == [[lin.email]]
    assert mail.outbox[0].extra_headers["Message-ID"].startswith("<mail.")


def test_the_first_sign_in_of_a_user_without_password_is_a_mailed_link(client: Client) -> None:
    user = people.user_for_email("noor@cast.example", name="Noor", at=AT)
    assert sign_in(client, user.email, "").status_code == 422
    client.post("/accounts/password/reset/", {"email": user.email})
    text = Outbox.objects.get(kind="mail").payload["text"]
    link = urlsplit(re.findall(r"https?://\S+", text)[0]).path
    form = client.get(link)
    landed = form.headers["Location"]
    assert client.get(landed).status_code == 200
    answer = client.post(landed, {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert client.get("/settings/").status_code == 200
    assert EmailAddress.objects.get(user=user).verified
    assert "used" in client.get(link).content.decode()
    assert sign_in(Client(), user.email).status_code == 302


def test_no_link_leads_into_the_account_of_who_merely_added_the_address(lin: User, client: Client) -> None:
    EmailAddress.objects.create(user=lin, email="victim@cast.example", verified=False)
    assert client.post("/accounts/password/reset/", {"email": "victim@cast.example"}).status_code == 302
    promised = Outbox.objects.get(kind="mail").payload
    assert "/password/reset/key/" not in promised["text"]
    EmailAddress.objects.filter(email="victim@cast.example").update(verified=True)
    client.post("/accounts/password/reset/", {"email": "victim@cast.example"})
    last = Outbox.objects.order_by("pk").last()
    assert last is not None
    assert "/password/reset/key/" in last.payload["text"]


def test_an_account_opens_only_after_its_address_is_confirmed(client: Client) -> None:
    typed = {"email": "new@cast.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", typed)
    assert client.get("/settings/").status_code == 302
    assert sign_in(client, "new@cast.example").headers["Location"] == "/accounts/confirm-email/"
    link = urlsplit(re.findall(r"https?://\S+", Outbox.objects.filter(kind="mail").first().payload["text"])[0]).path  # type: ignore[union-attr]
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get(email="new@cast.example").verified
    client.post(link)
    assert EmailAddress.objects.get(email="new@cast.example").verified
    assert sign_in(Client(), "new@cast.example").headers["Location"] == "/"


DOORS = [
    ("/accounts/login/", {"password": "wrong password 1"}, "login"),
    ("/accounts/password/reset/", {}, "email"),
    ("/accounts/signup/", {"password1": PASSWORD, "password2": PASSWORD}, "email"),
]


@pytest.mark.parametrize(("path", "typed", "field"), DOORS)
def test_known_and_unknown_addresses_get_the_same_answer(
    lin: User, path: str, typed: dict[str, str], field: str
) -> None:
    answers = []
    for email in ("lin@cast.example", "bob@cast.example"):
        browser = Client()
        answer = browser.post(path, typed | {field: email})
        after = browser.get(answer.headers["Location"]).content if answer.status_code == 302 else answer.content
        page = re.sub(rb'value="[A-Za-z0-9]{64}"', b"", after).replace(email.encode(), b"")
        answers.append((answer.status_code, answer.headers.get("Location"), page))
    assert answers[0] == answers[1]
    assert answers[0][0] in (302, 422)


@pytest.mark.parametrize("email", ["lin@cast.example", "bob@cast.example", "none@cast.example"])
def test_known_and_unknown_addresses_cost_one_hash(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    person("lin@cast.example")
    people.user_for_email("none@cast.example", at=AT)
    # Hashing is what takes time; on a busy machine it is counted more surely than measured.
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    assert sign_in(Client(), email, "wrong password 1").status_code == 422
    assert len(hashed) == 1


def test_the_sixth_wrong_password_for_an_address_is_not_looked_at(lin: User) -> None:
    for number in range(5):
        assert sign_in(Client(), password="wrong", REMOTE_ADDR=f"10.0.0.{number}").status_code == 422
    answer = sign_in(Client(), REMOTE_ADDR="10.0.0.99")
    assert answer.status_code == 422
    assert "Too many" in answer.content.decode()


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip"])
def test_a_forged_header_does_not_begin_the_count_again(lin: User, header: str) -> None:
    seen = [
        sign_in(Client(), f"p{number}@cast.example", "wrong", headers={header: f"10.1.{number}.1"})
        for number in range(12)
    ]
    assert ["Too many" in answer.content.decode() for answer in seen] == [False] * 10 + [True] * 2


def test_a_changing_host_does_not_begin_the_count_again(lin: User) -> None:
    with override_settings(ALLOWED_HOSTS=["*"]):
        for number in range(5):
            sign_in(Client(), password="wrong", REMOTE_ADDR=f"10.0.0.{number}", headers={"host": f"h{number}.example"})
        answer = sign_in(Client(), REMOTE_ADDR="10.0.0.99", headers={"host": "h9.example"})
    assert "Too many" in answer.content.decode()


def test_asking_for_links_is_limited(lin: User) -> None:
    seen = [Client().post("/accounts/password/reset/", {"email": lin.email}).status_code for _ in range(7)]
    assert seen == [302] * 5 + [429] * 2


def test_the_session_is_new_after_signing_in(lin: User, client: Client) -> None:
    planted = client.session
    planted["by"] = "mallory"
    planted.save()
    client.cookies["sessionid"] = str(planted.session_key)
    sign_in(client)
    assert client.cookies["sessionid"].value != planted.session_key
    stolen = Client()
    stolen.cookies["sessionid"] = str(planted.session_key)
    assert stolen.get("/settings/").status_code == 302


def test_a_new_password_ends_the_other_sessions(lin: User, client: Client) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    typed = {"oldpassword": PASSWORD, "password1": "another long phrase", "password2": "another long phrase"}
    client.post("/accounts/password/change/", typed)
    assert client.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302


def test_a_closed_account_stays_out(lin: User, client: Client) -> None:
    sign_in(client)
    User.objects.filter(pk=lin.pk).update(is_active=False)
    assert client.get("/settings/").status_code == 302
    assert sign_in(Client()).headers.get("Location") == "/accounts/inactive/"


def test_the_sign_in_pages_have_no_placeholders_and_refuse_with_422(lin: User, client: Client) -> None:
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        assert "placeholder" not in client.get(path).content.decode()
        answer = client.post(path, {})
        assert answer.status_code == 422
        assert "<title>Error:" in answer.content.decode()


def test_the_language_goes_with_the_browser_and_with_the_person(lin: User, client: Client) -> None:
    client.post("/language/", {"language": "zh-hans", "next": "/charter/"})
    assert 'lang="zh-Hans"' in client.get("/accounts/login/").content.decode()
    sign_in(client)
    client.post("/language/", {"language": "zh-hans"})
    fresh = Client()
    fresh.force_login(User.objects.get(pk=lin.pk))
    assert '<html lang="zh-Hans"' in fresh.get("/settings/").content.decode()
    assert client.post("/language/", {"language": "tlh", "next": "/"}).status_code == 302
    assert User.objects.get(pk=lin.pk).language == "zh-hans"


def test_settings_change_only_what_the_form_has(lin: User, client: Client) -> None:
    client.force_login(lin)
    typed = {"name": "Lin", "language": "zh-hans", "theme": "dark"}
    escalated = {"is_staff": "1", "is_superuser": "1", "email": "x@evil.example", "password": "x"}
    client.post("/settings/", typed | escalated)
    after = User.objects.get(pk=lin.pk)
    assert (after.name, after.language, after.theme) == ("Lin", "zh-hans", "dark")
    assert (after.is_staff, after.is_superuser, after.email, after.password) == (False, False, lin.email, lin.password)
    assert 'data-theme="dark"' in client.get("/settings/").content.decode()
    wrong = client.post("/settings/", {"name": "Lin", "theme": "neon"})
    assert wrong.status_code == 422


def test_signing_up_with_the_address_of_a_record_changes_nothing_but_sends_the_way_in(client: Client) -> None:
    user = people.user_for_email("noor@cast.example", name="Noor", at=AT)
    typed = {"email": "Noor@Cast.example", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", typed).headers["Location"] == "/accounts/confirm-email/"
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert User.objects.filter(email="noor@cast.example").count() == 1
    assert "/accounts/password/reset/" in Outbox.objects.get(kind="mail").payload["text"]


def test_signing_up_twice_before_confirming_does_not_change_the_first_password(client: Client) -> None:
    typed = {"email": "new@cast.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", typed)
    other = typed | {"password1": "mallory's long phrase", "password2": "mallory's long phrase"}
    assert Client().post("/accounts/signup/", other).status_code == 302
    assert User.objects.get(email="new@cast.example").check_password(PASSWORD)
