"""What new words of a clause may be: plain, of one paragraph, with every value that the clause shows."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from charter.models import TEXT_MOST
from charter.refusals import (
    MarkMissing,
    ReplacedUnnamed,
    TextMoved,
    TextUnchanged,
    TextWaits,
    UnknownMark,
    UnwrittenText,
)
from charter.rules import clauses, texts, wording
from charter.rules.clauses import Clause, Language
from charter.rules.texts import Text, Texts
from journal import writing

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Rewording:
    """New words of one clause in one language, and the digest of those they replace."""

    clause: str
    language: Language
    text: str
    replaces: str

    @property
    def key(self) -> str:
        """`income.1.2.2/en`."""
        return texts.key_of(self.clause, self.language)

    @property
    def digest(self) -> str:
        """What names these words."""
        return texts.fingerprint(self.clause, self.language, self.text)

    def passed(self, edition: int, effective_on: date) -> Text:
        """As a text of an edition."""
        return Text(self.clause, self.language, self.text, edition, effective_on)


def plain(text: str) -> str:
    """A typed text as it is kept: NFC, no space around it, one space where there were several or a new line."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def read(words: Mapping[str, str], replaces: Mapping[str, str]) -> tuple[Rewording, ...]:
    """The texts of a bundle by key, in the order of the charter.

    Raises, with the text's key as field, UnknownClause, UnwrittenText, MarkMissing, UnknownMark, ReplacedUnnamed.
    """
    for key in sorted(set(words) ^ set(replaces)):
        raise ReplacedUnnamed(field=key)
    order = {clause.id: place for place, clause in enumerate(clauses.first().clauses)}
    found = [_read(key, text, replaces[key]) for key, text in words.items()]
    return tuple(sorted(found, key=lambda item: (order[item.clause], clauses.LANGUAGES.index(item.language))))


def _read(key: str, words: str, replaced: str) -> Rewording:
    clause, language = texts.place_of(key)
    text = plain(words)
    if not text or len(text) > TEXT_MOST or any(unicodedata.category(sign).startswith("C") for sign in text):
        raise UnwrittenText(clause=clause, field=key)
    _check_marks(clauses.first().clause(clause), language, text, key)
    return Rewording(clause, language, text, replaced)


def _check_marks(clause: Clause, language: Language, text: str, key: str) -> None:
    """MarkMissing or UnknownMark."""
    needed, written = clauses.marked(clause.text[language]), clauses.marked(text)
    if missing := sorted(needed - written):
        raise MarkMissing(
            _("Keep %(marks)s: the value of the setting stands there.")
            % {"marks": ", ".join(f"{{{mark}}}" for mark in missing)},
            clause=clause.id,
            field=key,
        )
    allowed = needed | {parameter.key for parameter in clauses.first().carried(clause.id)}
    rest = clauses.without_marks(text)
    if written - allowed or "{" in rest or "}" in rest:
        raise UnknownMark(clause=clause.id, field=key)


def check(standing: Texts, new: Iterable[Rewording], begins_on: date) -> None:
    """TextMoved, TextUnchanged or TextWaits for the first text that may not follow the latest of its clause."""
    for item in new:
        latest = standing.latest(item.key)
        what = {"place": wording.place(item.clause, item.language), "text": latest.text}
        if latest.digest != item.replaces:
            raise TextMoved(
                _("%(place)s reads otherwise by now: “%(text)s”. Compare it with your words and send them again.")
                % what,
                clause=item.clause,
                field=item.key,
            )
        if latest.digest == item.digest:
            raise TextUnchanged(
                _("%(place)s reads so already. Change its words, or leave it out.") % what,
                clause=item.clause,
                field=item.key,
            )
        if latest.since and latest.since > begins_on:
            day = writing.day(latest.since, shape="day_year")
            raise TextWaits(
                _("A passed text of %(place)s waits for %(day)s. Let yours begin on that day or later.")
                % (what | {"day": day}),
                clause=item.clause,
                field=item.key,
            )


def alone(new: Iterable[Rewording | Text]) -> list[tuple[str, Language]]:
    """The texts that stay as they are though their clause changes in the other language."""
    amended = [(item.clause, item.language) for item in new]
    others = [(clause, other) for clause, _own in amended for other in clauses.LANGUAGES]
    return [place for place in others if place not in amended]
