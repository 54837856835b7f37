"""The act of this floor: amending the charter."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from charter import selectors
from charter.registry import Act, Difference, register
from charter.rules import amendments, clauses, reading, rewordings, wording
from charter.rules.rewordings import Rewording
from charter.rules.texts import Text, Texts
from charter.services import editions
from journal import writing


@dataclass(frozen=True)
class Amend:
    """New written values by key and new clause texts, from a day on; without one, from the day of execution.

    `texts` by `"<clause>/<language>"`, `replaces` by the same keys the digests of the texts whose place they take.
    """

    changes: dict[str, str]
    effective_on: date | None = None
    texts: dict[str, str] = field(default_factory=dict)
    replaces: dict[str, str] = field(default_factory=dict)

    def begins_on(self, day: date) -> date:
        """The day of execution, unless the act names a later one: what is past stays as it was."""
        return max(self.effective_on or day, day)

    def rewordings(self) -> tuple[Rewording, ...]:
        """The texts as rules take them, in the order of the charter; refused where they are no texts of a clause."""
        return rewordings.read(self.texts, self.replaces)


def check(params: Amend, day: date) -> None:
    """Raises what would refuse the amendment if it were executed on a day."""
    values = amendments.canonical_changes(params.changes)
    texts = params.rewordings()
    amendments.refuse_empty(values, texts)
    read = selectors.timeline()
    amendments.check(read.amended(selectors.last_edition() + 1, params.begins_on(day), values))
    if texts:
        rewordings.check(selectors.texts(), texts, params.begins_on(day))


def preview(params: Amend, day: date) -> list[str]:
    """One sentence per changed setting and text, and per text that is left alone, in the active language."""
    begins_on = writing.day(params.begins_on(day), shape="day_year")
    told = [
        _("From %(day)s on, “%(label)s” is %(new)s instead of %(old)s.")
        % {"day": begins_on, "label": item.label, "new": item.after, "old": item.before}
        for item in _settings(params, day)
    ]
    return [*told, *_told_texts(params, day)]


def diff(params: Amend, day: date) -> list[Difference]:
    """Each setting as it would stand on the first day without the amendment, and with it; each text word by word."""
    return [*_settings(params, day), *_texts(params, day)]


def _settings(params: Amend, day: date) -> list[Difference]:
    held = selectors.timeline().held_on(params.begins_on(day))
    tongue, parameters = wording.language(), clauses.first().parameters
    return [
        Difference(
            wording.label(key),
            wording.table_value(parameters[key], held[key].value, tongue),
            wording.table_value(parameters[key], value, tongue),
            parameters[key].clause or "",
        )
        for key, value in amendments.canonical_changes(params.changes).items()
    ]


@dataclass(frozen=True)
class _Values:
    """The written values of the day of an amendment: without it, and with it."""

    before: dict[str, str]
    after: dict[str, str]


def _values(params: Amend, day: date) -> _Values:
    held = selectors.timeline().held_on(params.begins_on(day))
    before = {key: item.value for key, item in held.items()}
    return _Values(before, before | amendments.canonical_changes(params.changes))


def _texts(params: Amend, day: date) -> list[Difference]:
    new = params.rewordings()
    if not new:
        return []
    standing, values = selectors.texts(), _values(params, day)
    return [_difference(item, _replaced(standing, item).text, values) for item in new]


def _difference(item: Rewording, old: str, values: _Values) -> Difference:
    return Difference(
        _("Text in %(language)s") % {"language": wording.tongue_name(item.language)},
        str(reading.said_in(item.language, old, values.before)),
        str(reading.said_in(item.language, item.text, values.after)),
        item.clause,
        reading.compared(item.language, old, values.before, item.text, values.after),
    )


def _replaced(standing: Texts, item: Rewording) -> Text:
    """The text it was written against, whether or not the clause still reads so."""
    return standing.named(item.key, item.replaces) or standing.latest(item.key)


def _told_texts(params: Amend, day: date) -> list[str]:
    new = params.rewordings()
    if not new:
        return []
    standing, values = selectors.texts(), _values(params, day)
    begins_on = writing.day(params.begins_on(day), shape="day_year")
    told = []
    for item in new:
        place = wording.place(item.clause, item.language)
        text = reading.said_in(item.language, item.text, values.after)
        told.append(
            _("From %(day)s on, %(place)s reads: “%(text)s”") % {"day": begins_on, "place": place, "text": text}
        )
        if standing.latest(item.key).digest != item.replaces:
            told.append(_("%(place)s reads otherwise by now: as it is, this cannot be carried out.") % {"place": place})
    kept = [wording.place(*other) for other in rewordings.alone(new)]
    return told + [_("The words of %(place)s stay as they are.") % {"place": place} for place in kept]


def execute(params: Amend, /, *, at: datetime, by: str, reference: str) -> str:
    """Writes the edition."""
    begins_on = params.begins_on(selectors.today(at))
    edition = editions.amend(
        changes=params.changes,
        texts=params.rewordings(),
        effective_on=begins_on,
        act=reference,
        by=by,
        at=at,
    )
    return f"edition/{edition.number}"


AMEND = register(
    Act(
        key="charter.amend",
        params=Amend,
        may_propose="member",
        threshold="amendment.threshold",
        preview=preview,
        execute=execute,
        check=check,
        diff=diff,
    )
)
