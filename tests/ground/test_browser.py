"""The browser fixtures: the strict policy holds on a real page, what breaks it is heard, no other machine exists."""

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser import listen
from tests.ground.processes import eventually
from tests.served import Served

pytestmark = pytest.mark.browser


def test_a_page_opens_without_a_violation(page: Page) -> None:
    response = page.goto("/accounts/login/")
    assert response is not None
    assert response.status == 200
    assert "'unsafe" not in response.headers["content-security-policy"]


@pytest.mark.parametrize("markup", ["<p style='color: red'>x</p>", "<img src=x onerror='window.hit = 1'>"])
def test_a_violation_is_heard(chromium: Browser, served: Served, markup: str) -> None:
    context = chromium.new_context(base_url=served.url)
    trouble = listen(context)
    page = context.new_page()
    page.goto("/accounts/login/")
    assert trouble == []
    page.evaluate("markup => { document.body.innerHTML = markup }", markup)

    def heard() -> bool:
        page.wait_for_timeout(20)
        return any("Content Security Policy" in text for text in trouble)

    assert eventually(heard)
    context.close()


def test_no_name_but_this_machine_s_is_known(chromium: Browser) -> None:
    page = chromium.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://group.example/")
    page.close()
