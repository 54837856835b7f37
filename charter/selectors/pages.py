"""What the charter page and the API show: the clauses with the values of a day, the settings, the editions."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from charter.models import FOUNDING_ACT, IMPORT_ACT
from charter.rules import clauses, numbering, reading, wording
from charter.rules.clauses import Chapter, Clause, Language, Parameter
from charter.rules.comparing import Compared
from charter.rules.reading import Said, Stand
from charter.rules.rewordings import alone
from charter.rules.terms import Change, Held, Timeline
from charter.rules.texts import Text, Texts, key_of
from charter.selectors.editions import Amended, editions
from charter.selectors.terms import timeline


@dataclass(frozen=True)
class Setting:
    """A setting on a day, with the values that come after it."""

    parameter: Parameter
    held: Held
    coming: tuple[Held, ...]

    @property
    def label(self) -> str:
        """Its name in the active language."""
        return self.parameter.label[wording.language()]

    @property
    def note(self) -> str:
        """Where the charter is silent: what it does not say, in the active language."""
        return self.parameter.note[wording.language()] if self.parameter.note else ""

    @property
    def value(self) -> str:
        """Its value in words of the active language."""
        return wording.table_value(self.parameter, self.held.value, wording.language())

    @property
    def coming_values(self) -> list[tuple[date, str]]:
        """Later days and the values from then on, in words of the active language."""
        return [
            (held.since, wording.table_value(self.parameter, held.value, wording.language()))
            for held in self.coming
            if held.since
        ]


@dataclass(frozen=True)
class Version:
    """A clause in one language: its words, how the group reads it, and its house rules.

    `written` are the words with marks and their edition; `behind` says so where the other language is of a later one.
    """

    language: Language
    said: Said
    written: Text
    reading: str
    house: tuple[Said, ...]
    behind: str

    @property
    def phrases(self) -> wording.Phrases:
        """The labels of the language."""
        return wording.PHRASES[self.language]


@dataclass(frozen=True)
class Row:
    """A clause on the page, in both languages."""

    clause: Clause
    versions: tuple[Version, ...]

    @property
    def number(self) -> str:
        """Its number: 4.2.4."""
        return numbering.number(self.clause.id)


@dataclass(frozen=True)
class Section:
    """A chapter with its clauses."""

    chapter: Chapter
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """The chapter's title in the active language."""
        return self.chapter.title[wording.language()]

    @property
    def titles(self) -> list[tuple[Language, str]]:
        """Its title by language, the active one first."""
        first = wording.language()
        return [
            (tongue, self.chapter.title[tongue]) for tongue in sorted(clauses.LANGUAGES, key=lambda own: own != first)
        ]


@dataclass(frozen=True)
class Difference:
    """What an edition changed in one place, in one language."""

    clause: str | None
    compared: Compared


@dataclass(frozen=True)
class Past:
    """An edition in the list of amendments."""

    amended: Amended
    differences: tuple[Difference, ...]
    coming: bool

    @property
    def unsaid(self) -> list[str]:
        """Texts that it left as they were though it changed their clause in the other language."""
        return [wording.place(clause, language) for clause, language in alone(self.amended.texts.values())]

    @property
    def reason(self) -> str:
        """What brought it, in words: the founding, imported records, or the reference of the decision."""
        act = self.amended.edition.act
        known = {FOUNDING_ACT: _("the group is founded"), IMPORT_ACT: _("from imported records")}
        return str(known.get(act, act.replace("/", " ")))


@dataclass(frozen=True)
class Page:
    """The charter on a day."""

    on: date
    today: date
    edition: int
    effective_on: date | None
    sections: tuple[Section, ...]
    settings: tuple[Setting, ...]
    editions: tuple[Past, ...]

    @property
    def rows(self) -> list[Row]:
        """Every clause of every chapter, in order."""
        return [row for section in self.sections for row in section.rows]

    @property
    def amendments(self) -> int:
        """How many editions came after the founding and are or were in force today."""
        return sum(past.amended.edition.number > 1 for past in self.past)

    @property
    def past(self) -> list[Past]:
        """Editions whose day has come, newest day first."""
        return sorted((past for past in self.editions if not past.coming), key=_day, reverse=True)

    @property
    def coming(self) -> list[Past]:
        """Editions that are passed and wait for their day, soonest first."""
        return sorted((past for past in self.editions if past.coming), key=_day)


def page(*, on: date | None, at: datetime) -> Page:
    """The charter on a day, else on the group's day of the instant; five queries however many editions there are."""
    read = timeline()
    today = read.day_of(at)
    day = on or today
    terms = read.terms_on(day)
    held = read.held_on(day)
    passed = editions()
    texts = Texts.of(item for amended in passed for item in amended.texts.values())
    founding = next((item.edition.effective_on for item in passed if item.edition.number == 1), None)
    return Page(
        on=day,
        today=today,
        edition=terms.edition,
        effective_on=terms.effective_on or founding,
        sections=_sections({key: value.value for key, value in held.items()}, texts.held_on(day)),
        settings=settings(read, day),
        editions=tuple(_pasts(read, texts, passed, today)),
    )


def settings(read: Timeline, day: date) -> tuple[Setting, ...]:
    """Every setting of the charter on a day, in its order."""
    held = read.held_on(day)
    return tuple(
        Setting(
            parameter,
            held[key],
            tuple(item for item in read.history(key) if item.since and item.since > day),
        )
        for key, parameter in clauses.first().parameters.items()
    )


def _sections(values: dict[str, str], texts: dict[str, Text]) -> tuple[Section, ...]:
    edition = clauses.first()
    return tuple(
        Section(
            chapter, tuple(_row(clause, values, texts) for clause in edition.clauses if clause.chapter == chapter.id)
        )
        for chapter in edition.chapters
    )


def _row(clause: Clause, values: dict[str, str], texts: dict[str, Text]) -> Row:
    silent = [item for item in clauses.first().carried(clause.id) if item.basis == "silent"]
    house = [reading.set_values(item, values[item.key]) for item in silent]
    written = [texts[key_of(clause.id, language)] for language in clauses.LANGUAGES]
    latest = max(text.edition for text in written)
    return Row(
        clause,
        tuple(
            Version(
                language=text.language,
                said=reading.said_in(text.language, text.text, values),
                written=text,
                reading=clause.reading[text.language] if clause.reading else "",
                house=tuple(item[place] for item in house),
                behind=wording.behind(text.language, text.edition, latest),
            )
            for place, text in enumerate(written)
        ),
    )


def _pasts(read: Timeline, texts: Texts, passed: list[Amended], today: date) -> list[Past]:
    """Editions newest first; each is compared with what held just before it took effect."""
    found = []
    for amended in passed:
        edition = amended.edition
        before = Stand(_before(read, amended), texts.before(edition.number, edition.effective_on))
        after = Stand({**before.values, **amended.values}, {**before.texts, **amended.texts})
        differences = [Difference(clause, compared) for clause, compared in reading.changed(before, after)]
        found.append(Past(amended, tuple(differences), edition.effective_on > today))
    return found


def _before(read: Timeline, amended: Amended) -> dict[str, str]:
    place = (amended.edition.effective_on, amended.edition.number)
    values = read.base()
    values.update((change.key, change.value) for change in read.changes if _place(change) < place)
    return values


def _day(past: Past) -> tuple[date, int]:
    return (past.amended.edition.effective_on, past.amended.edition.number)


def _place(change: Change) -> tuple[date, int]:
    return (change.effective_on, change.edition)
