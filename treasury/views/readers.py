"""Who reads a page and when: what every view of the treasury asks first."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User
from accounts.requests import user_of
from charter import selectors as charter
from charter.rules.terms import Timeline
from journal.clock import database_clock
from members.models import Member
from members.selectors import people
from treasury.refusals import MembersOnly


@dataclass(frozen=True)
class Visit:
    """One request: the moment on the database's clock, the charter over time, the group's day, the reader's roles."""

    at: datetime
    timeline: Timeline
    today: date
    roles: frozenset[str]

    @property
    def zone(self) -> tzinfo:
        """The group's zone of the day."""
        return self.timeline.terms_on(self.today).time_zone

    @property
    def inside(self) -> bool:
        """Whether the reader is a member today."""
        return "member" in self.roles

    @property
    def keeps(self) -> bool:
        """Whether the reader keeps the treasury today."""
        return "treasurer" in self.roles


def visit(request: HttpRequest | Request) -> Visit:
    """Asks the clock, the charter and who reads."""
    at = database_clock()
    timeline = charter.timeline()
    today = timeline.day_of(at)
    roles = people.roles_on(request.user, today) if isinstance(request.user, User) else frozenset()
    return Visit(at, timeline, today, roles)


def member_of(request: HttpRequest) -> Member:
    """The member, or former member, who sends a request; MembersOnly for anybody else."""
    member = people.member_of(user_of(request))
    if member is None:
        raise MembersOnly
    return member
