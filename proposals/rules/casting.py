"""Who may cast which ballot now: one rule for the button, the API and the refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from journal.refusals import Refusal
from proposals import refusals
from proposals.models import Ballot
from proposals.rules import elections
from proposals.rules.states import Times

LONGEST = 4000
Choice = Ballot.Choice
# Under the unanimous rule a no is an objection that can be answered; elsewhere it is a vote.
CONSENT: frozenset[str] = frozenset((Choice.FOR, Choice.OBJECT, Choice.WITHDRAWN))
VOTES: frozenset[str] = frozenset((Choice.FOR, Choice.AGAINST, Choice.ABSTAIN))


@dataclass(frozen=True)
class Standing:
    """What one reader may do in one round is decided by this, read in one statement.

    `seat` is None without a seat; `choice` and `seq` are those of the seat's latest ballot ("" and 0 without);
    `number` and `link` are the head of the proposal's chain; `others_in_favour`: every other seat is in favour.
    `unanimous`: the round's rule is, so that its members object; otherwise they vote against or abstain.
    `hidden`: until it is closed. `candidates`: handles in the order that breaks ties, of an election.
    """

    round: int
    round_number: int
    times: Times
    closed: bool
    seat: int | None
    handle: str
    staying: bool
    seq: int
    choice: str
    number: int
    link: str
    others_in_favour: bool
    unanimous: bool = True
    hidden: bool = False
    candidates: tuple[str, ...] = ()


def choices(*, unanimous: bool, candidates: Sequence[str] = ()) -> frozenset[str]:
    """What a ballot can say in a round; in an election for which of the candidates it is."""
    if candidates:
        return elections.choices(candidates)
    return CONSENT if unanimous else VOTES


def words(text: str) -> str:
    """A text as it is kept: without space around it, and without the one character that the database cannot hold."""
    return text.replace("\0", "").strip()


def refusal(standing: Standing, *, at: datetime, left: bool = False) -> Refusal | None:
    """Why no ballot at all can be cast, or None. `left`: the seat's holder is no member any more."""
    if standing.closed or at >= standing.times.deadline_at:
        return refusals.RoundClosed()
    if at < standing.times.opened_at:
        return refusals.RoundNotOpen()
    if standing.seat is None:
        return refusals.NoSeat()
    return refusals.LeftGroup() if left else None


def refusal_of(standing: Standing, *, choice: str, reason: str, missing: str) -> Refusal | None:
    """Why this ballot cannot be cast by somebody who may cast one, or None."""
    if choice not in choices(unanimous=standing.unanimous, candidates=standing.candidates):
        return _unknown(standing)
    if standing.times.final and standing.seq:
        return refusals.BallotFinal()
    if choice == Choice.WITHDRAWN:
        return None if standing.choice == Choice.OBJECT else refusals.NothingToWithdraw()
    if choice != Choice.OBJECT:
        if len(reason) > LONGEST:
            return refusals.TextTooLong(field="reason")
        # The same vote again may say another reason, or say one at last.
        return refusals.SameBallot() if standing.choice == choice and not reason else None
    if not reason:
        return refusals.ReasonMissing()
    if not missing:
        return refusals.InformationMissing()
    for field, text in (("reason", reason), ("missing", missing)):
        if len(text) > LONGEST:
            return refusals.TextTooLong(field=field)
    return None


def _unknown(standing: Standing) -> Refusal:
    if standing.candidates:
        return refusals.CandidateMissing()
    return refusals.ChoiceMissing() if standing.unanimous else refusals.VoteMissing()


def completes(standing: Standing, *, choice: str, at: datetime) -> bool:
    """Whether this ballot may end the round, at a time when it may end: it makes it unanimous, or it is final."""
    if at < standing.times.earliest_end_at or standing.candidates:
        return False
    return standing.times.final if not standing.unanimous else choice == Choice.FOR and standing.others_in_favour
