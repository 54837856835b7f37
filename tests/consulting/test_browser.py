"""The treasurer's way in a browser: an engagement, its session, the acceptance; and no barrier on those pages."""

import pytest
from django.test import Client
from playwright.sync_api import Page

from consulting.models import Engagement
from tests.cast import Cast, assemble
from tests.consulting.desk import fixed, hourly, session
from tests.journeys import barriers
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.committed]


def sign_in(page: Page, served: Served, cast: Cast) -> None:
    """As the treasurer, by the cookie of a session that was begun elsewhere."""
    client = Client()
    client.force_login(cast.mira)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": served.url}])


def look(page: Page) -> None:
    """No barrier on the page in the width and scheme that it has."""
    found = barriers.here(page)
    assert not found, barriers.told(found)


def test_an_engagement_from_opening_to_acceptance(page: Page, served: Served) -> None:
    cast = assemble()
    sign_in(page, served, cast)
    page.goto("/admin/consulting/engagement/add/")
    page.get_by_label("Reference").fill("E-7")
    page.get_by_label("Or a new client").fill("Tidepool DAO")
    page.get_by_label("Title").fill("Review of the vesting contract")
    page.get_by_label("Opened").fill("2026-10-01")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add a session").click()
    page.get_by_label("Reference").fill("S-7")
    page.get_by_label("Expert").select_option(str(cast.chen.pk))
    page.get_by_label("Day").fill("2026-10-19")
    page.get_by_label("Hours").fill("11")
    page.get_by_label("Rate").fill("150")
    page.get_by_role("button", name="Save").click()
    assert "at most 10" in page.locator(".errorlist").inner_text()
    assert page.get_by_label("Rate").input_value() == "150"
    page.get_by_label("Hours").fill("2")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="E-7").click()
    page.get_by_role("link", name="Accept", exact=True).click()
    page.get_by_role("button", name="Accept 300.00").click()
    assert "is accepted" in page.locator(".messagelist").inner_text()
    assert Engagement.objects.get().accepted_on is not None


def test_everybody_can_use_the_pages(page: Page, served: Served) -> None:
    cast = assemble()
    engagement, priced = hourly(cast), fixed(cast)
    stored = session(cast, engagement, "S-1", cast.chen)
    session(cast, engagement, "S-2", cast.bo)
    sign_in(page, served, cast)
    found = []
    for address in (
        "engagement/",
        f"engagement/{engagement.pk}/change/",
        "engagement/add/",
        f"engagement/{priced.pk}/weights/",
        f"session/{stored.pk}/correct/",
        f"engagement/{engagement.pk}/accept/",
        f"engagement/{priced.pk}/accept/",
    ):
        page.goto(f"/admin/consulting/{address}")
        found += barriers.findings(page)
    assert not found, barriers.told(found)
