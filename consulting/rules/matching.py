"""Who fits a need: what a client describes against what experts say of themselves, with a reason for every point."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consulting.models.offering import Profile
from consulting.rules.offering import LANGUAGES
from journal import writing

SKILL, FIELD, TEXT = 4, 3, 1
LANGUAGE = FORM = HOURS = DOMAIN = 2
WORD = re.compile(r"[a-z0-9+#.-]{2,}|[^\W\d_a-z]+", re.IGNORECASE)
# Words that say nothing about the work.
IDLE_WORDS = """
a an and are as at by can could for from has have help in into is it me my need of on or our please some that the their
this to us want we who with you your
"""
IDLE = frozenset(IDLE_WORDS.split())
TEXT_MOST = 3


@dataclass(frozen=True)
class Need:
    """What a client looks for; empty and zero mean: does not matter."""

    text: str
    language: str = ""
    form: str = ""
    domain: str = ""
    hours_centi: int = 0


@dataclass(frozen=True)
class Facts:
    """What an expert offers; `open_centi` are the hours that are free in the days looked at, weekly cap kept."""

    fields: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    domain: str
    text: str
    open_centi: int


@dataclass(frozen=True)
class Match:
    """How well an expert fits: points and a sentence for each reason; not at all where a wish is not met."""

    fits: bool
    points: int
    reasons: tuple[str, ...]


def words_of(text: str) -> frozenset[str]:
    """The words that say something, in small letters."""
    return frozenset(word.casefold().strip(".-") for word in WORD.findall(text)) - IDLE - {""}


def match(need: Need, facts: Facts) -> Match:
    """Skills weigh most, then fields, then words of the profile; wishes must be met, free hours count on top."""
    topics = list(_topics(need, facts))
    wishes = list(_wishes(need, facts))
    if None in wishes or (words_of(need.text) and not topics):
        return Match(False, 0, ())
    given = [*topics, *(wish for wish in wishes if wish), *_hours(need, facts)]
    return Match(True, sum(points for points, _why in given), tuple(why for _points, why in given))


def _topics(need: Need, facts: Facts) -> Iterator[tuple[int, str]]:
    asked = words_of(need.text)
    skills, fields = _named(facts.skills, asked), _named(facts.fields, asked)
    if skills:
        yield SKILL * len(skills), _("Names the skill you describe: %(skills)s.") % {"skills": _listed(skills)}
    if fields:
        yield FIELD * len(fields), _("Works in the field you describe: %(fields)s.") % {"fields": _listed(fields)}
    covered = frozenset().union(*(words_of(name) for name in [*skills, *fields]))
    told = sorted((asked & words_of(facts.text)) - covered)
    if told:
        said = {"words": _listed(told[:TEXT_MOST])}
        yield TEXT * min(len(told), TEXT_MOST), _("The profile speaks of: %(words)s.") % said


def _named(names: Iterable[str], asked: frozenset[str]) -> list[str]:
    """The names of which the need holds at least one word."""
    return [name for name in names if words_of(name) & asked]


def _wishes(need: Need, facts: Facts) -> Iterator[tuple[int, str] | None]:
    """A reason for each wish that is met, None for one that is not."""
    if need.language:
        why = _("Speaks %(language)s.") % {"language": LANGUAGES.get(need.language, need.language)}
        yield (LANGUAGE, why) if need.language in facts.languages else None
    if need.form:
        why = _("Offers this form of work: %(form)s.") % {"form": str(dict(Profile.Form.choices)[need.form])}
        yield (FORM, why) if need.form in facts.forms else None
    if need.domain:
        why = _("Advises in the domain you chose.")
        yield (DOMAIN, why) if need.domain == facts.domain else None


def _hours(need: Need, facts: Facts) -> Iterator[tuple[int, str]]:
    if not need.hours_centi:
        return
    numbers = {"free": writing.hours(facts.open_centi), "asked": writing.hours(need.hours_centi)}
    if facts.open_centi >= need.hours_centi:
        yield HOURS, _("Has %(free)s free in the next 30 days, enough for your %(asked)s.") % numbers
    elif facts.open_centi:
        yield 0, _("Has %(free)s free in the next 30 days, less than your %(asked)s.") % numbers
    else:
        yield 0, _("Has no free time in the next 30 days.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
