"""Seating the leader and appointing the treasurer."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Group as Permissions
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from journal.services import entries
from members.models import Member, Membership, Term
from members.refusals.people import DeputyIsLeader, NotMember, TermBackwards, TermOutsideMembership, TermsOverlap
from members.selectors.people import By, actor, covers
from members.services.permissions import grant_treasurer


def seat_leader(
    *,
    member: Member,
    starts_on: date,
    ends_on: date | None = None,
    deputy: Member | None = None,
    decided_by: str,
    by: By,
    at: datetime,
) -> Term:
    """Makes a member the leader for some days, with a deputy who decides the leader's own claims (daily.1).

    An open term before it ends the day before. Raises TermBackwards, DeputyIsLeader, TermOutsideMembership,
    NotMember (the deputy), TermsOverlap.
    """
    if ends_on is not None and ends_on < starts_on:
        raise TermBackwards
    if deputy is not None and deputy.pk == member.pk:
        raise DeputyIsLeader
    with transaction.atomic():
        # The leader's row is locked, so that no exit slips in between; the exclusion constraint orders two seatings.
        Member.objects.select_for_update().get(pk=member.pk)
        if not _inside(member, starts_on, ends_on):
            raise TermOutsideMembership
        if deputy is not None and not Membership.objects.filter(covers(starts_on), member=deputy).exists():
            raise NotMember(field="deputy")
        _end_open_term(starts_on, by, at)
        term = _seat(
            Term(
                role="leader", member=member, deputy=deputy, starts_on=starts_on, ends_on=ends_on, decided_by=decided_by
            )
        )
        entries.append(
            actor=actor(by),
            verb="term.seat",
            subject=f"term/leader/{starts_on.isoformat()}",
            data={
                "member": member.handle,
                "deputy": deputy.handle if deputy else None,
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat() if ends_on else None,
                "decided_by": decided_by,
            },
            at=at,
        )
    return term


def _inside(member: Member, starts_on: date, ends_on: date | None) -> bool:
    """Whether one period of membership holds the whole term; an open term needs no longer period than it has now."""
    periods = Membership.objects.filter(covers(starts_on), member=member)
    if ends_on is None:
        return periods.filter(exited_on=None).exists()
    return periods.filter(Q(exited_on=None) | Q(exited_on__gte=ends_on)).exists()


def _seat(term: Term) -> Term:
    try:
        with transaction.atomic():
            term.save(force_insert=True)
    except IntegrityError as clash:
        raise TermsOverlap from clash
    return term


def _end_open_term(starts_on: date, by: By, at: datetime) -> None:
    """A term without a last day lasts until the next leader's first."""
    last = starts_on - timedelta(days=1)
    for term in Term.objects.select_for_update().filter(role="leader", ends_on=None, starts_on__lte=last):
        _end(term, last, by, at)


def _end(term: Term, ends_on: date, by: By, at: datetime) -> None:
    term.ends_on = ends_on
    term.save(update_fields=["ends_on"])
    entries.append(
        actor=actor(by),
        verb="term.end",
        subject=f"term/{term.role}/{term.starts_on.isoformat()}",
        data={"ends_on": ends_on.isoformat()},
        at=at,
    )


def end_at_exit(*, member: Member, exited_on: date, by: By, at: datetime) -> None:
    """Ends the leader's terms of somebody who leaves, in the caller's transaction and after the exit is written.

    A term that would have begun later had no effect yet: it goes, and the journal keeps that it was there.
    """
    lasting = Q(ends_on=None) | Q(ends_on__gt=exited_on)
    for term in Term.objects.select_for_update().filter(lasting, role="leader", member=member):
        if term.starts_on <= exited_on:
            _end(term, exited_on, by, at)
            continue
        term.delete()
        entries.append(
            actor=actor(by), verb="term.drop", subject=f"term/leader/{term.starts_on.isoformat()}", data={}, at=at
        )


def end_term(*, term: Term, ends_on: date, by: By, at: datetime) -> Term:
    """Gives a term its last day, earlier than the one it had. Raises TermBackwards."""
    with transaction.atomic():
        found = Term.objects.select_for_update().get(pk=term.pk)
        if ends_on < found.starts_on or (found.ends_on is not None and ends_on > found.ends_on):
            raise TermBackwards
        _end(found, ends_on, by, at)
    return found


def appoint_treasurer(
    *, user: User, starts_on: date, ends_on: date | None = None, decided_by: str, by: By, at: datetime
) -> Term:
    """Lets a user keep the treasury from a day on: a term, and the admin with exactly the treasurer's permissions."""
    if ends_on is not None and ends_on < starts_on:
        raise TermBackwards
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        term = Term.objects.create(
            role="treasurer", user=user, starts_on=starts_on, ends_on=ends_on, decided_by=decided_by
        )
        grant_treasurer(user)
        entries.append(
            actor=actor(by),
            verb="term.seat",
            subject=f"term/treasurer/{user.pk}/{starts_on.isoformat()}",
            data={
                "user": user.pk,
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat() if ends_on else None,
                "decided_by": decided_by,
            },
            at=at,
        )
    return term


def dismiss_treasurer(*, term: Term, ends_on: date, by: By, at: datetime) -> Term:
    """Ends a treasurer's term and closes the admin to them. Raises TermBackwards."""
    with transaction.atomic():
        ended = end_term(term=term, ends_on=ends_on, by=by, at=at)
        user = User.objects.select_for_update().get(pk=ended.user_id or 0)
        user.groups.remove(*Permissions.objects.filter(name="treasurer"))
        user.is_staff = user.is_superuser
        user.save(update_fields=["is_staff"])
    return ended
