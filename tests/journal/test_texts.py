"""Typed words are tidied, and Markdown becomes nothing that could act (26)."""

from typing import Any

import nh3
import pytest
from markdown_it import MarkdownIt

from journal import texts
from tests.payloads import PAYLOADS, harm


def test_there_are_more_than_two_hundred_and_all_are_harmful_raw() -> None:
    assert len(set(PAYLOADS)) >= 200
    assert sum(bool(harm(text)) for text in PAYLOADS) > 100, "the eye that looks at pages sees what is harmful"


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 26))
def test_markdown_becomes_harmless(number: int) -> None:
    for payload in PAYLOADS[number : number + 26]:
        assert harm(str(texts.drawn(payload))) == [], payload


def test_without_the_cleaning_and_with_html_the_corpus_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    class Open(MarkdownIt):
        def __init__(self, _preset: str, _options: Any) -> None:
            super().__init__("commonmark", {"html": True})

        def validateLink(self, _url: str) -> bool:  # noqa: N802 (the library's name)
            return True

    monkeypatch.setattr(texts, "MarkdownIt", Open)
    monkeypatch.setattr(nh3, "clean", lambda text, **_rules: text)
    assert sum(bool(harm(str(texts.drawn(payload)))) for payload in PAYLOADS) > 100


@pytest.mark.parametrize(
    ("body", "heading", "expected"),
    [
        ("# a\n## b", 2, "<h2>a</h2>\n<h3>b</h3>\n"),
        ("# a\n###### b", 4, "<h4>a</h4>\n<h6>b</h6>\n"),
        ("~~a~~ `b`", 2, "<p><s>a</s> <code>b</code></p>\n"),
        ("[a](/proposals/1/)", 2, '<p><a rel="nofollow noopener ugc">a</a></p>\n'),
        (
            "see https://a.example/b",
            2,
            '<p>see <a href="https://a.example/b" rel="nofollow noopener ugc">https://a.example/b</a></p>\n',
        ),
    ],
)
def test_what_markdown_becomes(body: str, heading: int, expected: str) -> None:
    assert str(texts.drawn(body, heading=heading)) == expected


def test_what_no_reader_may_meet_goes() -> None:
    assert texts.lines("\r\n a\x00 \r\nb\u2028\t\n\n") == " a\nb"
    assert texts.line(" a\x07\n b ") == "a b"
