"""A draft in a browser, on a narrow screen: previewed, opened, voted on with a reason."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from proposals.models import Ballot, Proposal
from tests.proposals.cast import found
from tests.proposals.test_browser import sign_in
from tests.served import Served

pytestmark = pytest.mark.browser


def fits(page: Page) -> None:
    """Nothing stands out of a telephone, and nothing keeps a person out."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(page).response["violations"] == []


def test_an_amendment_from_the_draft_to_a_vote_against(page: Page, served: Served) -> None:
    _ana, ben, _chen = found(users=True)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, served, ben)
    page.goto("/proposals/")
    page.get_by_role("link", name="Put something to the vote").click()
    fits(page)
    page.get_by_role("link", name="Amendment").click()
    page.get_by_label("Add a setting").select_option("stipend.member")
    page.get_by_label("Add a clause").select_option("income.1.2.2")
    page.get_by_role("button", name="Add to the amendment").click()
    expect(page.get_by_label("Stipend of a member")).to_be_focused()
    fits(page)
    page.get_by_label("Stipend of a member").fill("500")
    page.get_by_label("Stipend of a member").press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_label("Stipend of a member")).to_have_value("500")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_label("Text in English")).to_have_attribute("aria-invalid", "true")
    fits(page)
    page.get_by_role("button", name="Leave out § 7.1.2.2").click()
    expect(page.get_by_label("Text in English")).to_have_count(0)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator("main")).to_contain_text("Say why: everybody who votes reads it.")
    expect(page.get_by_label("Stipend of a member")).to_have_value("500")
    fits(page)
    page.get_by_label("Why?").fill("Prices rose.")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="It can open")).to_be_visible()
    page.get_by_role("button", name="Put it forward").click()
    expect(page.get_by_role("heading", name="Amend the charter: Stipend of a member")).to_be_visible()
    fits(page)
    assert Proposal.objects.get().proposed_by == ben

    page.get_by_role("radio", name="Against").check()
    page.get_by_label("Your reason").fill("Not before the budget.")
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="You are against")).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("0 of 3 in favour")
    expect(page.locator("#verdict")).to_contain_text("it would not pass")
    page.reload()
    expect(page.locator("main")).to_contain_text("Not before the budget.")
    fits(page)
    assert Ballot.objects.get().choice == "against"
