"""Reading the editions: what each amended, the texts of the clauses, and the rows of `charter.csv`."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from charter.models import ClauseText, Edition
from charter.refusals import NoGroup
from charter.rules import clauses
from charter.rules.clauses import Language
from charter.rules.terms import ZONE_KEY
from charter.rules.texts import Text, Texts
from charter.selectors.terms import group, timeline


@dataclass(frozen=True)
class Amended:
    """An edition with its changed values, and the new texts of clauses, by key."""

    edition: Edition
    values: dict[str, str]
    texts: dict[str, Text]


def last_edition() -> int:
    """The number of the newest edition, in force or not; NoGroup before the founding."""
    number = Edition.objects.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        raise NoGroup
    return number


def editions() -> list[Amended]:
    """Every edition with what it amended, newest first; three queries."""
    return [
        Amended(edition, _values(edition), {item.key: item for item in map(text_of, edition.texts.all())})
        for edition in Edition.objects.order_by("-number").prefetch_related("amendments", "texts")
    ]


def texts() -> Texts:
    """Edition 1's words and all that replaced them, in one query; answers any day after that."""
    return Texts.of(text_of(row) for row in ClauseText.objects.select_related("edition"))


def text_of(row: ClauseText) -> Text:
    """A stored text with its edition's number and day."""
    return Text(row.clause, cast(Language, row.language), row.text, row.edition_id, row.edition.effective_on)


def _values(edition: Edition) -> dict[str, str]:
    return {item.key: item.value for item in sorted(edition.amendments.all(), key=lambda row: row.key)}


def amendment_rows() -> list[tuple[date, str, str]]:
    """What `charter.csv` holds: (effective_on, key, value), each day and key once, in byte order.

    Where two editions amended the same setting for the same day, the value that holds is exported. A group founded in
    another time zone than edition 1 names gets a row for it on its day.
    """
    read = timeline()
    rows = {(change.effective_on, change.key): change.value for change in read.changes}
    if read.zone and read.zone != clauses.first().parameter(ZONE_KEY).value:
        rows = {(group().founded_on, ZONE_KEY): read.zone} | rows
    return sorted((day, key, value) for (day, key), value in rows.items())
