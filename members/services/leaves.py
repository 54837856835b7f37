"""Leave: a member says that they will be away, so that rounds which open meanwhile do not wait for them."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from charter import selectors as charter
from journal.services import entries
from members.models import Leave, Member, Membership
from members.refusals.people import (
    LeaveBackwards,
    LeaveInPast,
    LeaveOver,
    LeavesOverlap,
    LeaveTooFar,
    NotMember,
    NotYourLeave,
)
from members.selectors.leaves import overlapping
from members.selectors.people import actor, covers

FURTHEST = timedelta(days=366)


def declare(*, member: Member, first_on: date, last_on: date, by: Member | User, at: datetime) -> Leave:
    """Puts oneself on leave, from today or later: no seat in rounds that open meanwhile, and nothing else.

    Raises NotYourLeave, LeaveInPast, LeaveBackwards, LeaveTooFar, NotMember, LeavesOverlap.
    """
    _own_word(member, by)
    today = charter.today(at)
    if first_on < today:
        raise LeaveInPast
    if last_on < first_on:
        raise LeaveBackwards
    if last_on > today + FURTHEST:
        raise LeaveTooFar
    with transaction.atomic():
        # Whoever opens a round holds the rows of its members too: it sees this leave, or it came first.
        _hold(member)
        if not Membership.objects.filter(covers(first_on), member=member).exists():
            raise NotMember
        if overlapping(member, first_on, last_on).exists():
            raise LeavesOverlap
        leave = Leave.objects.create(member=member, first_on=first_on, last_on=last_on, declared_at=at)
        entries.append(
            actor=actor(by),
            verb="leave.declare",
            subject=f"member/{member.handle}",
            data={"first_on": first_on.isoformat(), "last_on": last_on.isoformat(), "leave": leave.pk},
            at=at,
        )
    return leave


def end(*, leave: Leave, by: Member | User, at: datetime) -> Leave:
    """Ends a leave today, before its last day is over; one that has not begun counts for no day.

    Raises NotYourLeave, LeaveOver.
    """
    _own_word(leave.member, by)
    today = charter.today(at)
    with transaction.atomic():
        _hold(leave.member)
        held = Leave.objects.select_for_update().get(pk=leave.pk)
        if held.ended_on is not None or held.last_on < today:
            raise LeaveOver
        held.ended_on = today
        held.save(update_fields=["ended_on"])
        entries.append(
            actor=actor(by),
            verb="leave.end",
            subject=f"member/{held.member.handle}",
            data={"ended_on": today.isoformat(), "leave": held.pk},
            at=at,
        )
    return held


def _hold(member: Member) -> None:
    Member.objects.select_for_update().get(pk=member.pk)


def _own_word(member: Member, by: Member | User) -> None:
    mine = by.pk == member.pk if isinstance(by, Member) else by.pk == member.user_id
    if not mine:
        raise NotYourLeave
