"""The eyes of the other tests are open: each kind of barrier is seen where there is one."""

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import barriers
from tests.journeys.visitors import DESK, Stage, Visitor, stage
from tests.served import Served

FRAME = """<!doctype html><html lang="en"><title>Page</title><style>
  :root {{ color-scheme: light dark; }}
  body {{ margin: 0; color: light-dark(#000, #fff); background: light-dark(#fff, #000); }}
  {style}</style><main><h1>Page</h1>{body}</main></html>"""


@pytest.fixture
def blank(site: Served, chromium: Browser) -> Page:
    return Visitor(chromium, site.url, DESK).page


@pytest.mark.parametrize(
    ("style", "body", "rule", "looks"),
    [
        ("", '<img src="data:,">', "image-alt", {"1280 light"}),
        ("", '<a href="/a">x</a><br><a href="/b">x</a>', "target-size", {"1280 light", "390 dark"}),
        ("p { color: light-dark(#111, #333) }", "<p>Words</p>", "color-contrast", {"390 dark"}),
        ("p { inline-size: 340px }", "<p>Words</p>", "sideways-scroll", {"320"}),
        (
            "p { inline-size: 60px; overflow: hidden; white-space: nowrap }",
            "<p>40,461.7957 U</p>",
            "clipped",
            {"1280", "390", "320"},
        ),
    ],
)
def test_a_barrier_is_found_in_its_looks(blank: Page, style: str, body: str, rule: str, looks: set[str]) -> None:
    blank.set_content(FRAME.format(style=style, body=body))
    found = barriers.findings(blank)
    assert {one.rule for one in found} == {rule}
    assert {one.look for one in found} == looks


def test_a_page_without_barriers_has_none(blank: Page) -> None:
    blank.set_content(FRAME.format(style="", body="<p>Words</p>"))
    assert barriers.findings(blank) == []


def test_the_first_of_many_alike_and_the_one_that_differs_are_heard(blank: Page) -> None:
    alike = '<li><a href="/a">Words that are long enough</a></li>'
    other = '<li><b><a href="/b">Others</a></b><img src="data:,"></li>'
    blank.set_content(FRAME.format(style="li { margin: 40px }", body=f"<ul>{alike * 40}{other}{alike * 40}</ul>"))
    assert {one.rule for one in barriers.findings(blank)} == {"image-alt"}
    assert blank.locator("li").count() == barriers.NEIGHBOURS_MOST + 1


def met(opened: Stage, script: str) -> list[str]:
    """What a visitor of the sign-in page hears of a script in it; forgotten afterwards."""
    visitor = opened.visitor()
    visitor.open("/accounts/login/").evaluate(script)
    # An answer from the server takes as long as it takes; 15 s at most, as everywhere.
    for _ in range(150):
        visitor.page.wait_for_timeout(100)
        if visitor.trouble:
            break
    heard, visitor.trouble[:] = list(visitor.trouble), []
    return heard


def test_what_the_policy_refuses_is_heard(site: Served, chromium: Browser) -> None:
    with stage(site.url, chromium) as opened:
        assert any(
            "policy: style-src-attr" in line
            for line in met(opened, "document.body.setAttribute('style', 'color: red')")
        )
        assert any("boom" in line for line in met(opened, "setTimeout(() => { throw new Error('boom'); })"))
        assert any(
            "answers 404" in line
            for line in met(opened, "document.body.append(Object.assign(new Image(), {src: '/no.png'}))")
        )


def test_a_visitor_s_trouble_fails_the_test(site: Served, chromium: Browser) -> None:
    with pytest.raises(AssertionError, match="boom"), stage(site.url, chromium) as opened:
        opened.visitor().trouble.append("boom")
