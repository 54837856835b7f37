"""Joining and leaving."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.people import user_for_email
from charter import selectors as charter
from journal.services import entries
from members.models import Member, Membership
from members.refusals.people import (
    AlreadyMember,
    ExitBeforeJoining,
    ExitInPast,
    ExitTooFar,
    HandleTaken,
    NameMissing,
    NotMember,
    NotYourExit,
    PeriodsOverlap,
    WalletTaken,
)
from members.rules import handles, wallets
from members.selectors.people import By, actor
from members.services.terms import end_at_exit

# A period gets its last day once: a wrong year would keep somebody in for good.
FURTHEST_EXIT = timedelta(days=366)


def join(
    *,
    handle: str,
    name: str,
    email: str = "",
    user: User | None = None,
    joined_on: date,
    builder_since: date | None = None,
    builder_url: str = "",
    wallet: str = "",
    decided_by: str,
    by: By,
    at: datetime,
) -> Member:
    """Admits a person from `joined_on` on; somebody who came back gets another period under the same handle.

    Without `user` the address names one (`accounts.user_for_email`). `decided_by` is the decision's reference.
    Raises BadHandle, ReservedHandle, HandleTaken, NameMissing, BadWallet, WalletTaken, PeriodsOverlap.
    """
    handles.check(handle)
    wallets.check(wallet)
    if not name.strip():
        raise NameMissing
    with transaction.atomic():
        if user is None and email:
            user = user_for_email(email, name=name, at=at)
        member = Member.objects.select_for_update().filter(handle=handle).first()
        if member is None:
            member = _first_time(handle, name, email, user, builder_since, builder_url, wallet)
        elif user is not None and member.user_id not in (None, user.pk):
            raise HandleTaken
        period = _begin(member, joined_on, decided_by)
        entries.append(
            actor=actor(by),
            verb="member.join",
            subject=f"member/{handle}",
            data={"joined_on": joined_on.isoformat(), "decided_by": decided_by, "period": period.pk},
            at=at,
        )
    return member


def _first_time(
    handle: str, name: str, email: str, user: User | None, builder_since: date | None, builder_url: str, wallet: str
) -> Member:
    """The person's row; the database tells which of two with one handle, account or wallet came first."""
    if user is not None and Member.objects.filter(user=user).exists():
        raise AlreadyMember
    if wallet and Member.objects.filter(wallet=wallet).exists():
        raise WalletTaken
    try:
        with transaction.atomic():
            return Member.objects.create(
                handle=handle,
                name=name.strip(),
                email=email,
                user=user,
                builder_since=builder_since,
                builder_url=builder_url,
                wallet=wallet,
            )
    except IntegrityError as clash:
        raise HandleTaken from clash


def _begin(member: Member, joined_on: date, decided_by: str) -> Membership:
    try:
        with transaction.atomic():
            return Membership.objects.create(member=member, joined_on=joined_on, decided_by=decided_by)
    except IntegrityError as clash:
        raise PeriodsOverlap from clash


def declare_exit(*, member: Member, exited_on: date, by: By, at: datetime, decided_by: str = "") -> Membership:
    """Ends a membership with a last day, which still counts (exit.1); a leader's term ends the same day.

    Members declare their own exit, for today or later; `by` as text is a decision or an import, which may name
    a past day; `decided_by` is the decision's reference. Raises NotYourExit, ExitInPast, ExitTooFar,
    NotMember, ExitBeforeJoining.
    """
    if not isinstance(by, str):
        _own_word(member, exited_on, by, at)
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)
        period = Membership.objects.filter(member=member, exited_on=None).first()
        if period is None:
            raise NotMember
        if exited_on < period.joined_on:
            raise ExitBeforeJoining
        period.exited_on = exited_on
        period.save(update_fields=["exited_on"])
        end_at_exit(member=member, exited_on=exited_on, by=by, at=at)
        entries.append(
            actor=actor(by),
            verb="member.exit",
            subject=f"member/{member.handle}",
            data={"exited_on": exited_on.isoformat(), "period": period.pk}
            | ({"decided_by": decided_by} if decided_by else {}),
            at=at,
        )
    return period


def _own_word(member: Member, exited_on: date, by: Member | User, at: datetime) -> None:
    """Who declares is the one who leaves, and not for days that others have built on."""
    mine = by.pk == member.pk if isinstance(by, Member) else by.pk == member.user_id
    if not mine:
        raise NotYourExit
    today = charter.today(at)
    if exited_on < today:
        raise ExitInPast
    if exited_on > today + FURTHEST_EXIT:
        raise ExitTooFar


def set_wallet(*, member: Member, wallet: str, by: By, at: datetime) -> Member:
    """Notes where a member is paid. Raises BadWallet, WalletTaken."""
    wallets.check(wallet)
    with transaction.atomic():
        found = Member.objects.select_for_update().get(pk=member.pk)
        if wallet and Member.objects.filter(wallet=wallet).exclude(pk=found.pk).exists():
            raise WalletTaken
        found.wallet = wallet
        found.save(update_fields=["wallet"])
        # The address can be erased, so the entry says only that it changed.
        entries.append(actor=actor(by), verb="member.wallet", subject=f"member/{found.handle}", data={}, at=at)
    return found
