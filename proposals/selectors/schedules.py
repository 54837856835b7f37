"""The rule and the times of a round that opens at a moment, and the day on which it would be carried out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from charter import registry
from charter.rules.terms import Terms, Timeline
from charter.rules.thresholds import Threshold
from journal.refusals import Refusal
from proposals.rules import rounds
from proposals.rules.states import Times


@dataclass(frozen=True)
class Schedule:
    """What the charter of a `day` gives a round that opens on it; `late` says why `times` is None.

    `done_on`: when it would be carried out if it passes as soon as its rule allows.
    """

    day: date
    terms: Terms
    threshold: Threshold
    times: Times | None
    late: Refusal | None
    done_on: date


def schedule(
    timeline: Timeline, act: registry.Act[Any], opens_at: datetime, *, execute_on: date | None = None
) -> Schedule:
    """The schedule of a round on an act that opens at a moment and is not carried out before a day; no query."""
    day = timeline.day_of(opens_at)
    terms = timeline.terms_on(day)
    threshold, times, late = terms.threshold(act.threshold), None, None
    try:
        times = rounds.times(terms, opens_at)
    except Refusal as refused:
        late = refused
    # A rule that counts decides at the deadline, and what passed waits for its day.
    passes_on = timeline.day_of(times.deadline_at) if times and not threshold.unanimous else day
    return Schedule(day, terms, threshold, times, late, done_on=max(passes_on, execute_on or passes_on))
