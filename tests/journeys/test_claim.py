"""From an hour of work to its line in the month's payout: logged, approved, run by a real worker, open to everybody."""

from datetime import date

import pytest
from playwright.sync_api import expect

from charter import selectors as charter
from journal import writing
from journal.clock import database_clock
from tests.ground.processes import eventually
from tests.journeys.groups import TREASURER, address, last_month
from tests.journeys.mail import Mailbox
from tests.journeys.visitors import DESK, Device, Stage, Visitor
from treasury.models import Claim, PayoutLine, PayoutRun

WORK = "Rewrote the parser and its tests"
PROJECT = "Indexer"


@pytest.mark.parametrize("device", [pytest.param(DESK, marks=pytest.mark.torture), Device(390, scripts=False)], ids=str)
def test_hours_become_a_line_that_explains_itself(small: Stage, worker: Mailbox, device: Device) -> None:
    worked_on = last_month(charter.today(database_clock()))
    month = f"{worked_on:%Y-%m}"
    chen = small.signed_in(address("chen"), device, then="/claims/")
    log_hours(chen, worked_on)
    approve(small.signed_in(address("lin"), device, then="/claims/"))
    run_month(small.signed_in(TREASURER, device, then=f"/treasury/months/{month}/"), worked_on)
    anybody = small.visitor(device)
    anybody.open(f"/treasury/months/{month}/")
    read_the_line(anybody, worked_on)
    page = chen.open(f"/claims/{Claim.objects.get().reference}/")
    expect(page.get_by_role("listitem").filter(has_text="posted by run 1")).to_contain_text("150 U")
    chen.fits()


def log_hours(chen: Visitor, worked_on: date) -> None:
    """The first try says 25 hours; it is refused and keeps what was typed."""
    page = chen.page
    page.get_by_label("Day").fill(worked_on.isoformat())
    page.get_by_label("Hours", exact=True).fill("25")
    page.get_by_label("Project").fill(PROJECT)
    page.get_by_label("What you did").fill(WORK)
    page.get_by_label("Link that shows it").fill("https://code.example/indexer/pull/9")
    page.get_by_role("button", name="Send claim").click()
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("One answer needs a change")
    hours = page.get_by_label("Hours", exact=True)
    expect(hours).to_have_attribute("aria-invalid", "true")
    expect(hours).to_have_value("25")
    expect(page.get_by_label("What you did")).to_have_value(WORK)
    chen.fits()
    assert not Claim.objects.exists()
    hours.fill("2.5")
    if chen.device.scripts:
        expect(page.locator("#amount")).to_contain_text("2.5 h × 60 = 150")
    page.get_by_role("button", name="Send claim").click()
    expect(page.get_by_role("row", name=WORK)).to_contain_text("Waiting")
    chen.fits()


def approve(lin: Visitor) -> None:
    """The leader picks the claim and approves it."""
    page = lin.page
    page.get_by_role("checkbox", name=WORK).check()
    if lin.device.scripts:
        expect(page.locator("#bulk")).to_contain_text("1 claim picked: 2.5 h, 150")
        page.get_by_role("button", name="Approve 1 claim").click()
    else:
        page.get_by_role("button", name="Approve picked claims").click()
    expect(page.get_by_text("1 claim approved.", exact=True).first).to_be_visible()
    lin.fits()
    assert Claim.objects.get().status == Claim.Status.APPROVED


def run_month(mira: Visitor, worked_on: date) -> None:
    """The treasurer checks the sum, presses once; the worker posts the lines, the page says so."""
    page, month = mira.page, writing.day(worked_on, shape="month")
    mira.fits()
    page.get_by_role("link", name=f"Run {month}").click()
    mira.fits()
    page.locator("main form button[data-kind=primary]").click()
    if not mira.device.scripts:
        assert eventually(lambda: PayoutRun.objects.filter(completed_at__isnull=False).exists())
        page.reload()
    expect(page.locator("#run")).to_contain_text("On public notice until")
    expect(page.locator("#lines")).to_contain_text("Posted, run 1")
    read_the_line(mira, worked_on)
    line = PayoutLine.objects.get(kind="pow")
    assert (line.payee, line.asset, line.amount_micro) == ("chen", "U", 150_000_000)


def read_the_line(reader: Visitor, worked_on: date) -> None:
    """Chen's row unfolds to the line with its sentence."""
    page = reader.page
    page.locator("#lines summary", has_text="Chen Yu").click()
    sentence = page.get_by_text(f"2.5 h on {worked_on.isoformat()} × 60 an hour, 100 % in U")
    expect(sentence).to_be_visible()
    reader.fits()
