"""What was asked of rounds, and the times that decide after it: in a query of rounds, or of one round at hand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F, Func, QuerySet

from journal.hashing import salted
from journal.models import Entry
from journal.rules import utc_text
from proposals.models import Motion, Round
from proposals.rules import motions as rules
from proposals.rules.motions import Kind, Moved
from proposals.rules.states import Times

TIMES = "SELECT proposals_earliest_end(%s), proposals_deadline(%s)"
ASKED = {Kind.HOLD: "round.hold", Kind.EXTEND: "round.ask", Kind.CANCEL: "round.ask"}
ANSWERED = {Kind.HOLD: "round.release", Kind.EXTEND: "round.extend", Kind.CANCEL: "round.cancel"}
VERBS = frozenset((*ASKED.values(), *ANSWERED.values()))


class EndsAt(Func):
    """The effective deadline of the round with an id."""

    function = "proposals_deadline"
    output_field = DateTimeField()


class MayEndAt(Func):
    """The effective earliest end of the round with an id."""

    function = "proposals_earliest_end"
    output_field = DateTimeField()


def timed(rounds: QuerySet[Round]) -> QuerySet[Any]:
    """Rounds with the times that decide, `ends_at`, `may_end_at`: for filters, and for `times_of` without a query."""
    return rounds.annotate(ends_at=EndsAt(F("pk")), may_end_at=MayEndAt(F("pk")))


def times_of(held: Round) -> Times:
    """The times that decide: those that `timed` read with the round, else asked for now, in one query."""
    may_end_at, ends_at = getattr(held, "may_end_at", None), getattr(held, "ends_at", None)
    if may_end_at is None or ends_at is None:
        with connection.cursor() as cursor:
            cursor.execute(TIMES, [held.pk, held.pk])
            may_end_at, ends_at = cursor.fetchone()
    return Times(held.opened_at, may_end_at, ends_at, held.final_ballots)


def opened_times(held: Round) -> Times:
    """What was said at the opening, as it is hashed."""
    return Times(held.opened_at, held.earliest_end_at, held.deadline_at, held.final_ballots)


@dataclass(frozen=True)
class Asked:
    """A motion as a reader sees it: `runs` while it holds the round, `waits` while somebody may second it.

    `reason` is None for who may not read it, and once it is erased.
    """

    motion: Motion
    reason: str | None
    runs: bool
    waits: bool

    @property
    def taken(self) -> bool:
        """Whether somebody seconded it, or its author released it."""
        return getattr(self.motion, "answer", None) is not None


def moved(motion: Motion) -> Moved:
    """What the rules need of a motion; its answer is at hand."""
    answer = getattr(motion, "answer", None)
    return Moved(motion.kind, motion.asked_at, motion.until_at, answer.answered_at if answer else None)


def motions_of(rounds: Iterable[Round]) -> dict[int, list[Motion]]:
    """The motions of some rounds in their order, with who asked, who answered and why: one query."""
    found: dict[int, list[Motion]] = {held.pk: [] for held in rounds}
    rows = Motion.objects.filter(round__in=found).select_related("asked_by", "words", "answer__member")
    for motion in rows.order_by("round", "number"):
        found[motion.round_id].append(motion)
    return found


def asked_of(motions: Sequence[Motion], *, times: Times, open_: bool, inside: bool, at: datetime) -> tuple[Asked, ...]:
    """Motions of one round for a reader; `times` are the effective ones.

    `open_`: the round has not ended, `inside`: they read its reasons.
    """
    return tuple(_asked(motion, times=times, open_=open_, inside=inside, at=at) for motion in motions)


def _asked(motion: Motion, *, times: Times, open_: bool, inside: bool, at: datetime) -> Asked:
    known, words = moved(motion), getattr(motion, "words", None)
    return Asked(
        motion=motion,
        reason=words.text if inside and words is not None and words.salt else None,
        runs=open_ and known.hold_end is not None and known.hold_end > at,
        waits=open_ and rules.waits(known, times, at),
    )


def held_until(held: Round, at: datetime) -> datetime | None:
    """Until when somebody asked for time in a round, or None: one query."""
    return rules.held_until((moved(motion) for motion in motions_of([held])[held.pk]), at)


def entry_data(motion: Motion) -> dict[str, object]:
    """What the journal says of a motion, when it is asked and when it is answered."""
    return {
        "motion": motion.number,
        "until_at": utc_text(motion.until_at) if motion.until_at else None,
        "asked_by": motion.asked_by.handle,
        "reason": motion.reason_digest,
    }


def broken_motions() -> Iterator[str]:
    """A sentence for each motion that the journal does not tell as it stands, and for each that it tells alone."""
    told = {(entry.subject, entry.data["motion"], entry.verb): entry for entry in Entry.objects.filter(verb__in=VERBS)}
    rows = Motion.objects.select_related("round__proposal", "asked_by", "words", "answer__member").order_by("pk")
    for motion in rows:
        name = f"proposals_motion {motion.pk}"
        words = getattr(motion, "words", None)
        if words is not None and words.salt and salted(words.salt, words.text) != motion.reason_digest:
            yield f"{name}: its reason is not the one that was given"
        for verb, actor, at in _steps(motion):
            entry = told.pop(
                (f"proposal/{motion.round.proposal.number}/round/{motion.round.number}", motion.number, verb), None
            )
            if entry is None or (entry.data, entry.actor, entry.at) != (entry_data(motion), f"member:{actor}", at):
                yield f"{name}: is not the one in the journal"
    for subject, number, verb in told:
        yield f"journal: {verb} of motion {number} of {subject} has no row any more"


def _steps(motion: Motion) -> Iterator[tuple[str, str, datetime]]:
    kind, answer = Kind(motion.kind), getattr(motion, "answer", None)
    yield ASKED[kind], motion.asked_by.handle, motion.asked_at
    if answer is not None:
        yield ANSWERED[kind], answer.member.handle, answer.answered_at
