"""Who reads a page and when: what every view of proposals asks first."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.http import Http404, HttpRequest
from rest_framework.request import Request

from accounts.models import User
from accounts.requests import user_of
from charter import selectors as charter
from charter.rules.terms import Terms
from journal.clock import database_clock
from members.models import Member
from members.selectors import people
from proposals.models import Proposal, Round
from proposals.refusals import MembersOnly, UnknownRound
from proposals.selectors.lookups import proposal_of, round_of
from proposals.selectors.visibility import VISITOR, Reader, reader_of


@dataclass(frozen=True)
class Visit:
    """One request: the moment on the database's clock, the group's day and zone of it, the reader."""

    at: datetime
    today: date
    terms: Terms
    reader: Reader

    @property
    def zone(self) -> tzinfo:
        """The group's zone."""
        return self.terms.time_zone


def visit(request: HttpRequest | Request) -> Visit:
    """Asks the clock, the charter and who reads."""
    at = database_clock()
    timeline = charter.timeline()
    today = timeline.day_of(at)
    reader = reader_of(request.user, today) if isinstance(request.user, User) else VISITOR
    return Visit(at=at, today=today, terms=timeline.terms_on(today), reader=reader)


def member_of(request: HttpRequest | Request) -> Member:
    """The member who sends a request; MembersOnly for anybody else. Whether they still are one, the service decides."""
    member = people.member_of(user_of(request))
    if member is None:
        raise MembersOnly
    return member


def proposal_at(number: int) -> Proposal:
    """The proposal that an address names; Http404."""
    found = proposal_of(number)
    if found is None:
        raise Http404
    return found


def round_at(number: int, round_number: int) -> Round:
    """The round that an address names; UnknownRound."""
    found = round_of(number, round_number)
    if found is None:
        raise UnknownRound
    return found
