"""When the leader may open the admission proposal, and who may apply (join.1 to join.2.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from charter.rules.terms import Terms
from journal import writing
from journal.refusals import Refusal
from members.refusals import applications as no
from members.rules.answers import CRITERIA
from members.rules.months import months_after


@dataclass(frozen=True)
class Facts:
    """What decides whether an application can be put to the vote."""

    submitted: bool
    ended: bool
    criteria: Sequence[str]
    builder_since: date | None
    builder_confirmed: bool
    interviews: int


def builder_long_enough_on(builder_since: date, months: int) -> date:
    """The first day on which somebody has been a builder for as many months (join.1); the last of all days, if ever."""
    try:
        return months_after(builder_since, months)
    except OverflowError:
        # A draft keeps whatever day was typed, 9999-12-31 too, and its page has to open again.
        return date.max


def ready_for_proposal(facts: Facts, terms: Terms, day: date) -> list[Refusal]:
    """What is missing before the admission proposal can open on a day; empty when nothing is."""
    missing: list[Refusal] = []
    if facts.ended:
        return [no.ApplicationEnded()]
    if not facts.submitted:
        missing.append(no.NotSubmitted())
    if not set(facts.criteria) & set(CRITERIA):
        missing.append(no.CriterionMissing())
    missing.extend(builder_problems(facts, terms.admission_builder_months, day))
    if terms.admission_interview_required and not facts.interviews:
        missing.append(no.InterviewMissing())
    return missing


def builder_problems(facts: Facts, months: int, day: date) -> list[Refusal]:
    """What join.1 still wants: the day, its confirmation, and enough time since."""
    if facts.builder_since is None:
        return [no.BuilderSinceMissing()]
    missing: list[Refusal] = []
    if not facts.builder_confirmed:
        missing.append(no.BuilderUnconfirmed())
    enough_on = builder_long_enough_on(facts.builder_since, months)
    if day < enough_on:
        text = _("Builder since %(since)s: the proposal can open from %(from)s on.")
        days = {
            "since": writing.day(facts.builder_since, shape="day_year"),
            "from": writing.day(enough_on, shape="day_year"),
        }
        missing.append(no.BuilderTooNew(text % days))
    return missing
