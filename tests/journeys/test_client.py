"""From the directory to a session that is paid, held, confirmed, delivered, accepted and shared: a client's whole way.

The client speaks the parameter's language, so what they press is found by what it is, never by its words.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from charter import selectors as charter
from consulting.models import Booking, Engagement, Invoice
from consulting.rules.bookings import HOLD, Details
from consulting.services import availability, holds, profiles
from journal.clock import database_clock
from members.models import Member
from members.selectors.people import by_handle
from tests.cast import PASSWORD
from tests.consulting.held import broken
from tests.consulting.offers import draft
from tests.journeys.groups import TREASURER, address
from tests.journeys.mail import Mailbox
from tests.journeys.visitors import DESK, Device, Stage, Visitor

GUEST = "daniel@kite.example"
NAME, TOPIC = "Daniel Tan", "Our lending pool, 900 lines."
EVIDENCE = "Statement 47, line 3"
SUBJECT = "Review of the lending pool"
# One hour at 150 U: what is paid, what the expert gets of it, what the pool.
GROSS, EXPERT, POOL = "150.00", "120.00", "30.00"


@pytest.mark.parametrize(
    "device", [pytest.param(Device(390), marks=pytest.mark.torture), Device(390, "zh-CN")], ids=str
)
def test_a_client_books_pays_and_accepts(small: Stage, worker: Mailbox, device: Device) -> None:
    chen = open_offer()
    daniel = small.visitor(device)
    choose_a_time(daniel)
    lose_the_time_and_take_another(daniel, chen)
    lose_the_hold(daniel)
    prove_the_address(daniel, worker)
    see_what_is_to_pay(daniel)
    confirm_the_payment(small.signed_in(TREASURER, then="/invoices/"))
    expect(daniel.page.locator("#state")).to_have_attribute("data-tone", "ok")
    daniel.fits()
    expert = small.signed_in(address("chen"), then="/bookings/")
    confirm_the_time(expert)
    sign_in_by_mail(daniel, worker)
    take_the_calendar_file(daniel)
    deliver(expert)
    accept(daniel)
    see_the_share(small.visitor(DESK))
    assert broken() == []


def open_offer() -> Member:
    """Chen works at any hour for 150 U, without notice."""
    now, chen = database_clock(), by_handle("chen")
    assert chen is not None
    profiles.save(member=chen, draft=draft(notice_hours=0, time_zone="Asia/Shanghai"), by=chen, at=now)
    profiles.publish(member=chen, by=chen, at=now)
    for weekday in range(1, 8):
        availability.add_window(member=chen, weekday=weekday, starts_minute=0, ends_minute=1440, by=chen, at=now)
    return chen


def contains(place: Locator, *words: str) -> None:
    """Each of these stands there."""
    for word in words:
        expect(place).to_contain_text(word)


def choose_a_time(daniel: Visitor) -> None:
    """The directory, the expert, a time that does not begin meanwhile; the price and who gets what of it."""
    page = daniel.open("/experts/")
    daniel.fits()
    page.get_by_role("link", name="Chen Yu").click()
    expect(page.get_by_role("heading", level=1, name="Chen Yu")).to_be_visible()
    daniel.fits()
    page.locator("a.slot").nth(3).click()
    expect(page.locator("main .sheet").first).to_be_visible()
    contains(page.locator("section[aria-labelledby=price]"), GROSS, EXPERT, POOL)
    daniel.fits()


def fill_in(daniel: Visitor) -> None:
    page = daniel.page
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=email]").fill(GUEST)
    page.locator("[name=topic]").fill(TOPIC)


def press(daniel: Visitor) -> None:
    """The one thing that the page wants."""
    daniel.page.locator("main form [data-kind=primary]").click()


def lose_the_time_and_take_another(daniel: Visitor, chen: Member) -> None:
    """Somebody else was faster: the page says so, keeps what was typed and offers other times."""
    page = daniel.page
    fill_in(daniel)
    start = page.locator("[name=start]").input_value()
    rival = Details(name="Somebody", email="rival@elsewhere.example")
    sold = holds.hold(member=chen, starts_at=datetime.fromisoformat(start), minutes=60, details=rival, by=None)
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        press(daniel)
    assert answered.value.status == 409
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=topic]")).to_have_value(TOPIC)
    daniel.fits()
    page.locator("[name=start]").last.check()
    press(daniel)
    expect(page.locator("[name=code]")).to_be_visible()
    daniel.fits()
    assert Booking.objects.get(email=GUEST).during.lower != sold.during.lower


def lose_the_hold(daniel: Visitor) -> None:
    """Half an hour later the time is free again; the page says it and leads to other times."""
    page = daniel.page
    later = database_clock() + HOLD
    assert holds.release_due(clock=lambda: later + timedelta(seconds=1)) == 2
    page.reload()
    expect(page.locator("[name=code]")).to_have_count(0)
    daniel.fits()
    page.locator("#state a.btn").click()
    page.locator("a.slot").nth(3).click()
    fill_in(daniel)
    press(daniel)


def prove_the_address(daniel: Visitor, worker: Mailbox) -> None:
    """A wrong code is refused and can be put right; the right one stands in the mail."""
    page = daniel.page
    expect(page.locator("[name=code]")).to_be_visible()
    code = worker.code_to(GUEST, about=page.url)
    page.locator("[name=code]").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    press(daniel)
    expect(page.locator("[name=code][aria-invalid=true]")).to_be_visible()
    daniel.fits()
    page.locator("[name=code]").fill(code)
    press(daniel)
    expect(page.locator("[name=code]")).to_have_count(0)


def see_what_is_to_pay(daniel: Visitor) -> None:
    """The invoice says until when the time is held, and what of it goes where."""
    page = daniel.page
    contains(page.locator("#state"), GROSS)
    daniel.fits()
    page.locator("#state [data-kind=primary]").click()
    expect(page).to_have_url(re.compile("/invoices/"))
    contains(page.locator("h1"), GROSS)
    expect(page.locator("#state time")).to_have_text(re.compile(r"\d\d:\d\d"))
    contains(page.locator("aside"), GROSS, EXPERT, POOL)
    daniel.fits()


def confirm_the_payment(mira: Visitor) -> None:
    """Without evidence nothing is credited; with it the invoice is paid."""
    page = mira.page
    page.get_by_role("link", name=Invoice.objects.get().number).click()
    page.get_by_role("link", name="Confirm a payment").click()
    page.get_by_role("button", name="Credit this payment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=amount]")).to_have_value("150")
    mira.fits()
    page.locator("[name=evidence]").fill(EVIDENCE)
    page.get_by_role("button", name="Credit this payment").click()
    expect(page.get_by_text("The payment is credited.")).to_be_visible()
    mira.fits()


def confirm_the_time(expert: Visitor) -> None:
    """The expert reads what the client wants and takes it."""
    page = expert.page
    expect(page.get_by_text(TOPIC)).to_be_visible()
    expert.fits()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Cancel and give everything back")).to_be_visible()


def sign_in_by_mail(daniel: Visitor, worker: Mailbox) -> None:
    """Who paid has an account without a password: the mailed link sets one and signs in."""
    page = daniel.open("/accounts/password/reset/")
    page.locator("[name=email]").fill(GUEST)
    press(daniel)
    page.goto(worker.link_to(GUEST, about="/password/reset/key/"))
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    press(daniel)
    expect(page.locator("[name=password1]")).to_have_count(0)
    daniel.open("/client/")
    contains(page.locator("main"), "Chen Yu", GROSS, Invoice.objects.get().number, Engagement.objects.get().title)
    daniel.fits()


def take_the_calendar_file(daniel: Visitor) -> None:
    """From the portal to the booking, which stands; its file is one event."""
    page, booking = daniel.page, Booking.objects.get(confirmed_at__isnull=False)
    page.locator("section[aria-labelledby=bookings-h] a").first.click()
    expect(page.locator("#state")).to_have_attribute("data-tone", "ok")
    contains(page.locator("main"), booking.reference)
    daniel.fits()
    with page.expect_download() as download:
        page.locator("#state a[href$='.ics']").click()
    text = Path(download.value.path()).read_text()
    assert text.count("BEGIN:VEVENT") == 1
    assert f"DTSTART:{booking.during.lower:%Y%m%dT%H%M%SZ}" in text


def deliver(expert: Visitor) -> None:
    """The hour was held already today: it takes the place of the booked one, and the client is asked."""
    page = expert.open(f"/engagements/{Engagement.objects.get().reference}/")
    page.locator("#log summary").click()
    form = page.locator("#log form")
    form.get_by_label("What it was about").fill(SUBJECT)
    form.get_by_label("Hours").fill("1")
    form.get_by_label("Booked time").select_option(index=1)
    form.get_by_role("button", name="Record and ask the client").click()
    expect(page.get_by_role("row", name=SUBJECT)).to_contain_text("Waits for the client")
    expert.fits()


def accept(daniel: Visitor) -> None:
    """The client sees hours, price and share, says yes once, and the engagement's page keeps the share."""
    page = daniel.open("/client/")
    page.get_by_role("link", name=Engagement.objects.get().title).first.click()
    answer = page.locator("section[aria-labelledby=cl]")
    contains(answer, SUBJECT, GROSS, EXPERT, POOL)
    daniel.fits()
    answer.locator("[data-kind=primary]").click()
    expect(answer.locator("[data-kind=primary]")).to_have_count(0)
    contains(page.locator("section[aria-labelledby=pay]"), GROSS, EXPERT, POOL)
    daniel.fits()


def see_the_share(reader: Visitor) -> None:
    """The month's preview has a line for the expert and one for the pool, each with its sentence; anybody reads it."""
    month = charter.today(database_clock()).strftime("%Y-%m")
    page = reader.open(f"/treasury/months/{month}/")
    reference = Engagement.objects.get().reference
    for who, amount, part in (("Chen Yu", EXPERT, "80 % of it to the expert"), ("Group’s pool", POOL, "income.2.1")):
        row = page.locator("#lines tbody tr", has_text=who)
        row.locator("summary").click()
        line = row.locator("li", has_text=f"Consulting, {reference}")
        contains(line, f"{amount.removesuffix('.00')} U", "Not posted yet")
        contains(line.locator("small").first, "× 150 an hour = 150 U", part)
    reader.fits()
