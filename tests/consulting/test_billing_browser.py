"""Billing in a browser, on a phone and without scripts: paying, answering a quote; no barrier, nothing too wide."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consulting.models import Invoice
from consulting.rules.quoting import Offer, Part
from consulting.services import quotes
from tests.cast import assemble
from tests.consulting.bills import fresh, open_ways, pay
from tests.consulting.desk import MICRO
from tests.consulting.offers import offered
from tests.consulting.test_browser import look, sign_in
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PHONE: Any = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _ways(settings: Any) -> None:
    open_ways(settings)


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= screen


def test_an_invoice_on_a_phone_changes_when_the_money_comes(page: Page, served: Served) -> None:
    cast = assemble()
    invoice = fresh(cast)
    page.set_viewport_size(PHONE)
    page.clock.install()
    page.goto(f"/invoices/{invoice.token}/")
    expect(page.get_by_role("heading", name="Pay 240.00")).to_be_visible()
    expect(page.get_by_role("img", name="QR code with the address and the amount in USDC")).to_be_visible()
    look(page)
    fits(page)
    page.locator("label", has_text="Bank transfer").click()
    expect(page.get_by_text(f"INV-{invoice.number}")).to_be_visible()
    look(page)
    pay(cast, invoice, 240 * MICRO)
    page.clock.run_for(11_000)
    expect(page.get_by_role("heading", name="Thank you, everything is paid")).to_be_visible()
    fits(page)
    look(page)


def test_a_quote_is_answered_without_scripts(chromium: Browser, served: Served) -> None:
    cast = assemble()
    offered(cast.chen, forms=("quote",))
    now = timezone.now()
    quote = quotes.ask(
        member=cast.chen, name="Ada", email="ada@kite.example", need="An audit", language="en", by=None, at=now
    )
    quotes.prove(quote=quote, at=now)
    parts = (Part("Findings", 600 * MICRO, "All described"), Part("Fixes", 400 * MICRO))
    quotes.send(quote=quote, offer=Offer("Audit", "The vault.", parts, {"chen": 1}), by=cast.chen, at=now)
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, base_url=served.url)
    page = context.new_page()
    page.goto(f"/quotes/{quote.token}/")
    page.get_by_label("Your full name").fill("Ada Kim")
    page.get_by_role("button", name="Accept for 1,000.00").click()
    expect(page.get_by_text("The offer is accepted")).to_be_visible()
    page.get_by_role("link", name=Invoice.objects.order_by("number")[0].number).click()
    expect(page.get_by_role("heading", name="Pay 600.00")).to_be_visible()
    context.close()


def test_the_treasurers_and_the_experts_pages_have_no_barrier(page: Page, served: Served) -> None:
    cast = assemble()
    offered(cast.chen, forms=("quote",))
    invoice = fresh(cast)
    quote = quotes.ask(
        member=cast.chen,
        name="Otto",
        email="otto@cast.example",
        need="An audit",
        language="en",
        by=cast.otto,
        at=timezone.now(),
    )
    page.set_viewport_size(PHONE)
    page.goto("/experts/chen/quote/")
    look(page)
    fits(page)
    sign_in(page, served, cast)
    for path in (
        f"/invoices/{invoice.token}/confirm/",
        "/engagements/E-1/invoice/",
        "/invoices/",
        "/client/",
        "/quotes/",
        f"/quotes/{quote.number}/write/",
    ):
        page.goto(path)
        look(page)
        fits(page)
