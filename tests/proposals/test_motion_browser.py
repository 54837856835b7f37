"""Time, a later deadline and a cancellation in a browser: asked, seconded, released; wide, narrow, without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from journal.clock import database_clock
from members.models import Member
from proposals.models import Outcome, Round
from proposals.selectors.motions import times_of
from proposals.services import proposing
from tests.proposals.cast import DAY, found
from tests.proposals.test_browser import sign_in
from tests.served import Served

pytestmark = pytest.mark.browser
WORDS = "I want to read the audit first. It comes tomorrow."


def asked(served: Served, page: Page) -> tuple[list[Member], Round]:
    """A vote that counts, put forward by ben yesterday, on his screen."""
    group = found(users=True)
    made = proposing.propose(
        kind="resolution", params={"title": "We say so"}, text="Why.", by=group[1], at=database_clock() - DAY
    )
    return group, made.rounds.get()


def look(page: Page) -> None:
    """No barrier, nothing that scrolls sideways."""
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [1280, 390])
def test_time_and_a_later_deadline(page: Page, served: Served, width: int) -> None:
    (_ana, ben, chen), held = asked(served, page)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, served, chen)
    page.goto("/proposals/1/")
    page.get_by_text("I need time").click()
    page.get_by_label("How much time do you need?").select_option("48")
    page.get_by_role("button", name="Ask for this time").click()
    expect(page.locator("#motions")).to_contain_text("Say why: all members read it.")
    page.locator("#hold").get_by_label("Why?").fill(WORDS)
    look(page)
    page.get_by_role("button", name="Ask for this time").click()
    expect(page.locator("#verdict")).to_contain_text("Does not end before")
    expect(page.locator("#motions")).to_contain_text("陈雨 needs time until")
    expect(page.get_by_role("button", name="I need no more time")).to_be_visible()

    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    expect(page.locator("#motions")).to_contain_text(WORDS)
    page.get_by_text("Ask for a later deadline").click()
    page.locator("#extend").get_by_label("New deadline").select_option(index=6)
    page.locator("#extend").get_by_label("Why?").fill("The audit is late.")
    look(page)
    page.get_by_role("button", name="Ask for this deadline").click()
    expect(page.locator("#verdict")).to_contain_text("A later deadline waits for its second")
    expect(page.locator("#motions")).to_contain_text("Ben Okoro asks for a later deadline")

    sign_in(page, served, chen)
    page.goto("/proposals/1/")
    page.get_by_role("button", name="Second it").click()
    expect(page.get_by_text("陈雨 seconds it: the deadline is")).to_be_visible()
    page.get_by_role("button", name="I need no more time").click()
    expect(page.get_by_text("陈雨 needs no more time")).to_be_visible()
    look(page)
    assert times_of(held).deadline_at == held.deadline_at + 30 * DAY


def test_a_cancellation_without_scripts(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(
        base_url=served.url, java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    (ana, ben, _chen), _held = asked(served, page)
    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    page.get_by_text("Ask to cancel", exact=True).click()
    page.locator("#cancel").get_by_label("Why?").fill("The question is settled elsewhere.")
    page.get_by_role("button", name="Ask to cancel this proposal").click()
    expect(page.locator("#motions")).to_contain_text("Ben Okoro asks to cancel this proposal.")
    sign_in(page, served, ana)
    page.goto("/proposals/1/")
    page.get_by_role("button", name="Second it").click()
    expect(page.locator("#verdict")).to_contain_text("Ben Okoro and Ana Silva canceled this proposal.")
    assert Outcome.objects.get().result == "canceled"
    context.close()
