"""A dispute in the browser at the width of a phone: opened, answered, settled; without scripts, without a barrier."""

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from accounts.models import User
from consulting.models import Dispute
from tests.cast import AT, assemble
from tests.consulting.desk import MICRO, hourly, session
from tests.consulting.held import holds, pay
from tests.consulting.test_browser import look
from tests.served import Served
from treasury.services.clients import client_named

pytestmark = [pytest.mark.browser, pytest.mark.committed]


def signed_in(browser: Browser, served: Served, user: User, **more: bool) -> Page:
    """A phone in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(base_url=served.url, viewport={"width": 390, "height": 844}, **more)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": served.url}])
    return context.new_page()


def words(page: Page) -> str:
    """What is read on a page."""
    return " ".join(page.locator("main").inner_text().split())


def fits(page: Page) -> bool:
    """Nothing is wider than the phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_two_sides_settle_a_dispute(chromium: Browser, served: Served) -> None:
    cast = assemble()
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    pay(engagement, 300 * MICRO)
    client = signed_in(chromium, served, cast.otto, java_script_enabled=False)
    expert = signed_in(chromium, served, cast.user("chen"))
    client.goto("/engagements/E-1/dispute/")
    client.get_by_label("What is wrong").fill("Half of it is missing")
    client.get_by_role("button", name="Hold the money").click()
    client.get_by_label("Per cent").fill("40")
    client.get_by_role("button", name="Sign", exact=True).click()
    expert.goto("/engagements/E-1/dispute/")
    assert "120.00 U is shared, 180.00 U goes back" in words(expert)
    assert fits(expert)
    look(expert)
    expert.get_by_label("Per cent").fill("40")
    expert.get_by_role("button", name="Sign", exact=True).click()
    assert "Settled: 40 %" in words(expert)
    assert fits(expert)
    look(expert)
    assert (Dispute.objects.get().percent, holds("escrow", "E-1")) == (40, 120 * MICRO)
    for page in (client, expert):
        page.context.close()
