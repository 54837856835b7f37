"""Asking something of a running round and answering it, under the proposal's lock and the database's clock."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

import charter.selectors
from journal.clock import Clock, database_clock
from journal.hashing import salted
from journal.services import entries
from members.models import Member
from members.selectors import people
from proposals.models import NONCE_DIGITS, Answer, Motion, MotionWords, Round
from proposals.refusals import LeftGroup, NoSeat, RoundNotOpen, RoundOver, UnknownMotion, UnknownRound
from proposals.rules import kinds
from proposals.rules import motions as rules
from proposals.rules.casting import words
from proposals.rules.motions import Asking, Kind
from proposals.rules.states import Times
from proposals.selectors import motions as selectors
from proposals.selectors import standings
from proposals.services import locks, rounds


@dataclass(frozen=True)
class Held:
    """An open round under its proposal's lock, the moment after it, and the times that decide then."""

    round: Round
    at: datetime
    times: Times
    seated: bool


def ask(
    *,
    round_id: int,
    kind: str,
    reason: str,
    by: Member,
    until_at: datetime | None = None,
    clock: Clock = database_clock,
) -> Motion:
    """Asks for time (`hold`, until a moment), a later deadline (`extend`) or an end without a decision (`cancel`).

    A hold has its effect at once, the others wait for a second. Refusals: docs/motions.md.
    """
    reason = words(reason)
    with transaction.atomic():
        held = _open(round_id, by, clock)
        _check_seat(held, by)
        rows = selectors.motions_of([held.round])[round_id]
        asking = Asking(
            times=held.times,
            asks=_may_steer(held, by),
            held=any(row.kind == Kind.HOLD and row.asked_by_id == by.pk for row in rows),
            waiting=frozenset(row.kind for row in rows if rules.waits(selectors.moved(row), held.times, held.at)),
        )
        refused = rules.refusal(asking, kind=kind, reason=reason, until_at=until_at, at=held.at)
        if refused is not None:
            raise refused
        return _write(held, kind=Kind(kind), reason=reason, by=by, until_at=until_at, number=len(rows) + 1)


def _may_steer(held: Held, by: Member) -> bool:
    proposal, day = held.round.proposal, charter.selectors.today(held.at)
    return kinds.may_steer(proposal.kind, own=by.pk == proposal.proposed_by_id, leads=people.leads(by, day))


def _write(held: Held, *, kind: Kind, reason: str, by: Member, until_at: datetime | None, number: int) -> Motion:
    salt = secrets.token_hex(NONCE_DIGITS // 2)
    motion = Motion.objects.create(
        round=held.round,
        number=number,
        kind=kind,
        asked_by=by,
        asked_at=held.at,
        until_at=None if kind == Kind.CANCEL else until_at,
        reason_digest=salted(salt, reason),
    )
    MotionWords.objects.create(motion=motion, salt=salt, text=reason)
    _tell(selectors.ASKED[kind], held, motion, by)
    return motion


def answer(*, round_id: int, number: int, by: Member, clock: Clock = database_clock) -> Answer:
    """Seconds an extension or a cancellation; the author of a hold releases it. Ends the round if it has to end then.

    Refusals: docs/motions.md.
    """
    with transaction.atomic():
        held = _open(round_id, by, clock)
        rows = Motion.objects.select_related("asked_by", "answer").filter(round_id=round_id, number=number)
        motion = rows.first()
        if motion is None:
            raise UnknownMotion
        if motion.kind != Kind.HOLD:
            _check_seat(held, by)
        own = motion.asked_by_id == by.pk
        refused = rules.answer_refusal(selectors.moved(motion), own=own, times=held.times, at=held.at)
        if refused is not None:
            raise refused
        given = Answer.objects.create(motion=motion, member=by, answered_at=held.at)
        _tell(selectors.ANSWERED[Kind(motion.kind)], held, motion, by)
        if motion.kind == Kind.CANCEL:
            rounds.cancel_held(proposal_id=held.round.proposal_id, by=by, at=held.at)
        else:
            rounds.close_held(proposal_id=held.round.proposal_id, at=held.at)
    return given


def _open(round_id: int, by: Member, clock: Clock) -> Held:
    """The round if it is open, after waiting for its lock; UnknownRound, RoundOver, RoundNotOpen."""
    if locks.hold_of_round(round_id) is None:
        raise UnknownRound
    now, standing = standings.standing(round_id=round_id, voter=by)
    at = now if clock is database_clock else clock()
    if standing.closed or at >= standing.times.deadline_at:
        raise RoundOver
    if at < standing.times.opened_at:
        raise RoundNotOpen
    held = Round.objects.select_related("proposal").get(pk=round_id)
    return Held(held, at, standing.times, seated=standing.seat is not None)


def _check_seat(held: Held, by: Member) -> None:
    if not held.seated:
        raise NoSeat
    if not people.is_active(by, charter.selectors.today(held.at)):
        raise LeftGroup


def _tell(verb: str, held: Held, motion: Motion, by: Member) -> None:
    entries.append(
        actor=people.actor(by),
        verb=verb,
        subject=f"proposal/{held.round.proposal.number}/round/{held.round.number}",
        data=selectors.entry_data(motion),
        at=held.at,
    )
