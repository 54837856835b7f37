"""How the tests look at a page: its text without tags, what stands in a form."""

import re
from html.parser import HTMLParser
from typing import Any

HTMX = {"HX-Request": "true"}
INLINE = ("a", "b", "span", "time")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keeps what is read."""
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What begins a box begins a word."""
        if tag not in INLINE:
            self.parts.append(" ")


def source(answer: Any) -> str:
    """The answer as it was sent, a stream read to its end."""
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode()
    return str(answer.content.decode())


def text(answer: Any) -> str:
    """What a person reads, in one line."""
    return _read(source(answer))


def _read(found: str) -> str:
    parser = _Text()
    parser.feed(found)
    parser.close()
    return re.sub(r"\s+", " ", "".join(parser.parts)).strip()


def part(answer: Any, start: str, end: str) -> str:
    """The text between two pieces of the source."""
    return _read(source(answer).partition(start)[2].partition(end)[0])


def title(answer: Any) -> str:
    """The page's title."""
    return part(answer, "<title>", "</title>")


def picked(answer: Any) -> list[tuple[int, bool]]:
    """(claim, whether it is ticked) of each box, in order."""
    boxes = re.findall(r'<input type="checkbox" name="claim" value="(\d+)"[^>]*?( checked)?>', source(answer))
    return [(int(value), bool(ticked)) for value, ticked in boxes]


def announced(answer: Any) -> str:
    """The sentence for readers of the screen."""
    return part(answer, '<p id="live" class="sr" role="status" hx-swap-oob="true">', "</p>")
