"""What differs between two texts, word by word, as a reader would mark it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import Literal

from charter.rules import wording
from charter.rules.clauses import Language

Kind = Literal["same", "removed", "added"]
# Whether it stayed, what was there, what is there.
Step = tuple[bool, str, str]
# A word keeps the signs inside it (1,200; U+LXP); those around it stand alone, so that a full stop is not a new word.
_SIGNS, _LETTERS = r"[!-/:-@\[-`{-~\u2019]", r"[^\W\u3400-\u9fff]"
_WORDS = re.compile(rf"\s+|{_LETTERS}+(?:{_SIGNS}+{_LETTERS}+)*|.")
_SENTENCES = re.compile(r"[^.!?。！？；\n]+[.!?。！？；\n]*\s*|[.!?。！？；\n]+\s*")
# Of words (or sentences) that are compared with each other: where they repeat, the time grows with the cube.
PAIRS_MOST = 40_000


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
    pieces: list[Piece] = []
    gone = came = ""
    steps = _joined(_steps(old, new))
    for number, (stayed, was, now) in enumerate(steps):
        between = 0 < number < len(steps) - 1
        if stayed and (now.strip() or not between):
            pieces += [*_changed(gone, came), Piece("same", now)]
            gone = came = ""
        else:
            gone, came = gone + was, came + now
    return (*pieces, *_changed(gone, came))


def _steps(old: str, new: str) -> Iterator[Step]:
    """Word by word; a long text sentence by sentence, and word by word where these differ, if that is bearable."""
    if _bearable(_WORDS.findall(old), _WORDS.findall(new)):
        yield from _matched(_WORDS.findall(old), _WORDS.findall(new))
        return
    before, after = _SENTENCES.findall(old), _SENTENCES.findall(new)
    sentences = _matched(before, after) if _bearable(before, after) else iter([(False, old, new)])
    for stayed, was, now in sentences:
        parts = _WORDS.findall(was), _WORDS.findall(now)
        if stayed or not _bearable(*parts):
            yield stayed, was, now
        else:
            yield from _matched(*parts)


def _joined(steps: Iterable[Step]) -> list[Step]:
    """Neighbours of one kind as one step."""
    groups = [(stayed, list(group)) for stayed, group in groupby(steps, key=itemgetter(0))]
    return [
        (stayed, "".join(was for _, was, _ in group), "".join(now for *_, now in group)) for stayed, group in groups
    ]


def _bearable(before: Sequence[str], after: Sequence[str]) -> bool:
    return len(before) * len(after) <= PAIRS_MOST


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterator[Step]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        yield tag == "equal", "".join(before[i1:i2]), "".join(after[j1:j2])


def _changed(gone: str, came: str) -> Iterator[Piece]:
    """What went and what came in one place."""
    if gone:
        yield Piece("removed", gone)
    if came:
        yield Piece("added", came)
