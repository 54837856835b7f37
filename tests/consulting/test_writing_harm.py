"""No payload in any field of articles and reviews becomes a script, a handler, a style or a foreign picture (26)."""

import html
import itertools
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import nh3
import pytest
from django.test import Client
from markdown_it import MarkdownIt

from consulting.models import Article
from consulting.rules import writing as rules
from consulting.services import acceptances, articles, reviews
from members.models import Member
from tests.cast import AT, Cast
from tests.consulting.desk import SUNDAY
from tests.consulting.offers import offered
from tests.consulting.writings import ordered
from treasury.models import Client as Payer

CODE = "alert(7)"
# Ways to carry code, ways to hide them from a filter, ways in which Markdown would bring them onto the page.
CARRIERS = [
    f"<script>{CODE}</script>",
    f"<img src=x onerror={CODE}>",
    f"<svg onload={CODE}>",
    f"<svg><script>{CODE}</script></svg>",
    f"<iframe srcdoc='<script>{CODE}</script>'></iframe>",
    f"<a href='javascript:{CODE}'>x</a>",
    f"<body onload={CODE}>",
    f"<style>*{{background:url(//evil.example/{CODE})}}</style>",
    f"<p style='background:url(//evil.example)' onclick={CODE}>x</p>",
    f"<math><mtext></p><script>{CODE}</script>",
    f"<object data='data:text/html,<script>{CODE}</script>'></object>",
    f"<form action='//evil.example'><button formaction='javascript:{CODE}'>x</button></form>",
    f"<meta http-equiv=refresh content='0;url=javascript:{CODE}'>",
    "<base href='//evil.example/'><link rel=stylesheet href='//evil.example/'>",
    f"<details open ontoggle={CODE}>x</details>",
    f"<input autofocus onfocus={CODE}>",
    f"<video><source onerror={CODE}></video>",
    f"<template><script>{CODE}</script></template>",
]
TARGETS = [
    f"javascript:{CODE}",
    f"JaVaScRiPt:{CODE}",
    f"java&#115;cript:{CODE}",
    f"java%0ascript:{CODE}",
    f"\tjavascript:{CODE}",
    f"&#x6A;avascript:{CODE}",
    f"vbscript:{CODE}",
    f"data:text/html,<script>{CODE}</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    f"file:///{CODE}",
]
HIDDEN = [
    lambda text: text,
    str.upper,
    lambda text: text.replace("<", "<\x00"),
    lambda text: text.replace(" on", "/on"),
    lambda text: f"<!-- --><![CDATA[>{text}]]>",
    lambda text: f"`` {text}\n```\n{text}\n",
    lambda text: f"> {text}\n- {text}\n1. {text}\n\n    {text}",
    lambda text: f"# {text}\n|a|b|\n|-|-|\n|{text}|x|",
]
LINKS = [
    "[x]({})",
    "![x]({})",
    "<{}>",
    "[x]: {}\n\n[x]",
    "[x](<{}> 'title\" onmouseover=\"alert(7)')",
    "[![x]({0})]({0})",
    "**[{0}]({0})**",
    "<a href={}>x",
]
PAYLOADS = [
    *(hide(carrier) for carrier, hide in itertools.product(CARRIERS, HIDDEN)),
    *(link.format(target) for link, target in itertools.product(LINKS, TARGETS)),
]
HARMFUL = {"script", "style", "iframe", "object", "embed", "svg", "math", "img", "form", "input", "button", "meta",
           "base", "link", "body", "details", "video", "audio", "template", "textarea"}  # fmt: skip


class Found(HTMLParser):
    """Everything in a piece of HTML that could act."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in HARMFUL:
            self.harm.append(f"<{tag}>")
        for name, value in attributes:
            scheme = "".join(html.unescape(value or "").split()).lower().partition(":")[0]
            if name.startswith("on") or name in {"style", "srcdoc", "formaction", "src"}:
                self.harm.append(f"<{tag} {name}>")
            if name == "href" and ":" in (value or "") and scheme not in {"http", "https", "mailto"}:
                self.harm.append(f"<{tag} href={value}>")


def harm(text: str) -> list[str]:
    found = Found()
    found.feed(text)
    found.close()
    return found.harm


def part(page: str, start: str, end: str) -> str:
    """What people wrote into a page, without the page's own forms and scripts."""
    assert start in page
    return page[page.index(start) :].partition(end)[0]


def test_there_are_more_than_two_hundred_and_all_are_harmful_raw() -> None:
    assert len(set(PAYLOADS)) >= 200
    assert sum(bool(harm(text)) for text in PAYLOADS) > 100, "the eye that looks at pages sees what is harmful"


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 26))
def test_markdown_becomes_harmless(number: int) -> None:
    for payload in PAYLOADS[number : number + 26]:
        assert harm(str(rules.drawn(payload))) == [], payload


def test_without_the_cleaning_and_with_html_the_corpus_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    class Open(MarkdownIt):
        def __init__(self, _preset: str, _options: Any) -> None:
            super().__init__("commonmark", {"html": True})

        def validateLink(self, _url: str) -> bool:  # noqa: N802 (the library's name)
            return True

    monkeypatch.setattr(rules, "MarkdownIt", Open)
    monkeypatch.setattr(nh3, "clean", lambda text, **_rules: text)
    assert sum(bool(harm(str(rules.drawn(payload)))) for payload in PAYLOADS) > 100


def test_no_field_of_an_article_or_a_review_acts_on_any_page(cast: Cast, client: Client) -> None:
    engagement = ordered(cast)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    offered(cast.chen)
    Member.objects.filter(pk=cast.chen.pk).update(name=PAYLOADS[0])
    Payer.objects.filter(pk=engagement.client.pk).update(name=PAYLOADS[0])
    Article.objects.bulk_create(
        Article(
            author=cast.chen,
            slug=f"a-{number}",
            title=rules.line(payload)[:160],
            language="en",
            body=rules.lines(payload),
            digest=f"{number:064x}",
            changed_at=AT,
            published_at=AT + timedelta(seconds=number),
        )
        for number, payload in enumerate(PAYLOADS)
    )
    for number in range(1, len(PAYLOADS) // 20 + 2):
        page = client.get(f"/articles/?page={number}").content.decode()
        assert harm(part(page, '<ul class="rows mt"', "</ul>")) == []
    for number in range(0, len(PAYLOADS), 30):
        page = client.get(articles.PAGE % f"a-{number}").content.decode()
        assert harm(part(page, '<div class="page-head">', "</main>")) == []
        text = " ".join(PAYLOADS[number : number + 30])[:600]
        reviews.write(engagement=engagement, text=text, named=True, by=cast.noor, at=AT)
        page = client.get("/experts/chen/").content.decode()
        assert harm(part(page, 'id="said-h"', "</section>")) == []
        assert harm(part(page, 'id="work-h"', "</section>")) == []
    space = {"a": "http://www.w3.org/2005/Atom"}
    feed = ElementTree.fromstring(client.get("/articles/feed.xml").content)  # noqa: S314
    summaries = [entry.findtext("a:summary", "", space) for entry in feed.findall("a:entry", space)]
    assert len(summaries) == 50
    assert not [found for text in summaries for found in harm(text)]
