"""What waits for a member, for the first page and the menu's number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, Subquery

import charter.selectors
from accounts.models import User
from charter.rules.terms import Terms
from journal.refusals import Refusal
from members.models import Application, Member
from members.rules.admission import ready_for_proposal
from members.selectors import applications, people
from proposals.models import Ballot, Outcome, Proposal, Round, Seat
from proposals.rules.states import Result, State
from proposals.selectors.elections import without_candidates
from proposals.selectors.listings import Row, rows_of, with_names
from proposals.selectors.motions import EndsAt
from proposals.selectors.visibility import Reader


class Kind(StrEnum):
    """What is to be done."""

    VOTE = "vote"
    OBJECTED = "objected"
    NEXT_ROUND = "next_round"
    READY = "ready"
    STAND = "stand"


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: a proposal to act on, (READY) an application whose proposal can open, or (STAND) an
    election in which nobody stands.
    """

    kind: Kind
    title: str
    proposal: Proposal | None = None
    row: Row | None = None
    application: Application | None = None
    closes_at: datetime | None = None
    votes: Sequence[str] = ()


def for_member(member: Member, at: datetime) -> list[Waiting]:
    """What waits for a member at a moment, what closes first in front; for the leader also rounds and applications."""
    timeline = charter.selectors.timeline()
    today = timeline.day_of(at)
    reader = Reader(
        user=member.user_id,
        member=member,
        inside=people.is_active(member, today),
        leading=people.leads(member, today),
    )
    if not reader.inside:
        return []
    rows = rows_of(_unsettled(), reader=reader, at=at)
    found = [_of(Kind.VOTE, row) for row in rows if row.waits] + _unstood()
    if reader.leading:
        found += [_of(Kind.OBJECTED, row) for row in rows if row.state == State.ACTIVE and row.paused]
        found += [_of(Kind.NEXT_ROUND, row) for row in rows if row.state == State.DEFEATED and row.proposal.application]
        found += _ready(timeline.terms_on(today), today)
    return sorted(found, key=lambda item: (item.closes_at is None, item.closes_at or at))


def ballots_waiting(user: User, at: datetime) -> int:
    """How many open rounds lack this person's vote: one query, for the number in the menu."""
    latest = Ballot.objects.filter(seat=OuterRef("pk")).order_by("-seq").values("choice")[:1]
    seats = Seat.objects.filter(member__user=user, round__outcome=None, round__opened_at__lte=at).annotate(
        choice=Subquery(latest), ends_at=EndsAt(F("round"))
    )
    return seats.filter(ends_at__gt=at).filter(Q(choice=None) | Q(choice=Ballot.Choice.WITHDRAWN)).count()


def _unsettled() -> list[Proposal]:
    """Proposals whose last round runs; admissions also once it ended without passing, while the application stands."""
    running = Exists(Round.objects.filter(proposal=OuterRef("pk"), outcome=None))
    settled = Outcome.objects.filter(result__in=[Result.SUCCEEDED, Result.CANCELED]).values("round__proposal")
    stands = Q(application__isnull=False, application__withdrawn_at=None, application__closed_at=None)
    # What expired passed once, and may be put to the vote again.
    open_rows = Proposal.objects.filter(Q(running) | (stands & ~Q(pk__in=settled)))
    return list(with_names(open_rows).order_by("number"))


def _of(kind: Kind, row: Row) -> Waiting:
    closes_at = row.times.deadline_at if kind != Kind.NEXT_ROUND else None
    return Waiting(kind, row.proposal.title, proposal=row.proposal, row=row, closes_at=closes_at, votes=row.votes)


def _unstood() -> list[Waiting]:
    """Elections that wait and have no candidate: without one they never open, so no moment ends the waiting."""
    found = with_names(without_candidates())
    return [Waiting(Kind.STAND, item.title, proposal=item) for item in found]


@dataclass(frozen=True)
class Candidacy:
    """A sent application without a proposal, and what it still lacks (join.1 to join.2.2)."""

    application: Application
    missing: Sequence[Refusal]


def candidacies(*, terms: Terms, today: date) -> list[Candidacy]:
    """Applications that wait for their proposal, the longest waiting first; one query."""
    proposed = Proposal.objects.exclude(application=None).values("application")
    rows = applications.waiting().exclude(pk__in=proposed)
    found = []
    for row in rows:
        counted = row.interview_count  # type: ignore[attr-defined]  # annotated
        found.append(Candidacy(row, ready_for_proposal(applications.facts_of(row, counted), terms, today)))
    return found


def _ready(terms: Terms, today: date) -> list[Waiting]:
    found = candidacies(terms=terms, today=today)
    ready = [candidacy.application for candidacy in found if not candidacy.missing]
    return [Waiting(Kind.READY, application.name, application=application) for application in ready]
