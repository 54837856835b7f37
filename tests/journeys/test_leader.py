"""The leader decides claims together: within the budget, not beyond it, and a refusal has its reason."""

import re

import pytest
from playwright.sync_api import Locator, expect

from charter import selectors as charter
from journal.clock import database_clock
from members.selectors.people import by_handle
from tests.journeys.groups import address
from tests.journeys.visitors import DESK, Device, Stage, Visitor
from treasury.models import Budget, Claim
from treasury.rules.claims import Work
from treasury.services import claims

HOURS = {"Reviewed the bridge adapter": 400, "Held the community call": 500, "Measured the subgraph": 300}
THIRD = "Measured the subgraph"
REASON = "The link shows another week."
HAN = re.compile(r"[\u4e00-\u9fff]")


def send_claims() -> None:
    """Chen sends 12 h: 720 U, where 600 U are granted."""
    now, chen = database_clock(), by_handle("chen")
    assert chen is not None
    today = charter.today(now)
    for description, hours in HOURS.items():
        claims.log(work=Work(today, hours, "Group work", description), by=chen, at=now, send=True)


@pytest.mark.parametrize("small", [600], indirect=True, ids=["600-granted"])
@pytest.mark.parametrize("device", [DESK, pytest.param(Device(390, "zh-CN"), marks=pytest.mark.torture)], ids=str)
def test_the_leader_approves_together_within_the_budget(small: Stage, device: Device) -> None:
    send_claims()
    lin = small.signed_in(address("lin"), device, then="/claims/")
    lin.fits()
    too_much(lin)
    approve_two(lin)
    refuse_the_third(lin)
    chen = small.signed_in(address("chen"), device, then=f"/claims/{Claim.objects.get(description=THIRD).reference}/")
    expect(chen.page.locator("main")).to_contain_text(REASON)
    chen.fits()


def pick(lin: Visitor, description: str) -> Locator:
    return lin.page.get_by_role("checkbox", name=description)


def too_much(lin: Visitor) -> None:
    """Picking all three: the bar says that it is too much before the button does, and the server refuses anyway."""
    page, bulk = lin.page, lin.page.locator("#bulk")
    for description in HOURS:
        pick(lin, description).check()
    expect(bulk).to_contain_text("720")
    approve = bulk.locator("[data-kind=primary]")
    expect(approve).to_have_attribute("aria-disabled", "true")
    expect(approve).to_have_attribute("aria-describedby", "bulk-why")
    with page.expect_response(lambda response: response.url.endswith("/picked/approve/")) as answered:
        # Playwright takes aria-disabled for a promise; a person can press it.
        approve.click(force=True)
    assert answered.value.status in (409, 422)
    expect(page.get_by_role("alert")).to_contain_text("720")
    assert not Claim.objects.exclude(status=Claim.Status.PENDING).exists()
    for description in HOURS:
        expect(pick(lin, description)).to_be_checked()
    lin.fits()


def approve_two(lin: Visitor) -> None:
    """9 h are within the budget: the queue, the bar and the count in the menu follow without a new page."""
    page, bulk = lin.page, lin.page.locator("#bulk")
    pick(lin, THIRD).uncheck()
    expect(bulk).to_contain_text("540")
    bulk.locator("[data-kind=primary]").click()
    expect(pick(lin, "Held the community call")).to_have_count(0)
    expect(pick(lin, THIRD)).to_be_visible()
    expect(page.locator("#budgets [role=img]")).to_have_attribute("aria-label", re.compile("540"))
    expect(page.locator("#count-claims")).to_have_text("1")
    expect(page.locator("#live")).not_to_be_empty()
    lin.fits()
    assert (
        Budget.objects.get(quarter=str(charter.quarter_on(charter.today(database_clock())))).approved_e8 == 540 * 10**8
    )
    if lin.device.language.startswith("zh"):
        for words in (page.locator("h1"), page.locator("#live"), bulk.locator("[data-kind=primary]")):
            expect(words).to_have_text(HAN)


def refuse_the_third(lin: Visitor) -> None:
    """Without a reason it is refused itself; with one the claim's page says so."""
    page = lin.page
    page.get_by_role("link", name=THIRD).click()
    form = page.locator("#refuse")
    with page.expect_response(lambda response: response.url.endswith("/refuse/")) as answered:
        form.locator("[data-kind=danger]").click()
    assert answered.value.status == 422
    expect(page.locator("#refuse [aria-invalid=true]")).to_be_visible()
    lin.fits()
    page.locator("#refuse textarea").fill(REASON)
    page.locator("#refuse [data-kind=danger]").click()
    expect(page.locator("#refuse")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(REASON)
    lin.fits()
    refused = Claim.objects.get(status=Claim.Status.REJECTED)
    assert (refused.description, refused.reason) == (THIRD, REASON)
