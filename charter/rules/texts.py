"""The words of the clauses over time: edition 1's, and all that replaced them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from charter.refusals import UnknownClause
from charter.rules import clauses
from charter.rules.clauses import Language
from journal.hashing import digest


def key_of(clause: str, language: str) -> str:
    """What a text is called in a bundle: `income.1.2.2/en`."""
    return f"{clause}/{language}"


def place_of(key: str) -> tuple[str, Language]:
    """Clause and language of a key; UnknownClause if the charter has no such text."""
    clause, _slash, language = key.partition("/")
    for own in clauses.LANGUAGES:
        if language == own and clauses.first().has(clause):
            return clause, own
    raise UnknownClause(field=key)


def fingerprint(clause: str, language: str, text: str) -> str:
    """64 hex characters that name these words of this clause in this language."""
    return digest("clause", {"clause": clause, "language": language, "text": text})


@dataclass(frozen=True)
class Text:
    """The words of a clause in one language, with marks, since an edition's day (1 and None: from the beginning)."""

    clause: str
    language: Language
    text: str
    edition: int = 1
    since: date | None = None

    @property
    def key(self) -> str:
        """`income.1.2.2/en`."""
        return key_of(self.clause, self.language)

    @property
    def digest(self) -> str:
        """What names these words."""
        return fingerprint(self.clause, self.language, self.text)


@dataclass(frozen=True)
class Texts:
    """Every text that passed since edition 1, in the order in which they take effect; answers any day."""

    passed: tuple[Text, ...] = ()

    @classmethod
    def of(cls, passed: Iterable[Text]) -> "Texts":
        """From texts in any order."""
        return cls(tuple(sorted(passed, key=lambda item: (item.since or date.min, item.edition))))

    @cached_property
    def _lines(self) -> dict[str, list[Text]]:
        lines = {
            key_of(clause.id, language): [Text(clause.id, language, clause.text[language])]
            for clause in clauses.first().clauses
            for language in clauses.LANGUAGES
        }
        for item in self.passed:
            lines[item.key].append(item)
        return lines

    def line(self, key: str) -> list[Text]:
        """Every text of a key, edition 1's first; UnknownClause if the charter has none."""
        place_of(key)
        return self._lines[key]

    def latest(self, key: str) -> Text:
        """The text that passed last, which may wait for its day: the one that a new text replaces."""
        return self.line(key)[-1]

    def named(self, key: str, name: str) -> Text | None:
        """The newest text of a key with this digest."""
        return next((item for item in reversed(self.line(key)) if item.digest == name), None)

    def held_on(self, day: date) -> dict[str, Text]:
        """Every text as it reads on a day, by key."""
        held = {key: line[0] for key, line in self._lines.items()}
        held.update({item.key: item for item in self.passed if item.since and item.since <= day})
        return held

    def before(self, edition: int, effective_on: date) -> dict[str, Text]:
        """Every text as it read just before an edition took effect on its day."""
        place = (effective_on, edition)
        held = {key: line[0] for key, line in self._lines.items()}
        held.update((item.key, item) for item in self.passed if item.since and (item.since, item.edition) < place)
        return held
