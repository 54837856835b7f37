"""When a round may open: the first of a proposal and the next of one that stopped."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from charter.rules.terms import Terms
from journal.refusals import Refusal
from proposals import refusals
from proposals.models import Proposal
from proposals.rules.states import Result, Times

Kind = Proposal.Kind


@dataclass(frozen=True)
class Opening:
    """What decides about the next round: how the last one stands, and what it was about.

    `may_propose` is the role that may put it forward (`leader`, `member`), `roles` what the reader is. `held`: a member
    has time to think in it. `expired`: what passed was not carried out in time.
    """

    may_propose: str
    roles: frozenset[str]
    gone: bool
    result: str
    objections: int
    held: bool = False
    expired: bool = False


# Later than this nobody remembers what was announced.
ANNOUNCED_MOST = timedelta(days=30)
EXECUTED_MOST = timedelta(days=366)


def unannounced(kind: str, opens_at: datetime | None, at: datetime) -> Refusal | None:
    """Why a proposal cannot be announced for a moment, or None; without a moment it opens at once."""
    if opens_at is None:
        return None
    if kind == Kind.ELECTION:
        return refusals.ElectionTimes(field="opens_on")
    if opens_at <= at:
        return refusals.OpensInPast()
    return refusals.OpensTooFar() if opens_at > at + ANNOUNCED_MOST else None


def unplanned(kind: str, execute_on: date | None, today: date) -> Refusal | None:
    """Why a proposal cannot wait for a day once it has passed, or None."""
    if execute_on is None:
        return None
    if kind == Kind.ELECTION:
        return refusals.ElectionTimes(field="execute_on")
    if execute_on < today:
        return refusals.ExecutionInPast()
    return refusals.ExecutionTooFar() if execute_on > today + EXECUTED_MOST else None


def times(terms: Terms, opened_at: datetime, *, final: bool = False) -> Times:
    """The times of a round that opens now; NoVotingTime where the charter gives none."""
    if terms.voting_days < 1:
        raise refusals.NoVotingTime
    deadline_at = opened_at + timedelta(days=terms.voting_days)
    return Times(
        opened_at=opened_at,
        earliest_end_at=min(opened_at + timedelta(hours=terms.voting_min_hours), deadline_at),
        deadline_at=deadline_at,
        final=final,
    )


def may_follow(*, kind: str, result: str, expired: bool, gone: bool, executed: bool, taken_back: bool) -> bool:
    """Whether another round of a proposal can still come, once no round is open: its first, or one after its last.

    `result` of the last round, empty before the first; `expired`: its success was not carried out in time; `gone`: what
    it decides on was withdrawn or closed.
    """
    if gone or executed or taken_back or result == Result.CANCELED:
        return False
    if not result:
        return True
    # A run-off opens with the end of the round before it: after that there is none.
    return kind != Kind.ELECTION and (result != Result.SUCCEEDED or expired)


def not_yours(may_propose: str) -> Refusal:
    """Why somebody who has not that role cannot put it forward."""
    return refusals.LeaderOnly() if may_propose == "leader" else refusals.MembersOnly()


def refusal(opening: Opening) -> Refusal | None:
    """Why the next round cannot open, or None. `result` is empty while the last round runs."""
    if opening.may_propose not in opening.roles:
        return not_yours(opening.may_propose)
    if opening.gone:
        return refusals.ApplicationGone()
    if opening.result == Result.CANCELED:
        return refusals.ProposalCanceled()
    if opening.result == Result.SUCCEEDED and not opening.expired:
        return refusals.AlreadyPassed()
    if not opening.result and not opening.objections:
        return refusals.RoundRunning()
    if not opening.result and opening.held:
        return refusals.HoldRuns()
    return None
