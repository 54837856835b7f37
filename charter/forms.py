"""What the charter page asks, of which day; and the fields of a bundle that amends it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from charter.refusals import UnreadableDay
from charter.rules import clauses, numbering, wording
from charter.rules.clauses import Clause, Parameter
from charter.rules.terms import Held
from charter.rules.texts import Text, key_of
from journal import writing

Choices = list[tuple[str, str | list[tuple[str, str]]]]
# In the choice of a clause: enough of its words to know it by.
BEGINNING = 48


class DayForm(forms.Form):
    """`?on=YYYY-MM-DD`, or nothing for today."""

    on = forms.DateField(
        label=_("Show the charter of another day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date", "class": "w-m"}, format="%Y-%m-%d"),
        error_messages={"invalid": UnreadableDay.message},
    )


@dataclass(frozen=True)
class Picked:
    """The settings and clauses that a bundle names, in the order of the charter."""

    settings: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Collection[str]) -> "Picked":
        """Those whose key, id or text is among the names."""
        edition = clauses.first()
        return cls(
            tuple(key for key in edition.parameters if key in names),
            tuple(clause.id for clause in edition.clauses if {clause.id, *text_keys(clause.id)} & set(names)),
        )

    def without(self, name: str) -> "Picked":
        """All but one setting or clause."""
        return Picked(
            tuple(key for key in self.settings if key != name), tuple(key for key in self.clauses if key != name)
        )


def text_keys(clause: str) -> list[str]:
    """The fields of a clause: its text in each language."""
    return [key_of(clause, language) for language in clauses.LANGUAGES]


def replaces_of(key: str) -> str:
    """The hidden field that names what a text replaces."""
    return f"replaces:{key}"


def setting_choices() -> Choices:
    """Every setting by its name, under its chapter; those of no clause last."""
    parameters = clauses.first().parameters.values()
    return _by_chapter((item.clause, item.key, wording.label(item.key)) for item in parameters)


def clause_choices(held: dict[str, Text]) -> Choices:
    """Every clause by its number and its first words in force, under its chapter."""
    tongue = wording.language()
    return _by_chapter(
        (clause.id, clause.id, _beginning(clause, held[key_of(clause.id, tongue)].text))
        for clause in clauses.first().clauses
    )


def setting_field(parameter: Parameter, held: Held) -> forms.CharField:
    """A setting's new value."""
    field = forms.CharField(
        label=wording.label(parameter.key),
        help_text=_("Now: %(value)s") % {"value": held.value},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field.clause = parameter.clause  # type: ignore[attr-defined]
    return field


def text_field(text: Text, values: dict[str, Held], today: date) -> forms.CharField:
    """A clause's text in one language, as it is written, to be changed; it may wait for its day."""
    marks = [
        _now("{%(key)s} is %(value)s") % {"key": key, "value": _shown(key, values)}
        for key in dict.fromkeys(clauses.keys_in(text.text))
    ]
    hints = [_now("Keep what stands in braces, a value takes its place: %(marks)s.") % {"marks": "; ".join(marks)}]
    if text.since and text.since > today:
        day = writing.day(text.since, shape="day_year")
        hints.append(_now("This text is passed and waits for %(day)s; yours begins then or later.") % {"day": day})
    return forms.CharField(
        label=_now("Text in %(language)s") % {"language": wording.tongue_name(text.language)},
        initial=text.text,
        help_text=" ".join(hints if marks else hints[1:]),
        widget=forms.Textarea(attrs={"rows": 4, "lang": text.language}),
    )


def replaces_field(text: Text) -> forms.CharField:
    """The digest of the text that was shown."""
    return forms.CharField(initial=text.digest, widget=forms.HiddenInput())


def _shown(key: str, values: dict[str, Held]) -> str:
    return wording.table_value(clauses.first().parameter(key), values[key].value, wording.language())


def _beginning(clause: Clause, text: str) -> str:
    words = text if len(text) <= BEGINNING else f"{text[:BEGINNING].rstrip()}…"
    return f"{numbering.number(clause.id)} {words}"


def _by_chapter(items: Iterator[tuple[str | None, str, str]]) -> Choices:
    """(clause, value, label) as groups of choices, with an empty one before them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    titles = {chapter.id: chapter.title[wording.language()] for chapter in clauses.first().chapters}
    for clause, value, label in items:
        chapter = (clause or "").partition(".")[0]
        groups.setdefault(titles.get(chapter, _now("No clause")), []).append((value, label))
    return [("", _now("Choose")), *groups.items()]
