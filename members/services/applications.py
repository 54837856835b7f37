"""Applying: drafts, sending, withdrawing, the leader's confirmation, the end."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from charter import selectors as charter
from journal.services import entries
from members.models import Application, Member
from members.refusals.applications import (
    AlreadySubmitted,
    ApplicationEnded,
    ApplicationUnderVote,
    BuilderLink,
    BuilderSinceFuture,
    Incomplete,
    NotSubmitted,
    NotYourApplication,
    OwnApplication,
)
from members.refusals.people import AlreadyMember, HandleTaken, OnlyLeader
from members.registry import under_vote
from members.rules.answers import is_link, problems
from members.selectors import applications as reading
from members.selectors.people import By, actor, is_active, leader_on, member_of

EDITABLE = frozenset(
    (
        "name",
        "handle",
        "criteria",
        "experience",
        "evidence",
        "project",
        "open_source",
        "communication",
        "weekly_hours_centi",
        "builder_since",
    )
)


def save_draft(*, user: User, changes: Mapping[str, Any], at: datetime) -> Application:
    """Keeps what an applicant has typed; makes the application when there is none. `changes` by names of EDITABLE.

    A draft may be incomplete. A sent application stays editable while no round is open and has to stay complete. Raises
    AlreadyMember, ApplicationUnderVote, Incomplete, HandleTaken.
    """
    unknown = set(changes) - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    with transaction.atomic():
        application = _begun(user, at)
        for name, value in changes.items():
            setattr(application, name, value)
        if "builder_since" in changes:
            # Confirmed is a day, not a person: another day needs the leader again.
            _keep_confirmation(application)
        application.saved_at = at
        if application.submitted_at is not None:
            _check_complete(application, at)
            entries.append(
                actor=actor(user),
                verb="application.edit",
                subject=f"application/{application.pk}",
                data={"fields": sorted(changes)},
                at=at,
            )
        _save(application)
    return application


def _begun(user: User, at: datetime) -> Application:
    """The user's open application, locked; a new one if there is none."""
    # The user's row orders two tabs that begin at the same time.
    User.objects.select_for_update().get(pk=user.pk)
    application = Application.objects.select_for_update().filter(reading.OPEN, user=user).first()
    if application is not None:
        if under_vote(application.pk):
            raise ApplicationUnderVote
        return application
    member = member_of(user)
    if member is not None and is_active(member, charter.today(at)):
        raise AlreadyMember
    return Application.objects.create(user=user, saved_at=at, name=user.name)


def _keep_confirmation(application: Application) -> None:
    before = Application.objects.filter(pk=application.pk).values_list("builder_since", flat=True).get()
    if before != application.builder_since:
        application.builder_confirmed_by = None
        application.builder_url = ""


def _check_complete(application: Application, at: datetime) -> None:
    found = problems(reading.answers_of(application), charter.today(at))
    if found:
        raise Incomplete(found)
    taken = Member.objects.filter(handle=application.handle).exclude(user=application.user_id)
    if taken.exists():
        raise HandleTaken


def _save(application: Application) -> None:
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as clash:
        raise HandleTaken from clash


def submit(*, application: Application, by: User, at: datetime) -> Application:
    """Sends the application to the group (join.2.1). Raises Incomplete with every answer that needs a change."""
    with transaction.atomic():
        found = _locked(application)
        _only_author(found, by)
        if found.submitted_at is not None:
            raise AlreadySubmitted
        _check_complete(found, at)
        found.submitted_at = at
        _save(found)
        entries.append(actor=actor(by), verb="application.submit", subject=f"application/{found.pk}", at=at)
    return found


def withdraw(*, application: Application, by: User, at: datetime) -> Application:
    """Takes the application back, at any time before it is executed: nobody is admitted against their word."""
    with transaction.atomic():
        found = _locked(application)
        _only_author(found, by)
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
        entries.append(actor=actor(by), verb="application.withdraw", subject=f"application/{found.pk}", at=at)
    return found


def confirm_builder(*, application: Application, since: date, url: str, by: Member, at: datetime) -> Application:
    """The leader confirms with a link since when the applicant is a builder (join.1).

    Raises OnlyLeader, NotSubmitted, BuilderSinceFuture, BuilderLink, ApplicationUnderVote.
    """
    day = charter.today(at)
    with transaction.atomic():
        found = _locked(application)
        only_leader(by, day)
        if by.user_id == found.user_id:
            raise OwnApplication
        if found.submitted_at is None:
            raise NotSubmitted
        if under_vote(found.pk):
            raise ApplicationUnderVote
        if since > day:
            raise BuilderSinceFuture
        if not is_link(url):
            raise BuilderLink
        found.builder_since, found.builder_url, found.builder_confirmed_by = since, url, by
        found.save(update_fields=["builder_since", "builder_url", "builder_confirmed_by"])
        entries.append(
            actor=actor(by),
            verb="application.confirm_builder",
            subject=f"application/{found.pk}",
            data={"since": since.isoformat()},
            at=at,
        )
    return found


def close(*, application: Application, member: Member | None = None, by: By, at: datetime) -> Application:
    """Ends an application: admitted when a member came of it, else given up by the group."""
    with transaction.atomic():
        found = _locked(application)
        found.closed_at, found.member = at, member
        found.save(update_fields=["closed_at", "member"])
        entries.append(
            actor=actor(by),
            verb="application.close",
            subject=f"application/{found.pk}",
            data={"member": member.handle if member else None},
            at=at,
        )
    return found


def only_leader(by: Member, day: date) -> None:
    """OnlyLeader unless this member leads on the day."""
    term = leader_on(day)
    if term is None or term.member_id != by.pk:
        raise OnlyLeader


def _locked(application: Application) -> Application:
    """The row as it is now, locked. Raises ApplicationEnded."""
    found = Application.objects.select_for_update().get(pk=application.pk)
    if found.has_ended:
        raise ApplicationEnded
    return found


def _only_author(application: Application, by: User) -> None:
    if application.user_id != by.pk:
        raise NotYourApplication
