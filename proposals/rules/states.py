"""The state of a proposal and the end of a round: derived from facts, stored nowhere."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from proposals.models import Outcome
from proposals.rules.tallies import Tally


class State(TextChoices):
    """Where a proposal stands."""

    PENDING = "pending", _("Not open yet")
    ACTIVE = "active", _("Open")
    CANCELED = "canceled", _("Canceled")
    DEFEATED = "defeated", _("Not passed")
    SUCCEEDED = "succeeded", _("Passed")
    QUEUED = "queued", _("Passed, waits for its day")
    EXPIRED = "expired", _("Passed, but not carried out in time")
    EXECUTED = "executed", _("Passed and carried out")


Result = Outcome.Result


@dataclass(frozen=True)
class Times:
    """When a round opens, may end early, and ends: [opened_at, deadline_at).

    `final`: its ballots cannot be changed, so it ends early once nobody left can change the outcome.
    """

    opened_at: datetime
    earliest_end_at: datetime
    deadline_at: datetime
    final: bool = False


@dataclass(frozen=True)
class Facts:
    """What a state is derived from: the last round with its outcome, and what came after it."""

    times: Times
    tally: Tally
    result: str = ""
    gone: bool = False
    executed: bool = False
    effective_on: date | None = None
    expires_at: datetime | None = None


def result(times: Times, tally: Tally, *, at: datetime, gone: bool = False) -> Outcome.Result | None:
    """How a round ends if it is looked at now; None while it goes on. `gone`: what it decides on was withdrawn.

    Not before its earliest end a round ends early: unanimous, or with final ballots that settle it. At the deadline
    every round ends; silence never passes.
    """
    if gone:
        return Result.CANCELED
    if at < times.earliest_end_at or (at < times.deadline_at and not _early(times, tally)):
        return None
    if tally.passes:
        return Result.SUCCEEDED
    if not tally.rule.unanimous:
        return Result.REJECTED
    return Result.OBJECTED if tally.objections else Result.SILENCE


def _early(times: Times, tally: Tally) -> bool:
    """Whether nothing that may still be cast could end the round otherwise."""
    return tally.passes if tally.rule.unanimous else times.final and tally.settled


def state(facts: Facts, *, at: datetime, today: date) -> State:
    """The state at a moment, `today` being the group's day of it. A round that is due to close counts as closed."""
    if facts.executed:
        return State.EXECUTED
    if at < facts.times.opened_at:
        return State.PENDING
    ended = facts.result or result(facts.times, facts.tally, at=at, gone=facts.gone)
    if ended is None:
        return State.ACTIVE
    if ended == Result.CANCELED or facts.gone:
        return State.CANCELED
    if ended != Result.SUCCEEDED:
        return State.DEFEATED
    if facts.expires_at is not None and at >= facts.expires_at:
        return State.EXPIRED
    if facts.effective_on is not None and today < facts.effective_on:
        return State.QUEUED
    return State.SUCCEEDED
