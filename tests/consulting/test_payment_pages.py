"""Pages and API of payments: who sees what, what is asked of the database, and a provider's signed events."""

import json
import re
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Challenge
from consulting.models import ChainCursor, Invoice, PayerProof, Payment
from consulting.rules.events import genuine, signature
from consulting.services import unmatched
from expertgroup.selectors.agenda import agenda
from journal.clock import database_clock
from tests.accounts.test_wallets import proved as own_wallet
from tests.cast import AT, Cast, person
from tests.consulting.bills import bill, pay, stands
from tests.consulting.desk import MICRO, fixed, harbor
from tests.consulting.test_unmatched import ASKED, PAYER, SOURCE, arrived

pytestmark = pytest.mark.django_db
SECRET = "a secret of the provider"


@pytest.fixture(autouse=True)
def _chain(settings: Any) -> None:
    cache.clear()
    settings.CHAIN_ID, settings.CHAIN_RECEIVER = 10, SOURCE["to"]
    settings.CHAIN_TOKENS = [f"USDC:{SOURCE['token']}:6"]


@pytest.fixture
def invoice(cast: Cast) -> Invoice:
    return bill(cast, fixed(cast), ASKED)


@pytest.mark.parametrize("who", ["", "otto", "chen", "lin"])
def test_the_queue_is_the_treasurers(cast: Cast, client: Client, who: str) -> None:
    payment = arrived()
    if who:
        client.force_login(cast.user(who))
    for path in ("/payments/", f"/payments/{payment.pk}/"):
        assert client.get(path).status_code == (403 if who else 302)
    posts = {"/payments/addresses/": {"addresses": "0x" + "a1" * 20}, f"/payments/{payment.pk}/": {"decision": "back"}}
    assert [client.post(path, data).status_code for path, data in posts.items()] == [403 if who else 302] * 2


def test_the_treasurer_decides_on_the_page(cast: Cast, client: Client, invoice: Invoice) -> None:
    payment = arrived()
    client.force_login(cast.mira)
    assert "Nobody proved the address" in client.get("/payments/").content.decode()
    there = f"/payments/{payment.pk}/"
    assert PAYER.address in client.get(there).content.decode()
    done = client.post(there, {"decision": "invoice", "number": invoice.number, "evidence": "Mail of 20 Nov"})
    assert done["Location"] == "/payments/"
    assert stands(invoice)[0] == "paid"
    assert "Mail of 20 Nov" in client.get(there).content.decode()
    assert client.post(there, {"decision": "back", "evidence": "again"}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"evidence": "e"}, "decision"),
        ({"decision": "invoice", "evidence": "e"}, "number"),
        ({"decision": "invoice", "number": "2026-9999", "evidence": "e"}, "number"),
        ({"decision": "client", "evidence": "e"}, "client"),
        ({"decision": "client", "client": "client-99", "evidence": "e"}, "client"),
        ({"decision": "back"}, "evidence"),
    ],
)
def test_an_error_stands_beside_its_field(cast: Cast, client: Client, typed: dict[str, str], field: str) -> None:
    payment = arrived()
    client.force_login(cast.mira)
    answer = client.post(f"/payments/{payment.pk}/", typed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    payment.refresh_from_db()
    assert payment.resolved_at is None


def test_a_trouble_with_the_chain_is_said(cast: Cast, client: Client) -> None:
    ChainCursor.objects.create(chain_id=10, looked_at=AT, scanned_to=77, trouble="the nodes do not agree on transfers")
    client.force_login(cast.mira)
    page = client.get("/payments/").content.decode()
    assert "the nodes do not agree on transfers" in page
    assert "up to block 77" in page


def test_addresses_are_added_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.mira)
    assert client.post("/payments/addresses/", {"addresses": f"0x{'a1' * 20}\n0x{'a2' * 20}"}).status_code == 302
    refused = client.post("/payments/addresses/", {"addresses": "tan.eth"})
    assert refused.status_code == 422
    assert "tan.eth</textarea>" in refused.content.decode()


def more(cast: Cast, invoice: Invoice, first: int, last: int) -> None:
    """Payments of several kinds."""
    for number in range(first, last):
        arrived(tx_hash=f"0x{number + 100:064x}")
        arrived(tx_hash=f"0x{number + 500:064x}", final_at=None, invoice_hint=invoice)
        pay(cast, invoice, MICRO, f"BANK-{number}")


@pytest.mark.parametrize(("path", "own"), [("/payments/", 7), ("/api/v1/payments/?size=200", 3)])
def test_pages_ask_a_constant_number_of_times(
    cast: Cast, client: Client, invoice: Invoice, settings: Any, path: str, own: int
) -> None:
    # Limits count in the cache, which is a table here: not what this is about.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    client.force_login(cast.mira)
    asked, rows = [], 0
    for count in (1, 3, 12):
        more(cast, invoice, rows, rows := count)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        ours = [each for each in queries if re.search("consulting_(payment|chaincursor|deposit)", each["sql"])]
        asked.append((len(queries), len(ours)))
    assert asked == [(asked[0][0], own)] * 3


def test_whoever_has_the_link_proves_an_address_without_any_script(client: Client, invoice: Invoice) -> None:
    there = reverse("consulting:invoice-wallet", args=[invoice.token])
    assert there in client.get(f"/invoices/{invoice.token}/").content.decode()
    assert client.get(there).status_code == 200
    sign = client.post(there, {"address": PAYER.address})["Location"]
    message = Challenge.objects.get().message
    assert message in client.get(sign).content.decode()
    assert client.post(sign, {"signature": "0x12"}).status_code == 422
    done = client.post(sign, {"signature": PAYER.sign(message)})
    assert done["Location"] == f"/invoices/{invoice.token}/"
    assert PayerProof.objects.get().invoice == invoice
    assert PAYER.address in client.get(there).content.decode()
    assert client.post(sign, {"signature": PAYER.sign(message)}).status_code == 409


def test_a_message_belongs_to_its_invoice(cast: Cast, client: Client, invoice: Invoice) -> None:
    other = bill(cast, fixed(cast, "F-2"))
    sign = client.post(f"/invoices/{invoice.token}/wallet/", {"address": PAYER.address})["Location"]
    assert client.get(sign.replace(invoice.token, other.token)).status_code == 404
    assert client.get(sign.replace(invoice.token, "0" * 64)).status_code == 404
    assert client.post(f"/invoices/{invoice.token}/wallet/", {"address": "tan.eth"}).status_code == 422


def test_messages_for_invoices_are_limited_by_address_that_connects(client: Client, invoice: Invoice) -> None:
    there = f"/invoices/{invoice.token}/wallet/"
    seen = [client.post(there, {"address": PAYER.address}).status_code for _ in range(32)]
    assert seen == [302] * 30 + [429] * 2


def test_a_client_reads_their_own_payments_only(cast: Cast, client: Client, invoice: Invoice) -> None:
    owner = harbor()
    owner.user = person("tan@harbor.example")
    owner.save(update_fields=["user"])
    mine = pay(cast, invoice, MICRO)
    arrived()
    client.force_login(owner.user)
    (row,) = client.get("/api/v1/payments/").json()["results"]
    assert (row["id"], row["state"], row["amount"], row["client"]) == (mine.pk, "credited", "1.000000", owner.key)
    client.force_login(cast.user("chen"))
    assert client.get("/api/v1/payments/").json()["results"] == []
    assert client.get(f"/api/v1/payments/{mine.pk}/").status_code == 404
    client.logout()
    assert client.get("/api/v1/payments/").status_code == 401


def test_the_api_decides_as_the_page_does(cast: Cast, client: Client, invoice: Invoice) -> None:
    payment = arrived()
    there = f"/api/v1/payments/{payment.pk}/decide/"
    given = {"decision": "client", "client": invoice.client.key, "evidence": "Mail"}
    client.force_login(cast.user("lin"))
    refused = client.post(there, given, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "treasurer-confirms")
    client.force_login(cast.mira)
    assert client.get("/api/v1/payments/?waiting=1").json()["count"] == 1
    assert client.post(there, {"decision": "back"}, "application/json").status_code == 422
    assert client.post(there, given, "application/json").json()["state"] == "credited"
    assert client.post(there, given, "application/json").json()["code"] == "decided-already"
    assert client.get("/api/v1/payments/?waiting=1").json()["count"] == 0


def test_one_reads_ones_own_wallets(cast: Cast, client: Client) -> None:
    wallet = own_wallet(cast.user("lin"))
    client.force_login(cast.user("lin"))
    assert [row["address"] for row in client.get("/api/v1/wallets/").json()["results"]] == [wallet.address]
    client.force_login(cast.user("bo"))
    assert client.get("/api/v1/wallets/").json()["results"] == []


def event(sent: Invoice, **changes: Any) -> bytes:
    """A provider's event as it is sent."""
    values = {"id": "evt_00000001", "type": "payment.succeeded", "invoice": sent.number, "amount": "240.000000"}
    return json.dumps(values | changes).encode()


def send(client: Client, body: bytes, header: str | None = None, seconds: int | None = None) -> Any:
    """Sends it signed, as the provider would unless said otherwise."""
    moment = int(time.time()) if seconds is None else seconds
    given = signature(SECRET, body, moment) if header is None else header
    return client.post("/api/v1/payments/events/", body, "application/json", headers={"Payment-Signature": given})


@pytest.fixture
def provider(settings: Any) -> None:
    settings.PAYMENT_EVENTS_SECRET = SECRET


def test_without_a_secret_there_is_no_such_address(client: Client, invoice: Invoice) -> None:
    assert send(client, event(invoice)).status_code == 404
    assert send(client, event(invoice), signature("", event(invoice), int(time.time()))).status_code == 404


@pytest.mark.usefixtures("provider")
def test_a_signed_event_pays_its_invoice_once(client: Client, invoice: Invoice) -> None:
    body = event(invoice)
    assert send(client, body).json()["state"] == "credited"
    assert stands(invoice) == ("paid", ASKED, 0)
    again = send(client, body)
    assert (again.status_code, again.json()["code"]) == (409, "event-repeated")
    assert send(client, event(invoice, amount="1.000000")).status_code == 409
    assert (Payment.objects.count(), stands(invoice)) == (1, ("paid", ASKED, 0))


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_event_of_another_time_is_refused(client: Client, invoice: Invoice, seconds: int) -> None:
    answer = send(client, event(invoice), seconds=int(database_clock().timestamp()) + seconds)
    assert (answer.status_code, answer.json()["code"]) == (403, "event-unsigned")
    assert Payment.objects.count() == 0


@pytest.mark.usefixtures("provider")
def test_a_forged_event_is_refused(client: Client, invoice: Invoice) -> None:
    now, body = int(time.time()), event(invoice)
    good = signature(SECRET, body, now)
    flipped = good[:-1] + ("0" if good[-1] != "0" else "1")
    forged = [
        *("", "x", good.upper(), flipped, good + " ", good.replace("v1=", "v0="), good.replace(f"t={now}", "t=")),
        signature("another", body, now),
        signature(SECRET, body + b" ", now),
        good.replace(f"t={now}", f"t={now + 1}"),
        f"{good},{good}",
    ]
    assert [send(client, body, header).status_code for header in forged] == [403] * len(forged)
    assert Payment.objects.count() == 0
    # The guard off: what nobody checks would be credited.
    assert send(client, body, good).status_code == 200


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"id": "short"}, "invalid"),
        ({"id": "evt 00000001"}, "invalid"),
        ({"type": "payment.failed"}, "invalid_choice"),
        ({"invoice": "2026-9999"}, "invoice-unknown"),
        ({"amount": 240.0}, "invalid"),
        ({"amount": "-1"}, "min_value"),
        ({"amount": "0.000000"}, "amount-missing"),
    ],
)
def test_a_signed_event_that_says_nothing_credits_nothing(
    client: Client, invoice: Invoice, wrong: dict[str, Any], code: str
) -> None:
    answer = send(client, event(invoice, **wrong))
    assert answer.status_code == 422
    assert code in answer.content.decode()
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("offset", [-301, -300, 0, 300, 301])
def test_five_minutes_in_either_direction(offset: int) -> None:
    now = AT.replace(microsecond=0)
    header = signature(SECRET, b"{}", int(now.timestamp()) + offset)
    assert genuine(secret=SECRET, body=b"{}", header=header, now=now) == (abs(offset) <= 300)


def test_the_mail_leads_to_the_page() -> None:
    assert reverse("consulting:payments") == unmatched.PAGE


def test_today_tells_the_treasurer_once_for_any_number(cast: Cast, django_assert_num_queries: Any) -> None:
    def titles() -> list[str]:
        return [todo.title for day in agenda(cast.mira, AT).days for todo in day.todos if todo.url == "/payments/"]

    assert titles() == []
    with CaptureQueriesContext(connection) as before:
        agenda(cast.mira, AT)
    for number in range(3):
        arrived(tx_hash=f"0x{number:064x}")
    assert titles() == ["3 payments to decide"]
    with django_assert_num_queries(len(before)):
        agenda(cast.mira, AT)
