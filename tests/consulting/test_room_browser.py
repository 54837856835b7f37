"""The room in a browser: from the hours to the answer without scripts; no barrier, nothing wider than a phone."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from consulting.models import Acceptance, Engagement, Session
from consulting.services import rooms
from consulting.services.files import Sent
from tests.cast import Cast, assemble
from tests.consulting.hostile import archive
from tests.consulting.rooms import ordered
from tests.consulting.test_browser import look
from tests.consulting.test_room_pages import delivered
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.committed]


def sign_in(page: Page, served: Served, cast: Cast, who: str) -> None:
    """By the cookie of a session that was begun elsewhere."""
    client = Client()
    client.force_login(cast.user(who))
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": served.url}])
    page.goto(f"{served.url}/engagements/E-1/")


def filled(cast: Cast) -> Engagement:
    """A room with something in each part."""
    engagement, now, chen = ordered(cast), timezone.now(), cast.user("chen")
    delivered(cast, engagement)
    rooms.plan(engagement=engagement, text="Is the rounding fixed?", by=cast.otto, at=now)
    first = rooms.promise(engagement=engagement, title="Report, part 1", due_on=now.date(), by=chen, at=now)
    rooms.hand_over(deliverable=first, files=[Sent("report.zip", archive("a.md"))], by=chen, at=now)
    rooms.promise(engagement=engagement, title="Report, part 2", note="7 findings", by=chen, at=now)
    rooms.write(engagement=engagement, body="Hello", files=[Sent("notes.md", b"# Notes")], by=cast.otto, at=now)
    return engagement


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_time_and_answer_without_scripts(chromium: Browser, served: Served, tmp_path: Path) -> None:
    cast = assemble()
    ordered(cast)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, served, cast, "chen")
    page.get_by_text("Log a session").last.click()
    form = page.locator("#log form")
    form.get_by_label("What it was about").fill("Access control")
    form.get_by_label("Hours").fill("1.5")
    form.get_by_role("button", name="Record and ask the client").click()
    assert "Waits for the client" in page.locator("main").inner_text()
    sign_in(page, served, cast, "otto")
    (tmp_path / "code.md").write_text("# Code")
    page.get_by_role("textbox", name="Message").fill("Here it is")
    page.locator("#message_file").set_input_files(tmp_path / "code.md")
    page.get_by_role("button", name="Send message").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="code.md").click()
    assert download.value.suggested_filename == "code.md"
    page.get_by_role("button", name="Confirm 1.5 h").click()
    assert "Confirmed." in page.locator("main").inner_text()
    assert Acceptance.objects.get().session == Session.objects.get(title="Access control")
    context.close()


def test_everybody_can_use_the_room(page: Page, served: Served) -> None:
    cast = assemble()
    filled(cast)
    looks: list[tuple[str, Any, int]] = [("otto", "light", 1280), ("chen", "dark", 390)]
    for who, scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        sign_in(page, served, cast, who)
        look(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
