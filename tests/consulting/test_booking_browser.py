"""A guest's way from an expert's page to a confirmed time, at a desk and on a phone, with and without scripts."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consulting.models import Booking
from consulting.selectors import bookings as reading
from consulting.services import bookings
from tests.browser import WAIT_MS, listen
from tests.cast import Cast, assemble
from tests.consulting.agenda import code_of
from tests.consulting.bills import pay
from tests.consulting.offers import offered
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.committed]
WHOLE_WEEK = tuple((weekday, 0, 1440) for weekday in range(1, 8))


@pytest.fixture(params=[pytest.param("desk", marks=pytest.mark.torture), "phone", "without scripts"])
def visitor(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[tuple[Page, str]]:
    """A visitor's page of one kind; no script error, no violation of the policy."""
    size = {"width": 1280, "height": 900} if request.param == "desk" else {"width": 390, "height": 844}
    context = chromium.new_context(
        base_url=served.url,
        viewport=size,  # type: ignore[arg-type]
        locale="en-GB",
        java_script_enabled=request.param != "without scripts",
    )
    context.set_default_timeout(WAIT_MS)
    trouble = listen(context)
    yield context.new_page(), request.param
    context.close()
    assert trouble == []


def look(visitor: tuple[Page, str], name: str) -> None:
    """Nothing for axe to find, nothing wider than the screen; a picture where somebody asked for it."""
    page, kind = visitor
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{kind.replace(' ', '-')}.png", full_page=True)
    if kind == "without scripts":
        return
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, results.generate_report()
    wide: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} pixels too wide"


def settle(cast: Cast) -> Booking:
    """The treasurer sees the money."""
    booking = reading.again(Booking.objects.get())
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro, at=timezone.now())
    return reading.again(booking)


def test_a_guest_books_a_time(visitor: tuple[Page, str]) -> None:
    page, _kind = visitor
    cast = assemble()
    offered(cast.chen, *WHOLE_WEEK, notice_hours=48)
    page.goto("/experts/chen/?zone=Asia/Singapore")
    look(visitor, "expert")
    page.locator("a.slot").nth(3).click()
    expect(page.get_by_role("heading", name="Price and your details")).to_be_visible()
    expect(page.get_by_text("150.00").first).to_be_visible()
    page.get_by_label("Your name").fill("Daniel Tan")
    page.get_by_role("button", name="Hold this time and mail me the code").click()
    expect(page.get_by_role("alert").first).to_contain_text("E-mail address")
    look(visitor, "book")
    page.get_by_label("E-mail address").fill("daniel@kite.example")
    page.get_by_label("What should the expert prepare?").fill("Lending pool, 900 lines")
    page.get_by_role("button", name="Hold this time and mail me the code").click()
    expect(page.get_by_role("heading", name="Held for you")).to_be_visible()
    look(visitor, "held")
    page.get_by_label("The six digits of the mail").fill(code_of(Booking.objects.get()))
    page.get_by_role("button", name="Get the invoice").click()
    expect(page.get_by_role("link", name="Pay 150.00")).to_be_visible()
    look(visitor, "ordered")
    booking = settle(cast)
    page.goto(page.url)
    expect(page.get_by_role("heading", name="Paid: ")).to_be_visible()
    look(visitor, "paid")
    bookings.confirm(booking=booking, by=cast.chen)
    page.reload()
    expect(page.get_by_role("heading", name="Booked: ")).to_be_visible()
    look(visitor, "confirmed")
    page.get_by_role("link", name="Choose another time").click()
    look(visitor, "move")
    page.get_by_role("link", name="Later").click()
    page.locator("button.slot").last.click()
    expect(page.get_by_role("heading", name="Booked: ")).to_be_visible()
    page.get_by_role("button", name="Cancel and get 150.00").click()
    expect(page.get_by_role("heading", name="Cancelled: ")).to_be_visible()
    look(visitor, "cancelled")


@pytest.mark.parametrize("visitor", ["phone"], indirect=True)
def test_an_expert_answers(visitor: tuple[Page, str], served: Served) -> None:
    page, _kind = visitor
    cast = assemble()
    offered(cast.chen, *WHOLE_WEEK, notice_hours=0)
    guest, expert = Client(), Client()
    guest.force_login(cast.otto)
    expert.force_login(cast.user("chen"))
    start = f"{(timezone.now() + timedelta(days=3)).date().isoformat()}T10:00+08:00"
    typed = {"name": "Otto", "topic": "A pool", "publish": "fact", "minutes": "60", "zone": "", "start": start}
    assert guest.post("/experts/chen/book/", typed).status_code == 302
    settle(cast)
    page.context.add_cookies([{"name": "sessionid", "value": expert.cookies["sessionid"].value, "url": served.url}])
    page.goto("/bookings/")
    look(visitor, "bookings")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Cancel and give everything back")).to_be_visible()
