"""One proposal with everything its page shows, as far as the reader may see it; a fixed number of queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TypeVar

from charter import registry
from charter.registry import Difference, Step
from charter.rules import thresholds
from charter.rules.thresholds import Threshold
from journal.refusals import Refusal
from journal.selectors import job_of
from members.selectors import people
from proposals.models import Ballot, Execution, Motion, Outcome, Proposal, Reason, Round, Seat, Wording
from proposals.rules import motions, receipts, rounds
from proposals.rules.states import Facts, State, Times, state
from proposals.rules.tallies import Tally
from proposals.selectors import elections, failures
from proposals.selectors.counts import tallies_of
from proposals.selectors.electorates import Absent, told
from proposals.selectors.motions import Asked, asked_of, motions_of, moved, opened_times
from proposals.selectors.visibility import Reader, is_sealed, own_only, sees_ballots, sees_wording, sees_words

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

    `objections` are all that were made, in the order of casting, with their words for who may read them. `sealed`: it
    is hidden and not closed, so that only the reader's own ballots are in it; `over`: and nobody can vote any more.
    """

    held: Round
    times: Times
    asked: tuple[Asked, ...]
    outcome: Outcome | None
    wording: Wording | None
    places: tuple[Place, ...]
    objections: tuple[Objection, ...]
    tally: Tally | None
    seats: int
    sealed: bool
    over: bool

    @property
    def rule(self) -> Threshold:
        """What it is decided by."""
        return thresholds.parse(self.held.rule)

    @property
    def consent(self) -> bool:
        """Whether its members object instead of voting against: under the unanimous rule, and not in an election."""
        return self.rule.unanimous and not self.held.candidates

    @property
    def votes(self) -> list[str]:
        """What the small seats draw, in the group's order."""
        return [place.vote for place in self.places]

    @property
    def missing(self) -> list[Place]:
        """Seats without a vote, the reader's own first; none where the count is not theirs to know."""
        if self.tally is None:
            return []
        return sorted((place for place in self.places if not place.vote), key=lambda place: not place.you)

    @property
    def standing(self) -> list[Objection]:
        """The objections that stand."""
        return [item for item in self.objections if item.stands and item.ballot.choice == Ballot.Choice.OBJECT]


@dataclass(frozen=True)
class Proceeding:
    """A proposal, its rounds (the last one last), and where it stands.

    `trouble`: what stands in the way of carrying out what passed, in words; empty if nothing is known to. `absent`:
    who has no seat in the last round, for who may know it. `names` by handle: of the candidates and deputies of an
    election.
    """

    proposal: Proposal
    sittings: tuple[Sitting, ...]
    state: State
    reader: Reader
    words: bool
    preview: tuple[str, ...]
    diff: tuple[Difference, ...]
    execution: Execution | None
    trouble: str
    absent: tuple[Absent, ...]
    gone: frozenset[int]
    names: Mapping[str, str]

    @property
    def last(self) -> Sitting:
        """The round that runs or decided."""
        return self.sittings[-1]

    @property
    def before(self) -> Sitting | None:
        """The round before it."""
        return self.sittings[-2] if len(self.sittings) > 1 else None

    @property
    def may_follow(self) -> bool:
        """Whether its last round has its outcome and another one can still come."""
        outcome = self.last.outcome
        return outcome is not None and rounds.may_follow(
            kind=self.proposal.kind,
            result=outcome.result,
            expired=self.state == State.EXPIRED,
            gone=self.state == State.CANCELED,
            executed=self.execution is not None,
            taken_back=False,
        )

    @property
    def own(self) -> Place | None:
        """The reader's seat in the last round."""
        return next((place for place in self.last.places if place.you), None)


def proceeding(*, number: int, reader: Reader, at: datetime, today: date, zone: tzinfo) -> Proceeding | None:
    """The proposal of a number, or None before it has opened; `today` is the group's day of `at` in its `zone`."""
    proposal = Proposal.objects.select_related("application", "proposed_by", "execution").filter(number=number).first()
    if proposal is None:
        return None
    words = sees_words(reader, proposal)
    sittings, standing = _sittings(proposal, reader, words=words, at=at)
    if not sittings:
        return None
    execution = getattr(proposal, "execution", None)
    last = sittings[-1]
    where = state(_facts(proposal, last, standing[last.held.pk], execution), at=at)
    running = where == State.ACTIVE
    return Proceeding(
        proposal=proposal,
        sittings=sittings,
        state=where,
        reader=reader,
        words=words,
        preview=() if execution else _told(registry.preview, proposal, last, today, zone),
        diff=() if execution else _told(registry.diff, proposal, last, today, zone),
        execution=execution,
        trouble=_trouble(proposal, last, today) if where == State.SUCCEEDED else "",
        absent=told(last.wording.content) if last.wording else (),
        gone=_gone(last, today) if running else frozenset(),
        names=elections.names_of(proposal),
    )


def _told(
    tell: Callable[[Sequence[Step], date], list[Told]], proposal: Proposal, last: Sitting, today: date, zone: tzinfo
) -> tuple[Told, ...]:
    """What would happen if it passed as soon as it can, on the day it waits for; nothing once that cannot be told."""
    acts = proposal.acts if not last.held.candidates else []
    if last.outcome is not None:
        acts = receipts.carried_out(proposal.acts, last.outcome.tally)
    steps = [registry.stored(act) for act in acts]
    early = not last.held.candidates and (last.held.final_ballots or last.consent)
    passes_at = last.times.earliest_end_at if early else last.times.deadline_at
    try:
        return tuple(tell(steps, max(today, passes_at.astimezone(zone).date(), last.held.execute_on or today)))
    except Refusal:
        return ()


def _sittings(
    proposal: Proposal, reader: Reader, *, words: bool, at: datetime
) -> tuple[tuple[Sitting, ...], dict[int, Tally]]:
    # Each knows this proposal, which has its application at hand.
    rounds = list(proposal.rounds.select_related("outcome", "wording", "opened_by"))
    seats = list(Seat.objects.filter(round__in=rounds).select_related("member").order_by("round", "position"))
    rows = own_only(Ballot.objects.filter(proposal=proposal), reader, rounds)
    rows = rows.select_related("signature").order_by("number")
    ballots = list(rows.select_related("reason") if words else rows)
    counted, asked = tallies_of(rounds), motions_of(rounds)
    sittings = tuple(
        _sitting(held, seats, ballots, counted[held.pk], asked[held.pk], reader, words=words, at=at) for held in rounds
    )
    return sittings, counted


def _sitting(
    held: Round,
    seats: Sequence[Seat],
    ballots: Sequence[Ballot],
    counted: Tally,
    asked: Sequence[Motion],
    reader: Reader,
    *,
    words: bool,
    at: datetime,
) -> Sitting:
    outcome = getattr(held, "outcome", None)
    times = motions.effective(opened_times(held), map(moved, asked))
    closed = outcome is not None or at >= times.deadline_at
    visible, sealed = sees_ballots(reader, held, closed=closed), is_sealed(held)
    own = [seat for seat in seats if seat.round_id == held.pk]
    cast = {seat.pk: tuple(ballot for ballot in ballots if ballot.seat_id == seat.pk) for seat in own}
    places = [
        Place(
            seat,
            # Of a sealed round only the reader's own were read.
            cast[seat.pk] if visible or sealed else (),
            you=reader.member is not None and seat.member_id == reader.member.pk,
        )
        for seat in own
    ]
    objections = [
        Objection(seat, ballot, getattr(ballot, "reason", None) if words else None, stands=ballot is cast[seat.pk][-1])
        for seat in own
        for ballot in cast[seat.pk]
        if ballot.reason_digest and (visible or sealed or (words and ballot.choice == Ballot.Choice.OBJECT))
    ]
    return Sitting(
        held=held,
        sealed=sealed,
        over=sealed and at >= times.deadline_at,
        times=times,
        asked=asked_of(asked, times=times, open_=not closed, inside=reader.inside, at=at),
        outcome=outcome,
        wording=getattr(held, "wording", None) if sees_wording(reader, held.proposal) else None,
        places=tuple(places),
        objections=tuple(sorted(objections, key=lambda objection: objection.ballot.number)),
        tally=counted if visible else None,
        seats=len(own),
    )


def _facts(proposal: Proposal, last: Sitting, counted: Tally, execution: Execution | None) -> Facts:
    application = proposal.application
    ended = application is not None and application.has_ended
    return Facts(
        times=last.times,
        tally=counted,
        result=last.outcome.result if last.outcome else "",
        gone=ended and execution is None,
        executed=execution is not None,
        sealed=last.sealed,
        execute_at=last.outcome.execute_at if last.outcome else None,
        expires_at=last.outcome.expires_at if last.outcome else None,
    )


def _trouble(proposal: Proposal, last: Sitting, today: date) -> str:
    """What its acts refuse today, else how the last attempt failed, as the job or the journal has it."""
    if last.outcome is None:
        return ""
    acts = receipts.carried_out(proposal.acts, last.outcome.tally)
    try:
        registry.check([registry.stored(act) for act in acts], today)
    except Refusal as refused:
        return str(refused)
    job = job_of(kind="proposals.execute", key=f"{proposal.number}/{last.held.number}")
    if job is not None and job.error:
        return job.error
    return failures.last_failure(proposal, since=last.outcome.execute_at)


def _gone(last: Sitting, today: date) -> frozenset[int]:
    """Members with a seat and no vote who have left: the round cannot pass any more."""
    waiting = {place.seat.member_id for place in last.missing}
    return frozenset(waiting - set(people.active_on(today).filter(pk__in=waiting).values_list("pk", flat=True)))
