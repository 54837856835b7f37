"""Whether everybody can use a page: axe wide in light and narrow in the dark, and nothing wider than any screen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDE, NARROW, NARROWEST = 1280, 390, 320
HEIGHTS = {WIDE: 900, NARROW: 844, NARROWEST: 700}
# Also what axe leaves out unless asked: WCAG 2.2's size of targets.
ALL: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
# What depends on the colour scheme or the width; everything else is the same markup, heard in the first look.
COLOURS = ("color-contrast", "link-in-text-block")
LAYOUT = ("target-size", "scrollable-region-focusable", "region", "landmark-unique", "bypass")
OTHER: dict[str, Any] = {"runOnly": {"type": "rule", "values": [*COLOURS, *LAYOUT]}}
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
# Of many neighbours with the same markup inside axe hears the first ones: it takes seconds for a table of hundreds.
NEIGHBOURS_MOST = 3
FEWER = """
(most) => {
  const kind = (each) => [each, ...each.querySelectorAll("*")].map((one) => one.tagName + one.className).join();
  for (const above of document.querySelectorAll("main *")) {
    const seen = {};
    for (const each of [...above.children]) {
      seen[kind(each)] = (seen[kind(each)] ?? 0) + 1;
      if (seen[kind(each)] > most) each.remove();
    }
  }
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
    """A barrier: which rule, where, in which of the looks."""

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
    """Barriers of the page as it stands, wide and narrow, light and dark; the repetitions in it are gone then.

    Its width and scheme are put back.
    """
    found = []
    for width in HEIGHTS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        found += _overflow(page, width)
    page.evaluate(FEWER, NEIGHBOURS_MOST)
    page.evaluate(AXE_SCRIPT)
    looks: list[tuple[int, Literal["light", "dark"], dict[str, Any]]] = [(NARROW, "dark", OTHER), (WIDE, "light", ALL)]
    for width, scheme, options in looks:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.emulate_media(color_scheme=scheme)
        found += _run(page, options, f"{width} {scheme}")
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
