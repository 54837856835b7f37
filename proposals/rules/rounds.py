"""When a round may open: the first of a proposal and the next of one that stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from charter.rules.terms import Terms
from journal.refusals import Refusal
from proposals import refusals
from proposals.rules.states import Result, Times


@dataclass(frozen=True)
class Opening:
    """What decides about the next round: how the last one stands, and what it was about.

    `may_propose` is the role that may put it forward (`leader`, `member`), `roles` what the reader is.
    """

    may_propose: str
    roles: frozenset[str]
    gone: bool
    result: str
    objections: int


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


def not_yours(may_propose: str) -> Refusal:
    """Why somebody who has not that role cannot put it forward."""
    return refusals.LeaderOnly() if may_propose == "leader" else refusals.MembersOnly()


def refusal(opening: Opening) -> Refusal | None:
    """Why the next round cannot open, or None. `result` is empty while the last round runs."""
    if opening.may_propose not in opening.roles:
        return not_yours(opening.may_propose)
    if opening.gone or opening.result == Result.CANCELED:
        return refusals.ApplicationGone()
    if opening.result == Result.SUCCEEDED:
        return refusals.AlreadyPassed()
    if not opening.result and not opening.objections:
        return refusals.RoundRunning()
    return None
