"""The clauses of edition 1 in both languages, and the settings they carry, as the data file has them."""

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal

from django.utils.translation import gettext as _

from charter.refusals import UnknownSetting
from charter.rules import kinds, numbering
from charter.rules.kinds import Bounds, Kind, Value

Language = Literal["en", "zh-Hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-Hans")
Basis = Literal["said", "silent"]
Words = dict[str, str]
_MARK = re.compile(r"\{((?:rest:)?([a-z_.]+))\}")


@dataclass(frozen=True)
class Chapter:
    """A chapter: the first part of its clauses' ids, its number on pages, its title by language."""

    id: str
    number: int
    title: Words


@dataclass(frozen=True)
class Clause:
    """A clause by its permanent id; text by language with marks like `{stipend.member}` where a setting's value stands.

    A heading only names what stands below it. A reading is how this group reads what the clause leaves open.
    """

    id: str
    text: Words
    heading: bool
    reading: Words | None

    @property
    def chapter(self) -> str:
        """The id of its chapter."""
        return self.id.partition(".")[0]

    @property
    def level(self) -> int:
        """How deep it stands: 2 for `why.1`, 4 for `join.2.4.1`."""
        return self.id.count(".") + 1


@dataclass(frozen=True)
class Parameter:
    """A number or choice that the software reads from the charter."""

    key: str
    attribute: str
    kind: Kind
    bounds: Bounds | None
    value: str
    basis: Basis
    clause: str | None
    label: Words
    note: Words | None

    def parse(self, text: str) -> Value:
        """The value a text says; UnreadableValue or OutOfBounds names clause and reason."""
        return kinds.parse(self.kind, text, self.bounds)


@dataclass(frozen=True)
class Edition:
    """What edition 1 says: everything that the members did not amend since."""

    chapters: tuple[Chapter, ...]
    clauses: tuple[Clause, ...]
    parameters: dict[str, Parameter]

    @cached_property
    def _by_id(self) -> dict[str, Clause]:
        return {clause.id: clause for clause in self.clauses}

    def has(self, clause_id: str) -> bool:
        """Whether there is a clause of this id."""
        return clause_id in self._by_id

    def clause(self, clause_id: str) -> Clause:
        """One clause by id; KeyError if there is none."""
        return self._by_id[clause_id]

    def parameter(self, key: str) -> Parameter:
        """One setting by key; UnknownSetting if no clause carries it."""
        try:
            return self.parameters[key]
        except KeyError:
            raise UnknownSetting(
                _("“%(key)s” is not a setting of the charter. The charter page lists all of them.") % {"key": key}
            ) from None

    def carried(self, clause_id: str | None) -> tuple[Parameter, ...]:
        """The settings of a clause, in the order of the charter."""
        return tuple(item for item in self.parameters.values() if item.clause == clause_id)


def keys_in(text: str) -> tuple[str, ...]:
    """Keys of the settings whose values stand in a text, in order."""
    return tuple(key for _mark, key in _MARK.findall(text))


def marked(text: str) -> set[str]:
    """What stands between braces in a text: `stipend.member`, `rest:consulting.individual_share`."""
    return {mark for mark, _key in _MARK.findall(text)}


def without_marks(text: str) -> str:
    """The words between the values."""
    return _MARK.sub("", text)


@cache
def first() -> Edition:
    """Edition 1 from the data file."""
    data = json.loads(resources.files("charter").joinpath("data/edition-1.json").read_text(encoding="utf-8"))
    return Edition(
        chapters=tuple(Chapter(**item) for item in data["chapters"]),
        clauses=tuple(
            Clause(item["id"], item["text"], item.get("heading", False), item.get("reading"))
            for item in data["clauses"]
        ),
        parameters={item["key"]: _parameter(item) for item in data["parameters"]},
    )


def _parameter(item: dict[str, Any]) -> Parameter:
    return Parameter(
        key=item["key"],
        attribute=item["attribute"],
        kind=item["kind"],
        bounds=kinds.bounds(item["kind"], item.get("least"), item.get("most")),
        value=item["value"],
        basis=item["basis"],
        clause=item["clause"],
        label=item["label"],
        note=item.get("note"),
    )


@cache
def by_number(shown: str) -> str:
    """The id of a number as pages write it: 4.2.4 is `join.2.4`; KeyError if there is none."""
    return {numbering.number(clause.id): clause.id for clause in first().clauses}[shown]
