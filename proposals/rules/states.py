"""The state of a proposal and the end of a round: derived from facts, stored nowhere."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from proposals.models import Outcome
from proposals.rules.tallies import Tally

# What passed and was not carried out for so long is put to the vote again.
EXPIRES_AFTER = timedelta(days=30)


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
    """What a state is derived from: the last round with its outcome, and what came after it.

    `sealed`: the round is hidden until its outcome is there; not even its end is derived from its ballots before.
    """

    times: Times
    tally: Tally
    result: str = ""
    gone: bool = False
    executed: bool = False
    sealed: bool = False
    execute_at: datetime | None = None
    expires_at: datetime | None = None


def result(times: Times, tally: Tally, *, at: datetime, gone: bool = False) -> Outcome.Result | None:
    """How a round ends if it is looked at now; None while it goes on. `gone`: what it decides on was withdrawn.

    Not before its earliest end a round ends early: unanimous, or with final ballots that settle it; never an election.
    At the deadline every round ends; silence never passes.
    """
    if gone:
        return Result.CANCELED
    if at < times.earliest_end_at or (at < times.deadline_at and not tally.ends_early(final=times.final)):
        return None
    if tally.passes:
        return Result.SUCCEEDED
    if not tally.consent:
        return Result.REJECTED
    return Result.OBJECTED if tally.objections else Result.SILENCE


def execution_window(decided_at: datetime, execute_on: date | None, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when on what passed is carried out, not before the first moment of its day, and when it expires."""
    begins_at = datetime.combine(execute_on, time(), zone) if execute_on else decided_at
    # Days of 24 hours: in the group's own zone a month with a change of the clock would be an hour off.
    execute_at = max(decided_at, begins_at).astimezone(UTC)
    return execute_at, execute_at + EXPIRES_AFTER


def unopened(taken_back_at: datetime | None) -> State:
    """The state of a proposal without a round."""
    return State.PENDING if taken_back_at is None else State.CANCELED


def state(facts: Facts, *, at: datetime) -> State:
    """The state at a moment, of a proposal that has opened. A round that is due to close counts as closed."""
    if facts.executed:
        return State.EXECUTED
    if at < facts.times.opened_at:
        return State.PENDING
    ended = facts.result or result(facts.times, facts.tally, at=at, gone=facts.gone)
    if ended is None or (facts.sealed and not facts.gone):
        return State.ACTIVE
    if ended == Result.CANCELED or facts.gone:
        return State.CANCELED
    if ended != Result.SUCCEEDED:
        return State.DEFEATED
    if facts.expires_at is not None and at >= facts.expires_at:
        return State.EXPIRED
    if facts.execute_at is not None and at < facts.execute_at:
        return State.QUEUED
    return State.SUCCEEDED
