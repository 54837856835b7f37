"""Voting in a hidden round in a browser: the own ballot, a commitment to keep, and no word of anybody else."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journal.clock import database_clock
from proposals.models import Ballot
from tests.proposals.cast import DAY, found, vote
from tests.proposals.secret import hidden
from tests.proposals.test_browser import sign_in
from tests.served import Served

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_a_ballot_of_one_s_own(page: Page, served: Served, width: int) -> None:
    ana, ben, _chen = found(users=True)
    _proposal, held = hidden(ana, database_clock() - DAY)
    vote(held, ana, moment=database_clock())
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    expect(page.locator("#verdict [data-s=hidden]")).to_have_count(2)
    page.get_by_role("radio", name="Against").check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="You are against")).to_be_focused()
    expect(page.locator("#ballots")).to_contain_text("Your ballot, for you alone")
    own, other = Ballot.objects.get(seat__member=ben), Ballot.objects.get(seat__member=ana)
    shown = page.content()
    assert (own.commitment in shown, own.receipt in shown, other.commitment in shown) == (True, False, False)
    expect(page.locator("#verdict [data-s=hidden]")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
