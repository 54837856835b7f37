"""Wallets: whoever holds the key proves it once, in time, for the purpose that was named."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from eth_account import Account
from eth_account.messages import encode_defunct

from accounts.models import Challenge, User, Wallet
from accounts.refusals import (
    AddressUnreadable,
    ChallengeOver,
    SignatureForeign,
    SignatureUnreadable,
    WalletTaken,
)
from accounts.rules import signatures
from accounts.selectors import unproved_wallets
from accounts.services import wallets
from tests.cast import AT, PASSWORD, person
from tests.races import PATIENCE, together

KEY = Account.from_key("0x" + "11" * 32)
OTHER = Account.from_key("0x" + "22" * 32)


def signed(message: str, key: Any = KEY) -> str:
    """What `personal_sign` gives for a text."""
    return "0x" + bytes(key.sign_message(encode_defunct(text=message)).signature).hex()


def asked(user: User, key: Any = KEY, **more: Any) -> Challenge:
    return wallets.challenge(address=key.address, purpose=wallets.own(user), user=user, at=AT, **more)


def proved(user: User, key: Any = KEY) -> Wallet:
    challenge = asked(user, key)
    return wallets.prove(user=user, nonce=challenge.nonce, signature=signed(challenge.message, key), at=AT)


@pytest.fixture(autouse=True)
def _fresh_limits(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames:
        cache.clear()


@pytest.mark.django_db
def test_a_proved_address_is_the_users(settings: Any) -> None:
    settings.BASE_URL = "https://group.example/"
    user = person("lin@cast.example")
    wallet = proved(user)
    assert (wallet.user, wallet.address) == (user, KEY.address.lower())
    text = wallet.proof.message
    assert text.startswith(f"group.example asks you to prove that this address is yours:\n{KEY.address}\n")
    assert "For: the account of lin@cast.example." in text
    assert text.isascii()
    assert list(unproved_wallets()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("key", [OTHER])
def test_another_key_proves_nothing_and_leaves_the_message_open(key: Any) -> None:
    user = person("lin@cast.example")
    challenge = asked(user)
    with pytest.raises(SignatureForeign):
        wallets.prove(user=user, nonce=challenge.nonce, signature=signed(challenge.message, key), at=AT)
    wallets.prove(user=user, nonce=challenge.nonce, signature=signed(challenge.message), at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("localhost:8000", "evil.example"),
        lambda text: text.replace("lin@", "bo@"),
        lambda text: text.replace("Nonce: ", "Nonce: 0"),
        lambda text: text + " ",
    ],
)
def test_another_text_proves_nothing(change: Callable[[str], str]) -> None:
    user = person("lin@cast.example")
    challenge = asked(user)
    assert change(challenge.message) != challenge.message
    with pytest.raises(SignatureForeign):
        wallets.prove(user=user, nonce=challenge.nonce, signature=signed(change(challenge.message)), at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "signature",
    [
        *("", "0x", "hello", "0x" + "00" * 65, "0x" + "ff" * 65, "0x" + "11" * 64 + "05", "0x" + "11" * 64, "11" * 65),
        *("0x" + "11" * 66, "0x" + "g1" * 65, "0x" + "１１" * 65),
    ],
)
def test_what_is_no_signature_is_refused_by_name(signature: str) -> None:
    with pytest.raises(SignatureUnreadable):
        signatures.signer("text", signature)


@pytest.mark.django_db
def test_a_message_is_the_users_and_the_purposes_own() -> None:
    lin, bo = person("lin@cast.example"), person("bo@cast.example")
    challenge = asked(lin)
    given: dict[str, Any] = {"nonce": challenge.nonce, "signature": signed(challenge.message)}
    with pytest.raises(ChallengeOver):
        wallets.prove(user=bo, at=AT, **given)
    with pytest.raises(ChallengeOver):
        wallets.redeem(purpose="paying invoice 2026-0001", user=lin, **given)
    with pytest.raises(ChallengeOver):
        wallets.redeem(purpose=wallets.own(lin), **given)
    wallets.prove(user=lin, at=AT, **given)


@pytest.mark.django_db
def test_five_minutes_and_once() -> None:
    user = person("lin@cast.example")
    challenge = asked(user, clock=lambda: AT)
    given: dict[str, Any] = {"user": user, "nonce": challenge.nonce, "signature": signed(challenge.message), "at": AT}
    with pytest.raises(ChallengeOver):
        wallets.prove(clock=lambda: AT + timedelta(minutes=5), **given)
    with pytest.raises(ChallengeOver):
        wallets.prove(clock=lambda: AT - timedelta(seconds=1), **given)
    wallets.prove(clock=lambda: AT + timedelta(minutes=5, microseconds=-1), **given)
    with pytest.raises(ChallengeOver):
        wallets.prove(clock=lambda: AT + timedelta(minutes=1), **given)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["", "lin.eth", "0x12", KEY.address[:-1] + "g", KEY.address.swapcase().replace("0X", "0x")]
)
def test_no_message_for_what_is_no_address(address: str) -> None:
    user = person("lin@cast.example")
    with pytest.raises(AddressUnreadable):
        wallets.challenge(address=address, purpose=wallets.own(user), user=user, at=AT)


@pytest.mark.django_db
def test_one_address_one_person_until_it_is_removed() -> None:
    lin, bo = person("lin@cast.example"), person("bo@cast.example")
    first = proved(lin)
    assert proved(lin) == first
    with pytest.raises(WalletTaken):
        proved(bo)
    wallets.remove(wallet=first, by=bo, at=AT)
    with pytest.raises(WalletTaken):
        proved(bo)
    wallets.remove(wallet=first, by=lin, at=AT)
    assert proved(bo).user == bo


@pytest.mark.django_db
def test_old_messages_that_nobody_signed_go() -> None:
    user = person("lin@cast.example")
    asked(user, clock=lambda: AT)
    used = proved(user).proof
    asked(user, clock=lambda: AT + timedelta(days=3))
    assert Challenge.objects.count() == 2
    assert Challenge.objects.filter(pk=used.pk).exists()


@pytest.mark.django_db
def test_verify_recomputes_the_proof() -> None:
    wallet = proved(person("lin@cast.example"))
    Wallet.objects.filter(pk=wallet.pk).update(address=OTHER.address.lower())
    assert list(unproved_wallets()) == [f"wallet/{wallet.pk}: its proof does not hold"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "0x" + "AB" * 20},
        {"expires_at": AT + timedelta(minutes=5, seconds=1)},
        {"expires_at": AT},
        {"used_at": AT + timedelta(minutes=1)},
        {"signature": "0x12"},
        {"used_at": AT + timedelta(minutes=5), "signature": "0x12"},
        {"used_at": AT - timedelta(minutes=1), "signature": "0x12"},
    ],
)
def test_the_database_refuses_unsound_challenges(wrong: dict[str, Any]) -> None:
    values = {"address": "0x" + "ab" * 20, "issued_at": AT, "expires_at": AT + timedelta(minutes=5)}
    Challenge.objects.create(nonce="1", purpose="p", message="m", **values)
    with pytest.raises(IntegrityError, match="challenge_"), transaction.atomic():
        Challenge.objects.create(nonce="2", purpose="p", message="m", **values | wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"address": "0xAB"}, "wallet_address"), ({"removed_at": AT - timedelta(days=1)}, "wallet_order"), ({}, "once")],
)
def test_the_database_refuses_unsound_wallets(wrong: dict[str, Any], name: str) -> None:
    first = proved(person("lin@cast.example"))
    proof = asked(person("bo@cast.example"), OTHER)
    values = {"user": proof.user, "address": first.address, "proof": proof, "proven_at": AT}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Wallet.objects.create(**values | wrong)


def redeemed_at_once(user: User, challenge: Challenge, tries: int, hands: int) -> Counter[str]:
    """What came of so many equal redemptions on so many connections."""
    signature = signed(challenge.message)

    def redeem() -> None:
        wallets.redeem(nonce=challenge.nonce, signature=signature, purpose=wallets.own(user), user=user)

    return together([redeem] * tries, connections=hands).ends


@pytest.mark.committed
def test_of_fifty_redemptions_one_counts(committed_db: str) -> None:
    user = person("lin@cast.example")
    assert redeemed_at_once(user, asked(user), 50, 10) == {"done": 1, "challenge-over": 49}


@pytest.mark.committed
def test_without_the_one_statement_a_message_is_used_again(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Barrier(5)

    def look_then_write(found: Challenge, signature: str, now: Any) -> bool:
        free = Challenge.objects.filter(pk=found.pk, used_at=None).exists()
        looked.wait(PATIENCE)
        Challenge.objects.filter(pk=found.pk).update(used_at=now, signature=signature)
        return free

    monkeypatch.setattr(wallets, "_used", look_then_write)
    user = person("lin@cast.example")
    assert redeemed_at_once(user, asked(user), 5, 5) == {"done": 5}


def signed_in(client: Client, email: str = "lin@cast.example") -> User:
    """Signed in, and the password given once more just now."""
    user = person(email)
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return user


@pytest.mark.django_db
def test_the_page_proves_an_address_without_any_script(client: Client) -> None:
    user = signed_in(client)
    form_page = client.post("/settings/wallets/", {"address": KEY.address}, follow=True)
    challenge = Challenge.objects.get()
    assert form_page.status_code == 200
    assert challenge.message in form_page.content.decode()
    key_before = client.session.session_key
    there = f"/settings/wallets/{challenge.nonce}/"
    assert client.get(there).status_code == 200
    done = client.post(there, {"signature": signed(challenge.message)})
    assert (done.status_code, done["Location"]) == (302, "/settings/wallets/")
    assert client.session.session_key != key_before
    wallet = Wallet.objects.get(user=user)
    assert KEY.address in client.get("/settings/wallets/").content.decode()
    client.post(f"/settings/wallets/{wallet.pk}/remove/")
    assert KEY.address not in client.get("/settings/wallets/").content.decode()


@pytest.mark.django_db
def test_an_old_session_is_asked_for_the_password_first(client: Client) -> None:
    client.force_login(person("lin@cast.example"))
    answer = client.post("/settings/wallets/", {"address": KEY.address})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert Challenge.objects.count() == 0
    resumed = client.post(answer["Location"], {"password": PASSWORD}, follow=True)
    assert resumed.request["PATH_INFO"] == f"/settings/wallets/{Challenge.objects.get().nonce}/"


@pytest.mark.django_db
def test_the_pages_of_another_do_not_exist(client: Client) -> None:
    lin = person("lin@cast.example")
    challenge, wallet = asked(lin), proved(lin, OTHER)
    signed_in(client, "bo@cast.example")
    assert client.get(f"/settings/wallets/{challenge.nonce}/").status_code == 404
    assert client.post(f"/settings/wallets/{challenge.nonce}/", {"signature": "0x"}).status_code == 404
    assert client.post(f"/settings/wallets/{wallet.pk}/remove/").status_code == 404
    wallet.refresh_from_db()
    assert wallet.removed_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "status"), [("", 422), ("hello", 422), (signed("other"), 422)])
def test_a_refused_signature_stays_beside_its_field(client: Client, field: str, status: int) -> None:
    challenge = asked(signed_in(client))
    answer = client.post(f"/settings/wallets/{challenge.nonce}/", {"signature": field})
    page = answer.content.decode()
    assert (answer.status_code, page.count('aria-invalid="true"')) == (status, 1)
    assert f'value="{field}"' in page or not field


@pytest.mark.django_db
def test_messages_are_limited_by_address_that_connects(client: Client) -> None:
    signed_in(client)
    seen = [client.post("/settings/wallets/", {"address": KEY.address}).status_code for _ in range(32)]
    assert seen == [302] * 30 + [429] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 9])
def test_the_list_asks_a_constant_number_of_times(client: Client, django_assert_num_queries: Any, count: int) -> None:
    user = person("lin@cast.example")
    for number in range(count):
        proved(user, Account.from_key(f"0x{number + 1:064x}"))
    client.force_login(user)
    client.get("/settings/wallets/")
    with django_assert_num_queries(9):
        assert client.get("/settings/wallets/").content.decode().count("wallets/") >= count
