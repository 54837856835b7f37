"""What waits, in a browser on a narrow screen: announced, recused, taken back; a leave of absence declared."""

import pytest
from playwright.sync_api import Page, expect

from charter import selectors as charter
from journal.clock import database_clock
from members.models import Leave
from proposals.models import Declaration, Proposal
from tests.proposals.cast import DAY, found
from tests.proposals.test_browser import sign_in
from tests.proposals.test_draft_browser import fits
from tests.served import Served

pytestmark = pytest.mark.browser


def test_a_resolution_is_announced_recused_from_and_taken_back(page: Page, served: Served) -> None:
    _ana, ben, chen = found(users=True)
    day = charter.today(database_clock() + 3 * DAY)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, served, ben)
    page.goto("/proposals/new/resolution/")
    page.get_by_label("What is resolved?").fill("The DAO keeps its own index")
    page.get_by_label("Why?").fill("Because.")
    page.get_by_label("Opens on").fill(day.isoformat())
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="It can open")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Put it forward").click()
    expect(page.get_by_role("heading", name="Not open yet")).to_be_visible()
    fits(page)
    sign_in(page, served, chen)
    page.goto("/proposals/")
    page.get_by_role("link", name="Resolve: The DAO keeps its own index").click()
    page.get_by_label("Why do you take no part?").fill("My own shop sells one.")
    page.get_by_role("button", name="Recuse myself").click()
    expect(page.get_by_role("heading", name="You take no part")).to_be_visible()
    fits(page)
    assert Declaration.objects.get().member == chen
    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    page.get_by_text("Take the proposal back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    fits(page)
    assert Proposal.objects.get().taken_back_at is not None


def test_a_leave_is_declared_and_ended(page: Page, served: Served) -> None:
    _ana, ben, _chen = found(users=True)
    today = charter.today(database_clock())
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, served, ben)
    page.goto("/members/")
    page.get_by_role("link", name="Say that you will be away").click()
    page.get_by_label("First day").fill(today.isoformat())
    page.get_by_label("Last day").fill((today + 7 * DAY).isoformat())
    page.get_by_role("button", name="Declare my leave").click()
    expect(page.locator("main")).to_contain_text("You are on leave until")
    fits(page)
    page.goto("/members/")
    expect(page.locator("main")).to_contain_text("On leave until")
    fits(page)
    page.goto("/members/absence/")
    page.get_by_role("button", name="I am back").click()
    expect(page.get_by_role("button", name="I am back")).to_have_count(0)
    fits(page)
    assert Leave.objects.get().ended_on == today
