"""What changed between the words of two rounds, word by word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charter.rules.comparing import Piece, words


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


def fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The fields whose text differs, in the order of the new content; values are texts."""
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(key, words(str(old.get(key, "")), str(new.get(key, ""))))
        for key in keys
        if str(old.get(key, "")) != str(new.get(key, ""))
    ]
