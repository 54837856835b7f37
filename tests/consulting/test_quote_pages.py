"""Pages of quotes: a guest asks, the expert writes, the client answers; each side reads its own."""

import pytest
from django.test import Client as Browser

from consulting.models import Invoice, Quote
from consulting.services import quotes
from tests.cast import AT, Cast
from tests.consulting.bills import text_of
from tests.consulting.offers import offered

pytestmark = pytest.mark.django_db
OFFER = {
    "offer-title": "Vault audit", "offer-scope": "The vault.", "offer-weights": "chen 2\nbo 1",
    "offer-valid_days": "30", "offer-weekly": "", "offer-first_monday": "", "offer-weeks": "",
    "parts-TOTAL_FORMS": "1", "parts-INITIAL_FORMS": "0", "parts-MIN_NUM_FORMS": "1", "parts-MAX_NUM_FORMS": "20",
    "parts-0-title": "Findings", "parts-0-criteria": "All", "parts-0-price": "1000", "parts-0-due_on": "2099-01-02",
}  # fmt: skip


def test_a_guest_asks_the_expert_writes_the_client_accepts(cast: Cast, client: Browser) -> None:
    offered(cast.chen, forms=("quote",))
    assert client.get("/experts/lin/quote/").status_code == 404
    asked = {"name": "Ada", "organisation": "Kite", "email": "ada@kite.example", "need": "<i>An audit</i>"}
    assert client.post("/experts/chen/quote/", asked | {"email": "no"}).status_code == 422
    assert client.post("/experts/chen/quote/", asked).status_code == 302
    quote = Quote.objects.get()
    page = f"/quotes/{quote.token}/"
    assert "Is ada@kite.example your address" in text_of(client, page)
    assert client.post(f"{page}prove/").status_code == 302
    expert = Browser()
    expert.force_login(cast.user("chen"))
    desk = f"/quotes/{quote.number}/write/"
    assert "&lt;i&gt;An audit" in text_of(expert, desk)
    assert quote.token not in text_of(expert, desk)
    more = expert.post(desk, OFFER | {"more": "1"}).content.decode()
    assert 'name="parts-1-title"' in more
    assert "Vault audit" in more
    shown = expert.post(desk, OFFER | {"preview": "1"}).content.decode().replace("\xa0", " ")
    assert "800.00 U" in shown
    assert "200.00 U" in shown
    for wrong in ({"offer-weights": "chen x"}, {"offer-weights": "bo 1"}, {"parts-0-price": "0"}, {"offer-title": ""}):
        refused = expert.post(desk, OFFER | wrong)
        assert refused.status_code == 422, wrong
        assert "The vault." in refused.content.decode()
    assert expert.post(desk, OFFER).status_code == 302
    offer = text_of(client, page)
    assert "Accept for 1,000.00 U" in offer
    assert 'due <time datetime="2099-01-02">Fri 2 Jan 2099</time>' in offer
    assert "800.00 U" in offer
    assert client.post(f"{page}accept/", {"name": ""}).status_code == 422
    assert client.post(f"{page}accept/", {"name": "Ada", "signature": "0x1", "address": "0x2"}).status_code == 422
    assert client.post(f"{page}accept/", {"name": "Ada Kim"}).status_code == 302
    assert Invoice.objects.get().number in text_of(client, page)
    assert client.post(f"{page}accept/", {"name": "Ada Kim"}).status_code == 422


def test_a_quote_is_its_sides_to_read(cast: Cast, client: Browser) -> None:
    offered(cast.chen, forms=("quote",))
    quote = quotes.ask(
        member=cast.chen, name="Otto", email="otto@cast.example", need="x", language="en", by=cast.otto, at=AT
    )
    desk = f"/quotes/{quote.number}/write/"
    for name, status in (("noor", 404), ("bo", 404), ("lin", 200), ("mira", 200), ("chen", 200)):
        client.force_login(cast.user(name))
        assert client.get(desk).status_code == status, name
        listed = text_of(client, "/quotes/")
        assert (quote.number in listed) == (status == 200), name
    client.force_login(cast.user("lin"))
    assert client.post(desk, OFFER).status_code == 404
    client.force_login(cast.otto)
    assert quote.number in text_of(client, "/client/")
    client.force_login(cast.user("chen"))
    assert client.post(f"/quotes/{quote.number}/refuse/").status_code == 302
    assert Quote.objects.get().declined_at is not None


def test_the_api_shows_quotes_to_their_experts_without_the_clients_address(cast: Cast, client: Browser) -> None:
    offered(cast.chen, forms=("quote",))
    quote = quotes.ask(
        member=cast.chen, name="Otto", email="otto@cast.example", need="x", language="en", by=cast.otto, at=AT
    )
    client.force_login(cast.user("chen"))
    (row,) = client.get("/api/v1/quotes/").json()["results"]
    assert (row["number"], row["state"]) == (quote.number, "asked")
    one = client.get(f"/api/v1/quotes/{quote.number}/")
    assert quote.token not in one.content.decode()
    client.force_login(cast.user("bo"))
    assert client.get(f"/api/v1/quotes/{quote.number}/").status_code == 404


def test_nobody_sends_mails_to_others_in_heaps(cast: Cast, client: Browser) -> None:
    offered(cast.chen, forms=("quote",))
    asked = {"name": "Ada", "organisation": "", "email": "ada@kite.example", "need": "An audit"}
    answers = [client.post("/experts/chen/quote/", asked).status_code for _number in range(6)]
    assert answers == [302] * 5 + [429]
    assert Quote.objects.count() == 5
