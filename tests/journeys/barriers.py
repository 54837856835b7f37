"""Whether everybody can use a page: axe in both schemes, nothing wider than the screen, at the widths that count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDE, NARROW, NARROWEST = 1280, 390, 320
HEIGHTS = {WIDE: 900, NARROW: 844, NARROWEST: 700}
# What depends on the colour scheme; everything else is the same markup in the same layout.
COLOURS = ("color-contrast", "link-in-text-block")
# Also what axe leaves out unless asked: WCAG 2.2's size of targets.
ALL: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
ONLY_COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": list(COLOURS)}}
# What depends on the width: the markup is the same, and was heard at the other one.
LAYOUT = (*COLOURS, "target-size", "scrollable-region-focusable", "region", "landmark-unique", "bypass")
ONLY_LAYOUT: dict[str, Any] = {"runOnly": {"type": "rule", "values": list(LAYOUT)}}
# Without preload axe fetches nothing, so the page's policy has nothing to refuse because of it.
RUN = """
async (options) => {
  // Colours that are still changing after a change of scheme are nobody's.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  for (const each of document.getAnimations()) try { each.finish(); } catch { each.cancel(); }
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false, ...options});
  return found.violations.flatMap((rule) => rule.nodes.map((node) => [rule.id, node.target.join(" "), node.html,
    [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ")]));
}
"""
# A box that hides what is wider than itself: the page does not scroll, and the words are gone all the same.
CLIPPED = """
() => [...document.querySelectorAll("main *")]
  .filter((each) => ["hidden", "clip"].includes(getComputedStyle(each).overflowX) && each.clientWidth > 1
    && each.scrollWidth > each.clientWidth + 1 && !each.closest(".sr, svg, input, textarea, select"))
  .map((each) => [each.outerHTML.slice(0, 200), `${each.scrollWidth} px of words in ${each.clientWidth} px`])
"""


@dataclass(frozen=True)
class Finding:
    """A barrier: which rule, where, in which of the four looks."""

    rule: str
    target: str
    why: str
    look: str
    url: str

    def __str__(self) -> str:
        """One line of a failure."""
        return f"{self.url} {self.look}: {self.target}: {self.why}"


def told(found: Sequence[Finding]) -> str:
    """Each kind of barrier with how often it was met, and three examples."""
    lines = []
    for rule, times in Counter(one.rule for one in found).most_common():
        examples = list(dict.fromkeys(str(one) for one in found if one.rule == rule))[:3]
        lines += [f"{times} × {rule}", *(f"  {line}" for line in examples)]
    return "\n".join(lines)


def findings(page: Page) -> list[Finding]:
    """Barriers of the page as it stands, wide and narrow, light and dark. Its width and scheme are put back."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for width, options in ((WIDE, ALL), (NARROW, ONLY_LAYOUT)):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        found += _run(page, options, f"{width} light")
        found += _overflow(page, width)
    page.set_viewport_size({"width": WIDE, "height": HEIGHTS[WIDE]})
    page.emulate_media(color_scheme="dark")
    found += _run(page, ONLY_COLOURS, f"{WIDE} dark")
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHTS[NARROWEST]})
    found += _overflow(page, NARROWEST)
    page.set_viewport_size({"width": WIDE, "height": HEIGHTS[WIDE]})
    page.emulate_media(color_scheme="light")
    return found


def here(page: Page) -> list[Finding]:
    """Barriers of the page in the width and scheme that it has: for the states in the middle of a journey."""
    page.evaluate(AXE_SCRIPT)
    return _run(page, ALL, "here")


def _run(page: Page, options: dict[str, Any], look: str) -> list[Finding]:
    rows = page.evaluate(RUN, options)
    return [Finding(rule, f"{target} {html[:160]}", why, look, page.url) for rule, target, html, why in rows]


def _overflow(page: Page, width: int) -> list[Finding]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [Finding("sideways-scroll", "html", f"{wide} px", str(width), page.url)] if wide > width else []
    return found + [Finding("clipped", html, why, str(width), page.url) for html, why in page.evaluate(CLIPPED)]
