"""Pages of invoices and of the client, and their API: who reads what, what is typed stays, how many queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consulting.models import DepositAddress, Invoice, Payment
from consulting.rules.billing import Line
from consulting.services import invoices as issuing
from consulting.services import payments, quote_mails
from tests.cast import AT, Cast
from tests.consulting.agenda import proved
from tests.consulting.bills import bill, fresh, open_ways, page_of, pay, stands, text_of
from tests.consulting.desk import MICRO, hourly
from tests.consulting.offers import offered
from treasury.models import Client
from treasury.services.clients import client_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def ways(settings: Any) -> None:
    """The group takes two stablecoins and bank transfers."""
    open_ways(settings)


def test_the_mails_lead_to_the_pages() -> None:
    assert reverse("consulting:invoice", args=["x"]) == issuing.PAGE % "x"
    assert reverse("consulting:quote", args=["x"]) == quote_mails.PAGE % "x"
    assert reverse("consulting:write-quote", args=["x"]) == quote_mails.DESK % "x"


def test_whoever_has_the_address_reads_the_invoice_and_nobody_guesses_it(
    cast: Cast, client: Browser, ways: None
) -> None:
    invoice = fresh(cast)
    page = text_of(client, page_of(invoice))
    assert "Pay 240.00 U" in page
    assert "192.00 U" in page
    assert "48.00 U" in page
    assert "Optimism" in page
    assert "DE89 3704" in page
    assert f"INV-{invoice.number}" in page
    assert page.count('<svg viewBox="0 0') >= 3
    assert 'hx-trigger="every 10s"' in page
    for wrong in ("0" * 64, invoice.number, invoice.token.upper()):
        assert client.get(f"/invoices/{wrong}/").status_code == 404
    assert client.get("/invoices/").status_code == 302


def test_without_any_way_to_pay_the_page_says_whom_to_ask(cast: Cast, client: Browser) -> None:
    assert "The treasurer will tell you how to pay." in text_of(client, page_of(fresh(cast)))


def test_an_address_of_its_own_stands_on_the_invoice(cast: Cast, client: Browser, ways: None) -> None:
    DepositAddress.objects.create(address="0x" + "1" * 40)
    page = text_of(client, page_of(fresh(cast)))
    assert "Address, for this invoice only" in page
    assert "0x" + "1" * 40 in page


def test_the_page_looks_for_itself_and_is_drawn_anew_when_money_came(cast: Cast, client: Browser) -> None:
    invoice = fresh(cast)
    same = client.get(f"{page_of(invoice)}state?rest={240 * MICRO}")
    assert same.status_code == 200
    assert b"Waiting for your payment" in same.content
    assert b'hx-swap-oob="true"' in same.content
    pay(cast, invoice, 100 * MICRO)
    changed = client.get(f"{page_of(invoice)}state?rest={240 * MICRO}")
    assert changed.headers["HX-Refresh"] == "true"
    page = text_of(client, page_of(invoice))
    assert "140.00 U still to pay" in page
    assert "100.00 U arrived" in page


def test_overpaid_void_seen_and_taken_back_are_said(cast: Cast, client: Browser) -> None:
    invoice = fresh(cast)
    payment = Payment.objects.create(
        kind="bank", amount_micro=MICRO, received_on=AT.date(), evidence="S", seen_at=AT, invoice_hint=invoice
    )
    assert "1.00 U seen on the network" in text_of(client, page_of(invoice))
    payments.take_back(payment=payment, by="chain", at=AT)
    assert "fell off the chain" in text_of(client, page_of(invoice))
    pay(cast, invoice, 250 * MICRO)
    page = text_of(client, page_of(invoice))
    assert "Thank you, everything is paid" in page
    assert "10.00 U more than the invoice arrived" in page
    assert "hx-trigger" not in page
    void = fresh(cast, reference="E-2")
    issuing.void(invoice=void, reason="Wrong rate", by=cast.mira, at=timezone.now())
    assert "This invoice is void" in text_of(client, page_of(void))


def test_the_invoice_of_a_booking_says_how_long_the_time_is_held(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(cast.chen)
    booking = proved(cast.chen)
    assert booking.invoice is not None
    path = page_of(booking.invoice)
    monkeypatch.setattr("consulting.views.billing.database_clock", lambda: AT + timedelta(minutes=3))
    page = text_of(client, path)
    assert "Your time is held until" in page
    assert "27 min" in page
    assert 'aria-current="step"' in page
    monkeypatch.setattr("consulting.views.billing.database_clock", lambda: AT + timedelta(hours=1))
    assert "The half hour is over" in text_of(client, path)
    # The link is for paying: whoever pays need not be whoever may cancel.
    assert "/bookings/" not in text_of(client, path)


def test_texts_of_others_are_text(cast: Cast, client: Browser, ways: None) -> None:
    hostile = "<script>alert(1)</script>"
    engagement = hourly(cast)
    Client.objects.filter(pk=engagement.client_id).update(name=hostile)
    now = timezone.now()
    invoice = bill(cast, engagement, lines=[Line(hostile, MICRO)], purpose=hostile, at=now, due_at=now)
    assert "<script>alert" not in text_of(client, page_of(invoice))


def test_the_treasurer_confirms_money_and_what_was_typed_stays(cast: Cast, client: Browser) -> None:
    invoice = fresh(cast)
    path = f"{page_of(invoice)}confirm/"
    assert client.get(path).status_code == 302
    client.force_login(cast.user("lin"))
    assert client.get(path).status_code == 403
    client.force_login(cast.mira)
    assert 'value="240"' in text_of(client, path)
    typed = {"amount": "240", "received_on": "2099-01-01", "evidence": "AB 12"}
    answer = client.post(path, typed)
    assert answer.status_code == 422
    assert 'value="AB 12"' in answer.content.decode()
    typed["received_on"] = "2026-11-01"
    for _double_click in range(2):
        assert client.post(path, typed).status_code == 302
    assert stands(invoice)[:2] == ("paid", 240 * MICRO)
    assert Payment.objects.count() == 1


def test_the_treasurer_voids_what_is_not_paid(cast: Cast, client: Browser) -> None:
    invoice = fresh(cast)
    client.force_login(cast.mira)
    assert client.post(f"{page_of(invoice)}void/", {"reason": ""}).status_code == 422
    assert client.post(f"{page_of(invoice)}void/", {"reason": "Wrong"}).status_code == 302
    assert stands(invoice)[0] == "void"


def test_the_treasurer_issues_an_invoice(cast: Cast, client: Browser) -> None:
    hourly(cast)
    path = "/engagements/E-1/invoice/"
    client.force_login(cast.user("lin"))
    assert client.get(path).status_code == 403
    client.force_login(cast.mira)
    assert client.get("/engagements/none/invoice/").status_code == 404
    due = (timezone.now() + timedelta(days=7)).date().isoformat()
    typed = {"text": "Advice", "hours": "1.5", "rate": "160", "amount": "", "due_on": due, "language": "en"}
    for wrong in ({"amount": "5"}, {"hours": ""}, {"due_on": "2020-01-01"}, {"language": "tlh"}):
        assert client.post(path, typed | wrong).status_code == 422
    assert not Invoice.objects.exists()
    assert client.post(path, typed).status_code == 302
    assert Invoice.objects.get().total_micro == 240 * MICRO


def reachable(cast: Cast) -> Client:
    """The client of the desk with Otto's account."""
    return client_named(name="Harbor Labs", email="otto@cast.example", at=AT)


def test_a_client_sees_their_own_and_uses_their_credit(cast: Cast, client: Browser) -> None:
    reachable(cast)
    first, second = fresh(cast), fresh(cast, 50 * MICRO, "E-2")
    pay(cast, first, 300 * MICRO)
    client.force_login(cast.otto)
    page = text_of(client, "/client/")
    assert "You have <b>60.00 U</b> as credit" in page
    assert first.number in page
    assert "300.00 U" in page
    assert "You have 60.00 U as credit." in text_of(client, page_of(second))
    assert client.post(f"{page_of(second)}credit/").status_code == 302
    assert stands(second)[:2] == ("paid", 50 * MICRO)
    client.force_login(cast.noor)
    assert "You have booked nothing yet" in text_of(client, "/client/")
    assert first.number not in text_of(client, "/invoices/")
    client.force_login(cast.mira)
    assert first.number in text_of(client, "/invoices/")


@pytest.mark.parametrize("path", ["/client/", "/invoices/", "/api/v1/invoices/"])
def test_any_number_of_invoices_takes_the_same_queries(cast: Cast, client: Browser, path: str) -> None:
    reachable(cast)
    client.force_login(cast.otto)
    counts = []
    for number in range(6):
        pay(cast, fresh(cast, reference=f"E-{number}"), 5 * MICRO, f"B-{number}")
        if number in (0, 2, 5):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            counts.append(len(seen))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 27


def test_the_api_issues_pays_and_voids(cast: Cast, client: Browser) -> None:
    reachable(cast)
    hourly(cast)
    issue, json = "/api/v1/engagements/E-1/invoices/", "application/json"
    due = (timezone.now() + timedelta(days=7)).isoformat()
    asked = {"lines": [{"text": "Advice", "hours": "1.50", "rate": "160.000000"}], "due_at": due}
    assert client.post(issue, asked, content_type=json).status_code in (401, 403)
    client.force_login(cast.user("chen"))
    assert client.post(issue, asked, content_type=json).status_code == 403
    client.force_login(cast.mira)
    both = {"lines": [asked["lines"][0] | {"amount": "5.000000"}], "due_at": due}  # type: ignore[operator]
    assert client.post(issue, both, content_type=json).status_code == 422
    made = client.post(issue, asked, content_type=json)
    assert made.status_code == 201
    assert (made.json()["total"], made.json()["state"]) == ("240.000000", "open")
    first = made.json()["number"]
    one = f"/api/v1/invoices/{first}/"
    money = {"amount": "250.000000", "received_on": "2026-11-01", "evidence": "AB"}
    for _twice in range(2):
        paid = client.post(f"{one}payments/", money, content_type=json)
        assert (paid.json()["state"], paid.json()["over"]) == ("overpaid", "10.000000")
    assert client.post(f"{one}void/", {"reason": "x"}, content_type=json).json()["code"] == "invoice-paid-for"
    second = client.post(issue, asked, content_type=json).json()["number"]
    third = client.post(issue, asked, content_type=json).json()["number"]
    assert client.post(f"/api/v1/invoices/{third}/void/", {"reason": "x"}, content_type=json).json()["state"] == "void"
    client.force_login(cast.otto)
    assert [row["number"] for row in client.get("/api/v1/invoices/").json()["results"]] == [third, second, first]
    assert client.post(f"/api/v1/invoices/{second}/credit/", content_type=json).json()["state"] == "partly"
    client.force_login(cast.noor)
    assert client.get("/api/v1/invoices/").json()["results"] == []
    for path in (one, f"{one}payments/", f"{one}credit/"):
        answer = client.get(path) if path == one else client.post(path, money, content_type=json)
        assert answer.status_code == 404
