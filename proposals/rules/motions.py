"""What was asked of a running round, when it ends after that, and who may ask (docs/motions.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from journal.refusals import Refusal
from proposals import refusals
from proposals.models import Motion
from proposals.rules.states import Times

HOLD_MOST = timedelta(hours=72)
EXTENSION_MOST = timedelta(days=30)
REASON_MOST = 1000
Kind = Motion.Kind


@dataclass(frozen=True)
class Moved:
    """What the times of a round need of one motion. `answered_at`: seconded, or for a hold released; None if not."""

    kind: str
    asked_at: datetime
    until_at: datetime | None
    answered_at: datetime | None = None

    @property
    def hold_end(self) -> datetime | None:
        """When it holds the round no more; None unless it is a hold."""
        if self.kind != Kind.HOLD or self.until_at is None:
            return None
        return min(self.until_at, self.answered_at) if self.answered_at else self.until_at


@dataclass(frozen=True)
class Asking:
    """What decides whether somebody may ask something of a round; `times` are the effective ones.

    `asks`: they put the proposal forward or lead the group. `held`: their seat has held this round before.
    `waiting`: kinds that `waits` is true of.
    """

    times: Times
    asks: bool
    held: bool
    waiting: frozenset[str]


def effective(opened: Times, motions: Iterable[Moved], *, before: datetime | None = None) -> Times:
    """The times that decide: those said at the opening, moved by what was asked.

    With `before` as they stood just before that moment. The twins in the database: `proposals_deadline`,
    `proposals_earliest_end`.
    """
    known = [motion if before is None else _known(motion, before) for motion in motions]
    extended = [item.until_at for item in known if item.kind == Kind.EXTEND and item.answered_at and item.until_at]
    holds = [item.hold_end for item in known if item.hold_end is not None]
    return replace(
        opened,
        earliest_end_at=max([opened.earliest_end_at, *holds]),
        deadline_at=max([max(extended, default=opened.deadline_at), *holds]),
    )


def _known(motion: Moved, before: datetime) -> Moved:
    late = motion.answered_at is not None and motion.answered_at >= before
    return replace(motion, answered_at=None) if late else motion


def held_until(motions: Iterable[Moved], at: datetime) -> datetime | None:
    """Until when the round is held as things stand, or None if no hold runs."""
    return max((item.hold_end for item in motions if item.hold_end and item.hold_end > at), default=None)


def refusal(asking: Asking, *, kind: str, reason: str, until_at: datetime | None, at: datetime) -> Refusal | None:
    """Why somebody with a seat in an open round cannot ask this now, or None."""
    if kind == Kind.HOLD and asking.held:
        return refusals.AlreadyHeld()
    if kind != Kind.HOLD and not asking.asks:
        return refusals.NotAsker()
    if kind in asking.waiting:
        return refusals.MotionOpen()
    if not reason:
        return refusals.MotionReasonMissing()
    if len(reason) > REASON_MOST:
        return refusals.MotionReasonTooLong()
    return late(asking.times, kind=kind, until_at=until_at, at=at)


def late(times: Times, *, kind: str, until_at: datetime | None, at: datetime) -> Refusal | None:
    """Why a hold cannot last, or a deadline not move, until a moment; asked again when it is seconded."""
    if kind == Kind.HOLD and (until_at is None or not at < until_at <= at + HOLD_MOST):
        return refusals.HoldTime()
    latest = times.deadline_at + EXTENSION_MOST
    if kind == Kind.EXTEND and (until_at is None or not times.deadline_at < until_at <= latest):
        return refusals.ExtensionTime()
    return None


def waits(motion: Moved, times: Times, at: datetime) -> bool:
    """Whether somebody may second it; an extension that the deadline has overtaken meanwhile waits for nobody."""
    if motion.kind == Kind.HOLD or motion.answered_at is not None:
        return False
    return late(times, kind=motion.kind, until_at=motion.until_at, at=at) is None


def answer_refusal(motion: Moved, *, own: bool, times: Times, at: datetime) -> Refusal | None:
    """Why somebody cannot second it, or release it if it is a hold; `own`: they asked it."""
    if motion.kind == Kind.HOLD:
        if not own:
            return refusals.NotYourHold()
        return None if motion.hold_end and motion.hold_end > at else refusals.MotionAnswered()
    if own:
        return refusals.OwnMotion()
    if motion.answered_at is not None:
        return refusals.MotionAnswered()
    return late(times, kind=motion.kind, until_at=motion.until_at, at=at)
