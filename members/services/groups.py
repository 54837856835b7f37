"""Founding the group with its first members, leader and treasurer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.services.people import user_for_email
from charter.models import Group
from charter.services import editions
from members.models import Member
from members.refusals.people import NoFounders, UnknownHandle
from members.selectors.people import By, actor, by_handle
from members.services.memberships import join
from members.services.terms import appoint_treasurer, seat_leader

FOUNDING = "founding"


@dataclass(frozen=True)
class Founder:
    """One of the first members. The address may be empty; then nobody signs in as this member yet."""

    handle: str
    name: str
    email: str = ""
    builder_since: date | None = None


def found(
    *,
    name: str,
    time_zone: str | None = None,
    founders: Sequence[Founder],
    leader: str = "",
    deputy: str = "",
    treasurer_email: str = "",
    founded_on: date,
    by: By,
    at: datetime,
) -> Group:
    """Founds the one group: charter edition 1, founders as members, the first leader (a handle), the treasurer.

    All or nothing. Raises GroupExists, NoFounders, UnknownHandle and what joining and seating refuse.
    """
    if not founders:
        raise NoFounders
    with transaction.atomic():
        group = editions.found(name=name, time_zone=time_zone, founded_on=founded_on, by=actor(by), at=at)
        for founder in founders:
            join(
                handle=founder.handle,
                name=founder.name,
                email=founder.email,
                builder_since=founder.builder_since,
                joined_on=founded_on,
                decided_by=FOUNDING,
                by=by,
                at=at,
            )
        if leader:
            seat_leader(
                member=_member(leader),
                deputy=_member(deputy) if deputy else None,
                starts_on=founded_on,
                decided_by=FOUNDING,
                by=by,
                at=at,
            )
        if treasurer_email:
            keeper = user_for_email(treasurer_email, at=at)
            appoint_treasurer(user=keeper, starts_on=founded_on, decided_by=FOUNDING, by=by, at=at)
    return group


def _member(handle: str) -> Member:
    member = by_handle(handle)
    if member is None:
        raise UnknownHandle.of(handle)
    return member
