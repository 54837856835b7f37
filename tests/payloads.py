"""Texts that would act on a page if they came through as they are, and an eye that sees in HTML what could act."""

import html
import itertools
from html.parser import HTMLParser

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
