"""One proposal with everything its page shows, as far as the reader may see it; a fixed number of queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TypeVar

from charter import registry
from charter.registry import Difference, Step
from charter.rules import thresholds
from charter.rules.thresholds import Threshold
from journal.models import Job
from journal.refusals import Refusal
from journal.selectors import job_of
from members.selectors import people
from proposals.models import Ballot, Execution, Outcome, Proposal, Reason, Round, Seat, Wording
from proposals.rules import kinds
from proposals.rules.states import Facts, State, state
from proposals.rules.tallies import Cast, Tally, tally
from proposals.selectors.replays import times_of
from proposals.selectors.visibility import Reader, sees_ballots, sees_words

Told = TypeVar("Told")


@dataclass(frozen=True)
class Place:
    """A seat with its ballots, the latest last; empty where the reader may not see them."""

    seat: Seat
    ballots: tuple[Ballot, ...]
    you: bool

    @property
    def latest(self) -> Ballot | None:
        """The ballot that counts."""
        return self.ballots[-1] if self.ballots else None

    @property
    def vote(self) -> str:
        """`for`, `object`, `against`, `abstain` or empty, as seats are drawn."""
        choice = self.latest.choice if self.latest else ""
        return choice if choice != Ballot.Choice.WITHDRAWN else ""


@dataclass(frozen=True)
class Objection:
    """An objection or another ballot that said why, with its words; `stands` while it is its seat's ballot."""

    seat: Seat
    ballot: Ballot
    reason: Reason | None
    stands: bool


@dataclass(frozen=True)
class Sitting:
    """One round as the reader sees it. `tally` is None where the count is not theirs to know yet.

    `objections` are all that were made, in the order of casting, with their words for who may read them.
    """

    held: Round
    outcome: Outcome | None
    wording: Wording | None
    places: tuple[Place, ...]
    objections: tuple[Objection, ...]
    tally: Tally | None
    seats: int

    @property
    def rule(self) -> Threshold:
        """What it is decided by."""
        return thresholds.parse(self.held.rule)

    @property
    def votes(self) -> list[str]:
        """What the small seats draw, in the group's order."""
        return [place.vote for place in self.places]

    @property
    def missing(self) -> list[Place]:
        """Seats without a vote, the reader's own first."""
        return sorted((place for place in self.places if not place.vote), key=lambda place: not place.you)

    @property
    def standing(self) -> list[Objection]:
        """The objections that stand."""
        return [item for item in self.objections if item.stands and item.ballot.choice == Ballot.Choice.OBJECT]


@dataclass(frozen=True)
class Proceeding:
    """A proposal, its rounds (the last one last), and where it stands."""

    proposal: Proposal
    sittings: tuple[Sitting, ...]
    state: State
    reader: Reader
    words: bool
    preview: tuple[str, ...]
    diff: tuple[Difference, ...]
    execution: Execution | None
    job: Job | None
    gone: frozenset[int]

    @property
    def last(self) -> Sitting:
        """The round that runs or decided."""
        return self.sittings[-1]

    @property
    def before(self) -> Sitting | None:
        """The round before it."""
        return self.sittings[-2] if len(self.sittings) > 1 else None

    @property
    def own(self) -> Place | None:
        """The reader's seat in the last round."""
        return next((place for place in self.last.places if place.you), None)


def proceeding(*, number: int, reader: Reader, at: datetime, today: date, zone: tzinfo) -> Proceeding | None:
    """The proposal of a number, or None; `today` is the group's day of `at` in its `zone`."""
    proposal = Proposal.objects.select_related("application", "proposed_by", "execution").filter(number=number).first()
    if proposal is None:
        return None
    words = sees_words(reader, proposal)
    sittings, standing = _sittings(proposal, reader, words=words, at=at)
    execution = getattr(proposal, "execution", None)
    where = state(_facts(proposal, sittings[-1], standing, execution), at=at, today=today)
    running = where == State.ACTIVE
    return Proceeding(
        proposal=proposal,
        sittings=sittings,
        state=where,
        reader=reader,
        words=words,
        preview=() if execution else _told(registry.preview, proposal, sittings[-1].held, today, zone),
        diff=() if execution else _told(registry.diff, proposal, sittings[-1].held, today, zone),
        execution=execution,
        job=job_of(kind="proposals.execute", key=str(number)) if where == State.SUCCEEDED else None,
        gone=_gone(sittings[-1], today) if running else frozenset(),
    )


def _told(
    tell: Callable[[Sequence[Step], date], list[Told]], proposal: Proposal, last: Round, today: date, zone: tzinfo
) -> tuple[Told, ...]:
    """What would happen if it passed as soon as it can; nothing once the act cannot be told any more."""
    steps = [registry.stored(act) for act in proposal.acts]
    early = last.final_ballots or thresholds.parse(last.rule).unanimous
    passes_at = last.earliest_end_at if early else last.deadline_at
    try:
        return tuple(tell(steps, max(today, passes_at.astimezone(zone).date())))
    except Refusal:
        return ()


def _sittings(proposal: Proposal, reader: Reader, *, words: bool, at: datetime) -> tuple[tuple[Sitting, ...], Tally]:
    rounds = list(Round.objects.filter(proposal=proposal).select_related("proposal", "outcome", "wording", "opened_by"))
    seats = list(Seat.objects.filter(round__in=rounds).select_related("member").order_by("round", "position"))
    rows = Ballot.objects.filter(proposal=proposal).select_related("signature").order_by("number")
    ballots = list(rows.select_related("reason") if words else rows)
    counted = {held.pk: _count(held, seats, ballots) for held in rounds}
    sittings = tuple(_sitting(held, seats, ballots, counted[held.pk], reader, words=words, at=at) for held in rounds)
    return sittings, counted[rounds[-1].pk]


def _count(held: Round, seats: Sequence[Seat], ballots: Sequence[Ballot]) -> Tally:
    electorate = [seat.pk for seat in seats if seat.round_id == held.pk]
    own = set(electorate)
    cast = [Cast(ballot.seat_id, ballot.seq, ballot.choice) for ballot in ballots if ballot.seat_id in own]
    return tally(thresholds.parse(held.rule), electorate, cast)


def _sitting(
    held: Round,
    seats: Sequence[Seat],
    ballots: Sequence[Ballot],
    counted: Tally,
    reader: Reader,
    *,
    words: bool,
    at: datetime,
) -> Sitting:
    outcome = getattr(held, "outcome", None)
    closed = outcome is not None or at >= held.deadline_at
    visible = sees_ballots(reader, closed=closed)
    own = [seat for seat in seats if seat.round_id == held.pk]
    cast = {seat.pk: tuple(ballot for ballot in ballots if ballot.seat_id == seat.pk) for seat in own}
    places = [
        Place(
            seat,
            cast[seat.pk] if visible else (),
            you=reader.member is not None and seat.member_id == reader.member.pk,
        )
        for seat in own
    ]
    objections = [
        Objection(seat, ballot, getattr(ballot, "reason", None) if words else None, stands=ballot is cast[seat.pk][-1])
        for seat in own
        for ballot in cast[seat.pk]
        if ballot.reason_digest and (visible or (words and ballot.choice == Ballot.Choice.OBJECT))
    ]
    return Sitting(
        held=held,
        outcome=outcome,
        wording=getattr(held, "wording", None) if words or held.proposal.kind in kinds.OPEN_WORDS else None,
        places=tuple(places),
        objections=tuple(sorted(objections, key=lambda objection: objection.ballot.number)),
        tally=counted if visible else None,
        seats=len(own),
    )


def _facts(proposal: Proposal, last: Sitting, counted: Tally, execution: Execution | None) -> Facts:
    application = proposal.application
    ended = application is not None and (application.withdrawn_at or application.closed_at) is not None
    return Facts(
        times=times_of(last.held),
        tally=counted,
        result=last.outcome.result if last.outcome else "",
        gone=ended and execution is None,
        executed=execution is not None,
    )


def _gone(last: Sitting, today: date) -> frozenset[int]:
    """Members with a seat and no vote who have left: the round cannot pass any more."""
    waiting = {place.seat.member_id for place in last.missing}
    return frozenset(waiting - set(people.active_on(today).filter(pk__in=waiting).values_list("pk", flat=True)))
