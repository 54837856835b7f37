"""Engagements and their sessions: opening, recording, agreeing weights. Entered by the treasurer."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from charter.selectors import timeline
from consulting.models import Acceptance, Booking, Dispute, Engagement, Milestone, Session, Weight
from consulting.refusals import AcceptedAlready, ReferenceTaken, TreasurerOnly
from consulting.refusals.escrow import InDispute, UnitAccepted, UnknownUnit
from consulting.rules import acceptances, orders, refunding, weeks
from consulting.selectors.escrow import refunded_of
from consulting.selectors.weeks import Besides, taken_centi
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, roles_on
from treasury.models import Client


def open_engagement(
    *,
    reference: str,
    client: Client,
    title: str,
    pricing: str,
    opened_on: date,
    by: By,
    at: datetime,
    price_micro: int | None = None,
    terms: dict[str, Any] | None = None,
) -> Engagement:
    """A new engagement, by the hour or at a fixed price (micro-units of U), perhaps under terms that stay as they are.

    Raises TreasurerOnly, MalformedReference, ReferenceTaken, PriceMissing, PriceUnexpected.
    """
    orders.check_reference(reference)
    orders.check_price(pricing, price_micro)
    with transaction.atomic():
        require_treasurer(by, at)
        engagement, created = Engagement.objects.get_or_create(
            reference=reference,
            defaults={
                "client": client,
                "title": title,
                "pricing": pricing,
                "price_micro": price_micro,
                "opened_on": opened_on,
                "terms": terms,
            },
        )
        if not created:
            raise ReferenceTaken
        entries.append(
            actor=actor(by),
            verb="engagement.open",
            subject=subject(engagement),
            data={
                "client": client.key,
                "pricing": pricing,
                "price_micro": price_micro,
                "opened_on": opened_on.isoformat(),
                **({"terms": terms} if terms else {}),
            },
            at=at,
        )
    return engagement


def record_session(
    *,
    engagement: Engagement,
    reference: str,
    member: Member,
    held_on: date,
    hours_centi: int,
    by: By,
    at: datetime,
    rate_micro: int | None = None,
) -> Session:
    """Time worked: hours in hundredths, the rate in micro-units of U an hour where it is paid by the hour.

    Raises TreasurerOnly, MalformedReference, ReferenceTaken, HoursOutOfBounds, the rate's refusals, BeforeJoining,
    AfterLeaving, WeekFull (income.2.2), AcceptedAlready, InDispute.
    """
    with transaction.atomic():
        require_treasurer(by, at)
        return enter_session(
            engagement=engagement,
            reference=reference,
            member=member,
            held_on=held_on,
            hours_centi=hours_centi,
            rate_micro=rate_micro,
            by=by,
            at=at,
        )


def enter_session(
    *,
    engagement: Engagement,
    reference: str,
    member: Member,
    held_on: date,
    hours_centi: int,
    rate_micro: int | None,
    by: By,
    at: datetime,
    title: str = "",
    milestone: Milestone | None = None,
    delivered_at: datetime | None = None,
    booking: Booking | None = None,
) -> Session:
    """A session in the caller's transaction, within the rules that hold whoever enters it; who may is the caller's.

    Holds the member's row, then the engagement's, to the end of the transaction. Raises what `record_session` raises
    but TreasurerOnly, and UnknownUnit, UnitAccepted of a milestone. The hours of `booking` are these hours: they do not
    count beside them.
    """
    orders.check_reference(reference)
    member = locked_expert(member)
    engagement = locked(engagement)
    refuse_accepted(engagement)
    refuse_disputed(engagement)
    _check_milestone(engagement, milestone)
    _check_work(engagement, member, held_on, hours_centi, rate_micro, Besides(booking=booking.pk if booking else None))
    session, created = Session.objects.get_or_create(
        reference=reference,
        defaults={
            "engagement": engagement,
            "member": member,
            "held_on": held_on,
            "hours_centi": hours_centi,
            "rate_micro": rate_micro,
            "title": title,
            "milestone": milestone,
            "delivered_at": delivered_at,
        },
    )
    if not created:
        raise ReferenceTaken
    _note(session, "session.record", by, at)
    return session


def correct_session(
    *, session: Session, held_on: date, hours_centi: int, by: By, at: datetime, rate_micro: int | None = None
) -> Session:
    """Puts a session's day, hours and rate right while the client has not accepted it; the journal keeps what it was.

    Where the client's answer was awaited it is awaited anew. Refuses what recording would refuse, UnitAccepted, and
    RefundTooMuch where more of it was refunded than it would be worth.
    """
    with transaction.atomic():
        require_treasurer(by, at)
        member = locked_expert(session.member)
        engagement = locked(session.engagement)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        session = Session.objects.select_related("member").get(pk=session.pk)
        if Acceptance.objects.filter(session=session).exists():
            raise UnitAccepted(acceptances.accepted_before([session.reference]))
        refunding.check_worth(refunded_of(session), hours_centi, rate_micro)
        _check_work(engagement, member, held_on, hours_centi, rate_micro, Besides(session=session.pk))
        session.engagement = engagement
        session.held_on, session.hours_centi, session.rate_micro = held_on, hours_centi, rate_micro
        session.delivered_at = at if session.delivered_at else None
        session.save(update_fields=["held_on", "hours_centi", "rate_micro", "delivered_at"])
        _note(session, "session.correct", by, at)
    return session


def _check_work(
    engagement: Engagement,
    member: Member,
    held_on: date,
    hours_centi: int,
    rate_micro: int | None,
    besides: Besides,
) -> None:
    """The rules of one session; the caller holds the rows of the member and of the engagement.

    One person's sessions on different engagements meet on the member's row only: two at once cannot both fill the week.
    """
    orders.check_hours(hours_centi)
    charter = timeline()
    orders.check_rate(engagement.pricing, rate_micro, charter.terms_on(held_on))
    orders.check_membership(list(member.memberships.values_list("joined_on", "exited_on")), held_on)
    taken = taken_centi(
        member,
        held_on,
        zone=charter.terms_on(held_on).time_zone,
        besides=besides,
        hours_centi=hours_centi,
        engagement=engagement.pk,
    )
    weeks.week_cap(held_on=held_on, hours_centi=hours_centi, taken_centi=taken, timeline=charter)


def _check_milestone(engagement: Engagement, milestone: Milestone | None) -> None:
    if milestone is None:
        return
    if milestone.engagement_id != engagement.pk:
        raise UnknownUnit
    if Acceptance.objects.filter(milestone=milestone).exists():
        raise UnitAccepted(acceptances.accepted_before([milestone.reference]))


def _note(session: Session, verb: str, by: By, at: datetime) -> None:
    entries.append(
        actor=actor(by),
        verb=verb,
        subject=f"session/{session.reference}",
        data={
            "engagement": session.engagement.reference,
            "member": session.member.handle,
            "held_on": session.held_on.isoformat(),
            "hours_centi": session.hours_centi,
            "rate_micro": session.rate_micro,
        },
        at=at,
    )


def set_weights(*, engagement: Engagement, weights: Mapping[Member, int], by: By, at: datetime) -> Engagement:
    """The agreed weights of a fixed price, in place of earlier ones; none leaves it to the hours.

    Raises TreasurerOnly, AcceptedAlready, InDispute, WeightsUnexpected, WeightUnreadable.
    """
    by_handle = {member.handle: weight for member, weight in weights.items()}
    orders.check_weights(engagement.pricing, by_handle)
    with transaction.atomic():
        require_treasurer(by, at)
        engagement = locked(engagement)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        engagement.weights.all().delete()
        Weight.objects.bulk_create(
            Weight(engagement=engagement, member=member, weight=weight) for member, weight in weights.items()
        )
        entries.append(
            actor=actor(by), verb="engagement.weigh", subject=subject(engagement), data={"weights": by_handle}, at=at
        )
    return engagement


def require_treasurer(by: By, at: datetime) -> None:
    """TreasurerOnly unless `by` is the treasurer on the group's day of `at`; a text is an import or the demo."""
    if not isinstance(by, str) and not is_treasurer(by, at):
        raise TreasurerOnly


def is_treasurer(by: By, at: datetime) -> bool:
    """Whether a person keeps the treasury on the group's day of `at`."""
    user = by.user if isinstance(by, Member) else by
    return isinstance(user, User) and "treasurer" in roles_on(user, timeline().day_of(at))


def locked(engagement: Engagement) -> Engagement:
    """The engagement as it is now, locked to the end of the transaction."""
    rows = Engagement.objects.select_for_update(no_key=True, of=("self",)).select_related("client")
    return rows.get(pk=engagement.pk)


def locked_expert(member: Member) -> Member:
    """The member, locked to the end of the transaction: whoever counts or fills their week holds it."""
    return Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def refuse_accepted(engagement: Engagement) -> None:
    """AcceptedAlready once the client accepted the whole."""
    if engagement.accepted_on is not None:
        raise AcceptedAlready(orders.accepted_already(engagement.reference, engagement.accepted_on))


def refuse_disputed(engagement: Engagement) -> None:
    """InDispute while the sides disagree; whoever decides holds the engagement."""
    if Dispute.objects.filter(engagement=engagement, closed_at=None).exists():
        raise InDispute


def subject(engagement: Engagement) -> str:
    """How the journal names an engagement."""
    return f"engagement/{engagement.reference}"
