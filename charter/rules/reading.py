"""Clauses as people read them: text with the values in force marked, and what an amendment changed in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from charter.rules import clauses, wording
from charter.rules.clauses import Language, Parameter
from charter.rules.comparing import Compared, Piece, words
from charter.rules.texts import Text, key_of

_MARK = re.compile(r"\{(rest:)?([a-z_.]+)\}")
SHORT = 24


@dataclass(frozen=True)
class Part:
    """A piece of a clause: plain text, or the value of a setting (`key`), or one that changed (`before` is the old)."""

    text: str
    key: str = ""
    before: str = ""

    @property
    def wraps(self) -> bool:
        """Whether the value is a phrase that may break over lines; short ones stay in one piece."""
        return len(self.text) > SHORT


@dataclass(frozen=True)
class Said:
    """A text in one language, in parts."""

    language: Language
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "".join(part.text for part in self.parts)


def said_in(tongue: Language, text: str, values: Mapping[str, str], before: Mapping[str, str] | None = None) -> Said:
    """A text of a clause in its language, written values put in; where `before` differs a part keeps the old words."""
    return Said(tongue, _parts(text, tongue, values, before or {}))


def set_values(parameter: Parameter, value: str, before: str = "") -> tuple[Said, ...]:
    """A setting that stands in no clause's text: its label and value in both languages."""
    return tuple(
        Said(
            tongue,
            (
                Part(parameter.label[tongue] + wording.PHRASES[tongue].colon),
                Part(
                    wording.table_value(parameter, value, tongue),
                    parameter.key,
                    wording.table_value(parameter, before, tongue) if before else "",
                ),
            ),
        )
        for tongue in clauses.LANGUAGES
    )


@dataclass(frozen=True)
class Stand:
    """The charter at a moment of its history: written values by key of the setting, texts by key of the text."""

    values: Mapping[str, str]
    texts: Mapping[str, Text]


def changed(before: Stand, after: Stand) -> list[tuple[str | None, Compared]]:
    """What an edition changed: (clause id, words) where a clause reads otherwise, then each setting that none shows."""
    moved = [key for key, value in after.values.items() if before.values[key] != value]
    found: list[tuple[str | None, Compared]] = []
    told: set[str] = set()
    for clause in clauses.first().clauses:
        for tongue in clauses.LANGUAGES:
            key = key_of(clause.id, tongue)
            old, new = before.texts[key].text, after.texts[key].text
            marks = {*clauses.keys_in(old), *clauses.keys_in(new)} & set(moved)
            told |= marks
            if old != new:
                found.append((clause.id, compared(tongue, old, before.values, new, after.values)))
            elif marks:
                said_now = said_in(tongue, new, after.values, {key: before.values[key] for key in marks})
                found.append((clause.id, _pieces(said_now)))
    for setting in (key for key in moved if key not in told):
        parameter = clauses.first().parameter(setting)
        texts = set_values(parameter, after.values[setting], before.values[setting])
        found += [(parameter.clause, _pieces(text)) for text in texts]
    return found


def compared(
    tongue: Language, old: str, old_values: Mapping[str, str], new: str, new_values: Mapping[str, str]
) -> Compared:
    """Two texts of a clause, each with the values of its time, word by word."""
    return Compared(tongue, words(str(said_in(tongue, old, old_values)), str(said_in(tongue, new, new_values))))


def _pieces(text: Said) -> Compared:
    """Values that changed in words that did not: each goes and comes whole."""
    pieces: list[Piece] = []
    for part in text.parts:
        if part.before:
            pieces += [Piece("removed", part.before), Piece("added", part.text)]
        else:
            pieces.append(Piece("same", part.text))
    return Compared(text.language, tuple(pieces))


def _parts(text: str, tongue: Language, values: Mapping[str, str], before: Mapping[str, str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    end = 0
    for mark in _MARK.finditer(text):
        parts.append(Part(text[end : mark.start()]))
        parameter = clauses.first().parameter(mark[2])
        write = wording.rest_value if mark[1] else wording.sentence_value
        old = before.get(parameter.key)
        parts.append(
            Part(
                write(parameter, values[parameter.key], tongue),
                parameter.key,
                write(parameter, old, tongue) if old is not None and old != values[parameter.key] else "",
            )
        )
        end = mark.end()
    parts.append(Part(text[end:]))
    return tuple(part for part in parts if part.text)
