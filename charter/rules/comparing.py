"""What differs between two texts, word by word, as a reader would mark it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from charter.rules import wording
from charter.rules.clauses import Language

Kind = Literal["same", "removed", "added"]
# A word keeps the signs inside it (1,200; U+LXP); those around it stand alone, so that a full stop is not a new word.
_SIGNS, _LETTERS = r"[!-/:-@\[-`{-~\u2019]", r"[^\W\u3400-\u9fff]"
_WORDS = re.compile(rf"\s+|{_LETTERS}+(?:{_SIGNS}+{_LETTERS}+)*|.")


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Compared:
    """A text in one language as it was and as it is or will be."""

    language: Language
    pieces: tuple[Piece, ...]

    @property
    def phrases(self) -> wording.Phrases:
        """The labels of the language."""
        return wording.PHRASES[self.language]

    @property
    def shown(self) -> list[tuple[Piece, bool]]:
        """Each piece, and whether a space has to keep it apart from the one that came in its place."""
        following = [*self.pieces[1:], Piece("same", "")]
        return [
            (piece, piece.kind == "removed" and after.kind == "added")
            for piece, after in zip(self.pieces, following, strict=False)
        ]


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
