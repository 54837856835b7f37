"""Texts that people type: how they are tidied before they are kept, and how Markdown is drawn without harm.

The one place where typed words become HTML. Knows no person and no page: every floor draws with it.
"""

import re

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
LOWEST_HEADING = 6
# fmt: off
TAGS = {
    "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "a", "em", "strong", "s", "code", "pre", "blockquote", "hr",
    "br", "table", "thead", "tbody", "tr", "th", "td",
}
# fmt: on


def plain(text: str) -> str:
    """Without what no program may meet: control characters, and line ends other than LF."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """One line without what no reader may meet."""
    return " ".join(plain(text).split())


def lines(text: str) -> str:
    """Any number of lines, ended by LF, without blank ones around."""
    return "\n".join(row.rstrip() for row in plain(text).split("\n")).strip("\n")


def drawn(body: str, *, heading: int = 2) -> SafeString:
    """Markdown as HTML that may stand on our page: no HTML of the author's, no picture, no script, no style.

    The author's first headings get the level `heading` (2 to 6), below those of the page. What Markdown made is
    cleaned once more.
    """
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True}).enable(["table", "strikethrough", "linkify"])
    parser.disable("image")
    tokens = parser.parse(body)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + heading - 1, LOWEST_HEADING)}"
    html = str(parser.renderer.render(tokens, parser.options, {}))
    return SafeString(
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"a": {"href", "title"}},
            attribute_filter=_whole_address,
            link_rel="nofollow noopener ugc",
        )
    )


def _whole_address(_tag: str, name: str, value: str) -> str | None:
    """A link says wholly where it leads: to no script, and nowhere that depends on who shows it."""
    return value if name != "href" or value.lower().startswith(("https://", "http://", "mailto:")) else None
