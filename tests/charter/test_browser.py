"""The charter page in a browser without scripts: the switch of languages, nothing wider than a phone, no barrier."""

from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from tests.charter.history import amend, found
from tests.journeys import barriers
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LONG_RULE = "share>=40% of=cast against=2 against<=2 abstain=1 turnout>=50% everybody=yes"


def test_the_languages_switch_without_scripts(chromium: Browser, served: Served) -> None:
    found()
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{served.url}/charter/#c-4.2.4")
    english, chinese = page.get_by_text("Every member must vote"), page.get_by_text("每位成员都必须投票")
    assert (english.is_visible(), chinese.is_visible()) == (True, True)
    page.get_by_label("English").check()
    assert (english.is_visible(), chinese.is_visible()) == (True, False)
    page.get_by_label("中文").check()
    assert (english.is_visible(), chinese.is_visible()) == (False, True)
    context.close()


def test_everybody_can_read_it(page: Page) -> None:
    found()
    amend(date(2026, 2, 1), {"admission.threshold": LONG_RULE, "stipend.member": "415.5"})
    amend(date(2999, 2, 1), {"stipend.member": "500"})
    page.goto("/charter/")
    seen = barriers.findings(page)
    assert not seen, barriers.told(seen)
