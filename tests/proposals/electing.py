"""A group whose leader's term ends, and an election in it: who stands, its rounds, its votes."""

from datetime import UTC, date, datetime

from members.models import Member, Term
from members.services import terms
from proposals.models import Ballot, Proposal, Round
from proposals.services import ballots, candidacies, elections, openings, proposing, rounds
from tests.proposals.cast import DAY, HOUR, NOW, at, found

ENDS_ON = date(2026, 12, 4)
# 5 December begins in Shanghai, where the group is: 21 days before is NOW and a bit.
PUT_FORWARD = datetime(2026, 11, 13, 16, tzinfo=UTC)
OPENS = datetime(2026, 11, 20, 16, tzinfo=UTC)
ENDS = OPENS + 7 * DAY
RUN_OFF_ENDS = ENDS + 7 * DAY
FIVE = ("ana", "ben", "chen", "dora", "emil")


def group(handles: tuple[str, ...] = FIVE, *, users: bool = False, ends_on: date | None = ENDS_ON) -> list[Member]:
    """The members; the first one leads until ENDS_ON."""
    members = found(handles, users=users)
    if ends_on is not None:
        terms.end_term(term=Term.objects.get(role="leader"), ends_on=ends_on, by="import", at=NOW)
    return members


def put_forward() -> Proposal:
    """The worker's election."""
    made = elections.put_forward_due(clock=at(PUT_FORWARD))
    assert made is not None
    return made


def ask(*, text: str, by: Member, at: datetime) -> Proposal:
    """A member's election."""
    return proposing.propose(kind="election", params={}, text=text, by=by, at=at)


def stand(proposal: Proposal, *members: Member, moment: datetime = PUT_FORWARD + HOUR) -> None:
    """Members stand, each with words of their own."""
    for member in members:
        candidacies.stand(proposal=proposal, by=member, statement=f"I am {member.handle}.", clock=at(moment))


def opened(proposal: Proposal, moment: datetime = OPENS) -> Round:
    """The first round, opened as the worker does."""
    return openings.open_pending(proposal=proposal, by=rounds.SYSTEM, clock=at(moment))


def vote(held: Round, by: Member, choice: str, moment: datetime | None = None) -> Ballot:
    """A ballot for a handle, or an abstention."""
    said = choice if choice == "abstain" else f"for:{choice}"
    return ballots.cast(round_id=held.pk, by=by, choice=said, clock=at(moment or held.opened_at + HOUR))


def votes(held: Round, members: list[Member], text: str) -> None:
    """Each member in their order votes for the handle in its place; `-` does not vote."""
    for member, choice in zip(members, text.split(), strict=True):
        if choice != "-":
            vote(held, member, choice)


def elect(members: list[Member], standing: str, text: str) -> Round:
    """An election in its first round with some candidates and these votes."""
    proposal = put_forward()
    stand(proposal, *[member for member in members if member.handle in standing.split()])
    held = opened(proposal)
    votes(held, members, text)
    return held
