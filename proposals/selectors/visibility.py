"""Who reads, and what this reader may see: the only place that decides it."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from members.models import Member
from members.selectors import people
from proposals.models import Proposal


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


def sees_ballots(reader: Reader, *, closed: bool) -> bool:
    """Who voted how, and the count: members at once, everybody once the round is closed."""
    return reader.inside or closed


def sees_words(reader: Reader, proposal: Proposal) -> bool:
    """What the applicant says, and what objections ask: members and the applicant."""
    return reader.inside or is_applicant(reader, proposal)
