"""What changed between the words of two rounds, word by word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Kind = Literal["same", "removed", "added"]
_WORDS = re.compile(r"\s+|[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One field that differs; `added` has no old words, `removed` no new ones."""

    field: str
    pieces: tuple[Piece, ...]

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        kinds = {piece.kind for piece in self.pieces if piece.text.strip()}
        return kinds.pop() if len(kinds) == 1 else "changed"


def words(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of a text; old is the same and removed ones together, new the same and added ones.

    A space that stayed between two changed words goes with them: "two years on" came, not three words one by one.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    gone = came = ""
    steps = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    for number, (tag, i1, i2, j1, j2) in enumerate(steps):
        was, now = "".join(before[i1:i2]), "".join(after[j1:j2])
        between = 0 < number < len(steps) - 1
        if tag == "equal" and (now.strip() or not between):
            pieces += [*_changed(gone, came), Piece("same", now)]
            gone = came = ""
        else:
            gone, came = gone + was, came + now
    return (*pieces, *_changed(gone, came))


def _changed(gone: str, came: str) -> Iterator[Piece]:
    """What went and what came in one place."""
    if gone:
        yield Piece("removed", gone)
    if came:
        yield Piece("added", came)


def fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The fields whose text differs, in the order of the new content; values are texts."""
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(key, words(str(old.get(key, "")), str(new.get(key, ""))))
        for key in keys
        if str(old.get(key, "")) != str(new.get(key, ""))
    ]
