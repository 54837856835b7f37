"""What the menu counts, only what waits for the person who reads; and which applications were put to the vote."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from charter import selectors as charter
from consulting.selectors import bookings as booked
from consulting.selectors import waiting as rooms
from expertgroup import navigation
from members.registry import knows_proposed
from members.selectors import applications, people
from proposals.models import Proposal
from proposals.selectors import waiting
from treasury.models import Claim
from treasury.selectors.pages.readers import Reader


@knows_proposed
def proposed(pks: Sequence[int]) -> set[int]:
    """Which applications have a proposal: told to the members' floor, which knows none."""
    return set(Proposal.objects.filter(application_id__in=pks).values_list("application_id", flat=True))


@navigation.count("proposals")
def ballots(user: User, at: datetime) -> int:
    """Open rounds without this person's vote."""
    return waiting.ballots_waiting(user, at)


@navigation.count("claims")
def claims(user: User, at: datetime) -> int:
    """Claims that this person decides."""
    member = people.member_of(user)
    if member is None:
        return 0
    day = charter.today(at)
    mine = Reader(member, people.is_active(member, day), people.deciders_on(day)).mine
    return Claim.objects.filter(mine, status=Claim.Status.PENDING).count()


@navigation.count("applications")
def applying(user: User, at: datetime) -> int:
    """Applications on which the leader has something to do before the vote."""
    return applications.waiting().filter(Q(interview_count=0) | Q(builder_confirmed_by=None)).count()


@navigation.count("engagements")
def engagements(user: User, at: datetime) -> int:
    """Work that a client answers; an expert's running timer and what is due within a week."""
    return rooms.count(user, charter.today(at))


@navigation.count("bookings")
def bookings(user: User, at: datetime) -> int:
    """Paid bookings that wait for this expert's answer."""
    return booked.unanswered(user).count()
