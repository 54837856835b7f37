"""What an application has to say: the criteria of `req`, evidence, a project, open source, communication."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.refusals import Refusal
from members.refusals import applications as no
from members.refusals.people import NameMissing
from members.rules import handles
from members.rules.months import MONTHS

CRITERIA = ("req.1.a", "req.1.b", "req.1.c")
YEARS = {"req.1.a": 5, "req.1.b": 2}
EVIDENCE_MOST = 6
TEXT_MOST = 2000
LINE_MOST = 200
URL_MOST = 500
HOURS_LEAST, HOURS_MOST = 50, 6000
_NUMBER = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Link:
    """A piece of evidence and what it shows."""

    url: str = ""
    shows: str = ""


@dataclass(frozen=True)
class Answers:
    """What an applicant has typed so far; month and year of `experience` are texts, as typed."""

    name: str = ""
    handle: str = ""
    criteria: Sequence[str] = ()
    experience: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    evidence: Sequence[Link] = ()
    project: str = ""
    open_source: str = ""
    communication: str = ""
    weekly_hours_centi: int | None = None
    builder_since: date | None = None


def problems(answers: Answers, today: date) -> list[Refusal]:
    """Everything that has to change before the application can be sent, in the order of the pages."""
    return [*identity(answers, today), *experience(answers, today), *work(answers), *time(answers)]


def identity(answers: Answers, today: date) -> Iterator[Refusal]:
    """Page 1, who you are: name, handle, builder since."""
    if not answers.name.strip():
        yield NameMissing()
    try:
        handles.check(answers.handle)
    except Refusal as refused:
        yield refused
    if answers.builder_since is None:
        yield no.BuilderSinceMissing()
    elif answers.builder_since > today:
        yield no.BuilderSinceFuture()


def experience(answers: Answers, today: date) -> Iterator[Refusal]:
    """Page 2, first half: at least one criterion of req.1, each with enough years, and the evidence."""
    if not answers.criteria:
        yield no.CriterionMissing()
    for criterion in answers.criteria:
        if criterion not in CRITERIA:
            yield no.UnknownCriterion()
        elif criterion in YEARS:
            yield from _years(criterion, answers.experience.get(criterion, {}), today)
    yield from evidence(answers.evidence)


def _years(criterion: str, since: Mapping[str, str], today: date) -> Iterator[Refusal]:
    """The month and year in which the work began, far enough back."""
    month, year = (_number(since.get(part, "")) for part in ("month", "year"))
    name = f"experience.{criterion}"
    if month is None or not 1 <= month <= MONTHS:
        yield no.ExperienceUnreadable(
            _("Enter the month as a number from 1 to 12."), field=f"{name}.month", clause=criterion
        )
        return
    if year is None or not today.year - 80 <= year <= today.year:
        yield no.ExperienceUnreadable(
            _("Enter the year with four digits, for example 2021."), field=f"{name}.year", clause=criterion
        )
        return
    needed, worked = YEARS[criterion] * MONTHS, (today.year - year) * MONTHS + today.month - month
    if worked < needed:
        text = ngettext(
            "This criterion needs %(years)d year or more. Choose another one that you meet.",
            "This criterion needs %(years)d years or more. Choose another one that you meet.",
            YEARS[criterion],
        )
        yield no.ExperienceTooShort(text % {"years": YEARS[criterion]}, field=f"{name}.month", clause=criterion)


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text.strip()) else None


def evidence(links: Sequence[Link]) -> Iterator[Refusal]:
    """One to six links, each http or https, each with what it shows; `field` carries the place, from 0."""
    given = [(place, link) for place, link in enumerate(links) if link.url.strip() or link.shows.strip()]
    if not given:
        yield no.EvidenceMissing(field="evidence.0.url")
    if len(given) > EVIDENCE_MOST:
        yield no.EvidenceTooMuch()
    for place, link in given:
        if not is_link(link.url):
            yield no.EvidenceLink(field=f"evidence.{place}.url")
        if not link.shows.strip():
            yield no.EvidenceUnexplained(field=f"evidence.{place}.shows")


def is_link(url: str) -> bool:
    """Whether a text is an http or https address with a host that people can open, without credentials in it."""
    if len(url) > URL_MOST or any(character.isspace() or not character.isprintable() for character in url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host.strip(".") and "@" not in parts.netloc


def work(answers: Answers) -> Iterator[Refusal]:
    """Page 2, second half: a project (req.2), open source (req.3), communication (req.4)."""
    texts = (
        ("project", answers.project, no.ProjectMissing),
        ("open_source", answers.open_source, no.OpenSourceMissing),
        ("communication", answers.communication, no.CommunicationMissing),
    )
    for name, text, missing in texts:
        if not text.strip():
            yield missing()
        elif len(text) > TEXT_MOST:
            yield no.TextTooLong(field=name)


def time(answers: Answers) -> Iterator[Refusal]:
    """Page 3: the hours a week that are offered, in hundredths."""
    if answers.weekly_hours_centi is None or not HOURS_LEAST <= answers.weekly_hours_centi <= HOURS_MOST:
        yield no.HoursOutOfBounds()
