"""Who reads, and what this reader may see: the only place that decides it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from members.models import Member
from members.selectors import people
from proposals.models import Ballot, Proposal, Round
from proposals.rules import kinds


@dataclass(frozen=True)
class Reader:
    """Who reads: `member` is or was one, `inside` says that they are one on this day."""

    user: int | None = None
    member: Member | None = None
    inside: bool = False
    leading: bool = False


VISITOR = Reader()


def reader_of(user: User | AnonymousUser, day: date) -> Reader:
    """The reader that a user is on a day; two queries, none for a visitor."""
    if not user.pk:
        return VISITOR
    roles = people.roles_on(user, day)
    return Reader(user=user.pk, member=people.member_of(user), inside="member" in roles, leading="leader" in roles)


def is_applicant(reader: Reader, proposal: Proposal) -> bool:
    """Whether the reader is the person whom the proposal is about."""
    application = proposal.application
    return reader.user is not None and application is not None and application.user_id == reader.user


def is_sealed(held: Round) -> bool:
    """Whether a round is hidden and not closed: only its outcome's row ends that, not the clock (docs/hidden.md)."""
    return held.hidden and getattr(held, "outcome", None) is None


def sees_ballots(reader: Reader, held: Round, *, closed: bool) -> bool:
    """Who voted how, and the count: members at once, everybody once the round is closed; of a sealed one nobody.

    `closed`: it has its outcome, or its deadline is over.
    """
    return not is_sealed(held) and (reader.inside or closed)


def sees_evidence(reader: Reader, *, closed: bool) -> bool:
    """What members put beside a proposal: they at once, everybody once the last round is closed. It is no ballot."""
    return reader.inside or closed


def own_only(rows: QuerySet[Ballot], reader: Reader, rounds: Iterable[Round]) -> QuerySet[Ballot]:
    """Without other people's ballots of those rounds that are sealed: they stay in the database."""
    shut = [held.pk for held in rounds if is_sealed(held)]
    if not shut:
        return rows
    theirs = ~Q(seat__round__in=shut)
    return rows.filter(theirs | Q(seat__member=reader.member) if reader.member else theirs)


def of_closed_rounds(rows: QuerySet[Ballot]) -> QuerySet[Ballot]:
    """Ballots that everybody sees: for who reads lists of rows, such as the administration."""
    return rows.exclude(seat__round__outcome=None)


def sees_words(reader: Reader, proposal: Proposal) -> bool:
    """What the applicant says, and what objections ask: members and the applicant."""
    return reader.inside or is_applicant(reader, proposal)


def sees_wording(reader: Reader, proposal: Proposal) -> bool:
    """What is put to the vote, and who has no seat in it because of which of the reasons: everybody where the words are
    public, else members and the applicant. Why somebody recused themself is not in it: that is among `sees_words`.
    """
    return proposal.kind in kinds.OPEN_WORDS or sees_words(reader, proposal)


def sees_comments(reader: Reader, proposal: Proposal) -> bool:
    """What members say about it: who reads its words."""
    return sees_wording(reader, proposal)
