"""The treasurer in the admin: a budget, a client, an engagement with sessions, its acceptance, a ledger to read."""

import pytest
from playwright.sync_api import expect

from charter import selectors as charter
from consulting.models import Acceptance
from journal.clock import database_clock
from tests.cast import PASSWORD
from tests.journeys.groups import TREASURER
from tests.journeys.visitors import DESK, PHONE, Device, Stage, Visitor
from treasury.models import Budget, Transfer


@pytest.mark.parametrize("small", [None], indirect=True, ids=["nothing-granted"])
@pytest.mark.parametrize("device", [DESK, pytest.param(PHONE, marks=pytest.mark.torture)], ids=str)
def test_the_treasurer_keeps_the_books(small: Stage, device: Device) -> None:
    mira = small.visitor(device)
    come_in(mira)
    grant(mira)
    take_the_order(mira)
    record_sessions(mira)
    accept(mira)
    read_the_ledger(mira)


def come_in(mira: Visitor) -> None:
    """The admin has no door of its own: it leads to the site's sign-in and back."""
    page = mira.page
    page.goto("/admin/")
    expect(page).to_have_url(f"{mira.root}/accounts/login/?next=/admin/")
    page.get_by_label("Email").fill(TREASURER)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value(TREASURER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{mira.root}/admin/")
    mira.fits()


def grant(mira: Visitor) -> None:
    """From the list of budgets to the page of its own; the formula's suggestion is taken over."""
    page, quarter = mira.page, str(charter.quarter_on(charter.today(database_clock())))
    page.locator("#content-main a[href='/admin/treasury/budget/']").first.click()
    page.get_by_role("link", name="Grant a budget").click()
    page.get_by_label("Quarter").fill("soon")
    page.get_by_label("Expected members").fill("3")
    page.get_by_label("Hours per head").fill("40")
    page.get_by_label("Granted for POW, U").fill("7200")
    page.get_by_label("Granted for stipends, U").fill("1800")
    page.get_by_role("button", name="Grant this budget").click()
    expect(page.get_by_role("alert")).to_contain_text("Quarter")
    expect(page.get_by_label("Granted for POW, U")).to_have_value("7200")
    mira.fits()
    page.get_by_label("Quarter").fill(quarter)
    page.get_by_role("button", name="Grant this budget").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert Budget.objects.get().pow_micro == 7_200_000_000
    page = mira.open("/admin/treasury/budget/")
    expect(page.get_by_role("row", name=quarter)).to_contain_text("7,200")
    mira.fits()


def take_the_order(mira: Visitor) -> None:
    """A client, then what they ordered by the hour."""
    page = mira.open("/admin/treasury/client/add/")
    page.get_by_label("Name").fill("Tidepool DAO")
    page.get_by_role("button", name="Save").click()
    page = mira.open("/admin/consulting/engagement/add/")
    page.get_by_label("Reference").fill("E-7")
    page.get_by_label("Client:", exact=True).select_option(label="Tidepool DAO")
    page.get_by_label("Title").fill("Review of the vesting contract")
    page.get_by_label("Opened").fill(charter.today(database_clock()).isoformat())
    mira.fits()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is on record.")).to_be_visible()


def record_sessions(mira: Visitor) -> None:
    """Two experts; eleven hours in a week are refused and stay in the form."""
    page = mira.page
    for number, (expert, hours) in enumerate((("Chen Yu", "11"), ("Sun Jia", "3"))):
        page.get_by_role("link", name="Add a session").click()
        page.get_by_label("Reference").fill(f"S-{number}")
        page.get_by_label("Expert").select_option(label=expert)
        page.get_by_label("Day").fill(charter.today(database_clock()).isoformat())
        page.get_by_label("Hours").fill(hours)
        page.get_by_label("Rate").fill("150")
        page.get_by_role("button", name="Save").click()
        if hours == "11":
            expect(page.get_by_text("at most 10")).to_be_visible()
            expect(page.get_by_label("Rate")).to_have_value("150")
            mira.fits()
            page.get_by_label("Hours").fill("2")
            page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("is on record.")).to_be_visible()
        page.get_by_role("link", name="E-7").first.click()


def accept(mira: Visitor) -> None:
    """5 h × 150 U: 750, of which 600 are the experts' and 150 the pool's; the page has the sum and one button."""
    page = mira.page
    page.get_by_role("link", name="Accept", exact=True).click()
    mira.fits()
    main = page.get_by_role("main")
    for amount in ("750.00", "600.00", "150.00", "240.00", "360.00"):
        expect(main.get_by_text(amount).first).to_be_visible()
    page.get_by_role("button", name="Accept 750.00").click()
    expect(page.get_by_text("is accepted")).to_be_visible()
    assert Acceptance.objects.count() == 2
    expect(page.get_by_role("link", name="Accept", exact=True)).to_have_count(0)


def read_the_ledger(mira: Visitor) -> None:
    """Every row of the ledger can be opened and none changed, added or deleted."""
    assert Transfer.objects.exists()
    page = mira.open("/admin/treasury/transfer/")
    expect(page.locator("#content .addlink")).to_have_count(0)
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator("#content-main").locator("input:not([type=hidden]), textarea, select")).to_have_count(0)
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("link", name="Delete")).to_have_count(0)
    mira.fits()
    mira.open("/admin/treasury/transfer/add/", status=403)
