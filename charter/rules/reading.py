"""Clauses as people read them: text with the values in force marked, and what an amendment changed in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from charter.rules import clauses, wording
from charter.rules.clauses import Clause, Language, Parameter

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


def said(clause: Clause, values: Mapping[str, str], before: Mapping[str, str] | None = None) -> tuple[Said, ...]:
    """A clause in both languages with written values put in; where `before` differs the part keeps the old words."""
    return tuple(
        Said(tongue, _parts(clause.text[tongue], tongue, values, before or {})) for tongue in clauses.LANGUAGES
    )


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


def changed(before: Mapping[str, str], changes: Mapping[str, str]) -> list[tuple[str | None, tuple[Said, ...]]]:
    """What an edition changed: (clause id, words) for each clause whose text it touches, then each other setting."""
    edition = clauses.first()
    values = {**before, **changes}
    found: list[tuple[str | None, tuple[Said, ...]]] = [
        (clause.id, said(clause, values, {key: before[key] for key in clause.marks if key in changes}))
        for clause in edition.clauses
        if set(clause.marks) & set(changes)
    ]
    told = {key for clause in edition.clauses for key in clause.marks}
    for key, value in changes.items():
        if key not in told:
            parameter = edition.parameter(key)
            found.append((parameter.clause, set_values(parameter, value, before[key])))
    return found


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
