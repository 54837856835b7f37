"""Time that an expert worked, entered by the expert for themselves; from then on the client's answer is awaited."""

import secrets
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from charter.selectors import timeline
from consulting.models import Booking, Engagement, Milestone, Session
from consulting.refusals.delivery import ExpertsOnly, NotHeldYet
from consulting.rules import rooms
from consulting.selectors import sides, work
from consulting.services import letters
from consulting.services.engagements import (
    enter_session,
    locked,
    locked_expert,
    refuse_accepted,
    refuse_disputed,
    subject,
)
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, member_of


def new_reference() -> str:
    """`S-3f9a0c1e7b`: what a form carries, so that sent twice it makes one session."""
    return f"S-{secrets.token_hex(5)}"


def deliver(
    *,
    engagement: Engagement,
    member: Member,
    held_on: date,
    hours_centi: int,
    title: str,
    by: By,
    at: datetime,
    booking: Booking | None = None,
    milestone: Milestone | None = None,
    reference: str = "",
) -> Session:
    """A session at the agreed rate; `delivered_at` is set and the client is asked by mail.

    `by` is the expert (their user too), or a text for an import or the demo. With `booking` it takes that time's place
    in the week; the same `reference` again makes no second one. Raises ExpertsOnly, TitleMissing, NotHeldYet,
    RateUnknown, and what `engagements.enter_session` raises: ReferenceTaken, WeekFull, AcceptedAlready and others.
    """
    title = rooms.titled(title)
    check_own(engagement, member, by)
    if held_on > timeline().day_of(at):
        raise NotHeldYet
    with transaction.atomic():
        locked_expert(member)
        if booking is not None:
            booking = work.planned(engagement).filter(pk=booking.pk, member=member).first()
        session = enter_session(
            engagement=engagement,
            reference=reference or new_reference(),
            member=member,
            held_on=held_on,
            hours_centi=hours_centi,
            rate_micro=work.agreed_rate(engagement, member, booking),
            by=by,
            at=at,
            title=title,
            milestone=milestone,
            delivered_at=at,
            booking=booking,
        )
        if booking is not None:
            booking.session = session
            booking.save(update_fields=["session"])
        letters.session_delivered(session=session, at=at)
    return session


def check_own(engagement: Engagement, member: Member, by: By) -> None:
    """ExpertsOnly unless `by` is this expert of the engagement, or a text."""
    if isinstance(by, str):
        return
    own = by == member if isinstance(by, Member) else member.user_id == by.pk
    if not own or not sides.is_expert(member, engagement):
        raise ExpertsOnly


def deliver_milestone(*, milestone: Milestone, by: User, at: datetime) -> Milestone:
    """An expert says that a milestone is done: from now on the client's answer is awaited, and asked by mail.

    Said again it stays as it was. Raises ExpertsOnly, AcceptedAlready, InDispute.
    """
    member = member_of(by)
    if member is None:
        raise ExpertsOnly
    check_own(milestone.engagement, member, by)
    with transaction.atomic():
        engagement = locked(milestone.engagement)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        if engagement.milestones.filter(pk=milestone.pk, delivered_at=None).update(delivered_at=at):
            data = {"milestone": milestone.reference}
            entries.append(actor=actor(member), verb="milestone.deliver", subject=subject(engagement), data=data, at=at)
            letters.milestone_delivered(milestone=milestone, at=at)
    milestone.refresh_from_db(fields=["delivered_at"])
    return milestone
