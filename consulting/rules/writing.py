"""Texts that people publish here: how they are tidied, measured, bound by a digest, and drawn without harm."""

import nh3
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from consulting.models.articles import BODY_LONGEST, REVIEW_LONGEST, Article
from consulting.refusals import LanguageUnknown
from consulting.refusals.writing import TextMissing, TextTooLong
from consulting.rules.calendars import plain
from consulting.rules.offering import LANGUAGES
from journal.hashing import digest

TITLE_LONGEST = 160
# fmt: off
TAGS = {
    "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "a", "em", "strong", "s", "code", "pre", "blockquote", "hr",
    "br", "table", "thead", "tbody", "tr", "th", "td",
}
# fmt: on


def line(text: str) -> str:
    """One line without what no reader may meet."""
    return " ".join(plain(text).split())


def lines(text: str) -> str:
    """Any number of lines, ended by LF, without blank ones around."""
    return "\n".join(row.rstrip() for row in plain(text).split("\n")).strip("\n")


def check_article(*, title: str, language: str, body: str) -> None:
    """A title, a known language, words, none of them too long; TextMissing, TextTooLong, LanguageUnknown."""
    for field, text, most in (("title", title, TITLE_LONGEST), ("body", body, BODY_LONGEST)):
        check_length(field, text, most)
    if language not in LANGUAGES:
        raise LanguageUnknown(field="language")


def check_length(field: str, text: str, most: int = REVIEW_LONGEST) -> None:
    """TextMissing, TextTooLong."""
    if not text.strip():
        raise TextMissing(field=field)
    if len(text) > most:
        raise TextTooLong(_("At most %(most)s characters, please.") % {"most": f"{most:,}"}, field=field)


def text_digest(*, title: str, language: str, body: str) -> str:
    """What a client agrees to: domain `article` over title, language and body."""
    return digest("article", {"title": title, "language": language, "body": body})


def digest_of(article: Article) -> str:
    """The digest of an article's words as they stand."""
    return text_digest(title=article.title, language=article.language, body=article.body)


def drawn(body: str) -> SafeString:
    """Markdown as HTML that may stand on our page: no HTML of the author's, no picture, no script, no style.

    Headings begin at the second level: the first is the title's. What Markdown made is cleaned once more.
    """
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True}).enable(["table", "strikethrough", "linkify"])
    parser.disable("image")
    tokens = parser.parse(body)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
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
