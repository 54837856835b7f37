"""Disputes: opened by a side, settled by the percentage that all sign, else by the group's decision."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from charter.selectors import timeline
from consulting.models import Dispute, DisputeOffer, Engagement
from consulting.refusals.escrow import DisputeOpened, DisputeReasonMissing, NoDispute, NotYoursToWithdraw, SidesOnly
from consulting.rules import disputes as rules
from consulting.selectors import disputes as reading
from consulting.selectors import escrow as held
from consulting.selectors import sides
from consulting.selectors.engagements import work_out
from consulting.services import acceptances, letters, refunds
from consulting.services.engagements import locked, refuse_accepted, subject
from journal.services import entries
from members.models import Member
from members.selectors.people import actor, member_of


def open_dispute(*, engagement: Engagement, reason: str, by: User, at: datetime) -> Dispute:
    """From now on nothing of the engagement is accepted, by silence neither, refunded or changed.

    By the client, an expert, the treasurer or the leader; the other side gets a mail. Raises SidesOnly,
    DisputeReasonMissing, AcceptedAlready, DisputeOpened.
    """
    with transaction.atomic():
        engagement = locked(engagement)
        side = _side(engagement, by, at)
        if not reason.strip():
            raise DisputeReasonMissing
        refuse_accepted(engagement)
        if reading.open_dispute(engagement) is not None:
            raise DisputeOpened
        dispute = Dispute.objects.create(
            engagement=engagement, side=side, opened_by=actor(by), reason=reason.strip(), opened_at=at
        )
        entries.append(
            actor=actor(by), verb="dispute.open", subject=subject(engagement), data={"side": str(side)}, at=at
        )
        letters.disputed(dispute=dispute, by=by, at=at)
    return dispute


def offer(*, engagement: Engagement, percent: int, by: User, at: datetime) -> DisputeOffer:
    """A side signs what per cent of what is open goes to the experts; when all signed the same, that settles it.

    Raises PercentUnreadable, SidesOnly, NoDispute, and what settling refuses (NoBasis, HeldAfterAcceptance).
    """
    rules.check_percent(percent)
    with transaction.atomic():
        engagement = locked(engagement)
        dispute = _open(engagement)
        signers = reading.signers(engagement)
        member = _signer(engagement, signers, by)
        row = DisputeOffer.objects.create(
            dispute=dispute, member=member, percent=percent, signed_by=actor(by), signed_at=at
        )
        data = {"percent": percent, "side": member.handle if member else sides.CLIENT}
        entries.append(actor=actor(by), verb="dispute.offer", subject=subject(engagement), data=data, at=at)
        offers = {handle: last.percent for handle, last in reading.offers_of(dispute).items()}
        agreed = rules.agreed(offers, [signer.handle for signer in signers])
        if agreed is not None:
            _settle(engagement, dispute, agreed, by=actor(by), at=at)
    return row


def withdraw(*, engagement: Engagement, by: User, at: datetime) -> Dispute:
    """The side that opened it takes it back: everything goes on as before, a new wait begins for what was delivered.

    Raises NoDispute, SidesOnly, NotYoursToWithdraw.
    """
    with transaction.atomic():
        engagement = locked(engagement)
        dispute = _open(engagement)
        if _side(engagement, by, at) != dispute.side:
            raise NotYoursToWithdraw
        _close(dispute, None, by=actor(by), at=at)
        # Silence during the dispute said nothing.
        engagement.sessions.filter(acceptance=None, delivered_at__isnull=False).update(delivered_at=at)
        engagement.milestones.filter(acceptance=None, delivered_at__isnull=False).update(delivered_at=at)
        entries.append(actor=actor(by), verb="dispute.withdraw", subject=subject(engagement), data={}, at=at)
    return dispute


def settle(*, engagement: Engagement, percent: int, by: str, at: datetime, reference: str = "") -> Dispute:
    """The group's decision, named by `reference`: as if all had signed the percentage. PercentUnreadable, NoDispute."""
    rules.check_percent(percent)
    with transaction.atomic():
        engagement = locked(engagement)
        dispute = _open(engagement)
        _settle(engagement, dispute, percent, by=by, at=at, reference=reference)
    return dispute


def _settle(
    engagement: Engagement, dispute: Dispute, percent: int, *, by: str, at: datetime, reference: str = ""
) -> None:
    """Accepts the percentage of each open unit, gives the rest back, and closes the engagement."""
    _close(dispute, percent, by=by, at=at)
    today = timeline().day_of(at)
    for unit in held.units_of(engagement):
        if unit.acceptance is None:
            back = unit.left_micro - rules.accepted_part(unit.left_micro, percent)
            if back:
                refunds.give_back(engagement, unit, back, reason=f"dispute/{dispute.pk}", by=by, at=at)
    splits = work_out(engagement, today, timeline())
    if splits:
        acceptances.fix(engagement, splits, closing=True, by=by, at=at)
    else:
        acceptances.end(engagement, closed_on=today, by=by, at=at)
    data = {"percent": percent, **({"decided_by": reference} if reference else {})}
    entries.append(actor=by, verb="dispute.settle", subject=subject(engagement), data=data, at=at)
    letters.settled(dispute=dispute, at=at)


def _open(engagement: Engagement) -> Dispute:
    dispute = reading.open_dispute(engagement)
    if dispute is None:
        raise NoDispute
    return dispute


def _close(dispute: Dispute, percent: int | None, *, by: str, at: datetime) -> None:
    dispute.closed_at, dispute.closed_by, dispute.percent = at, by, percent
    dispute.save(update_fields=["closed_at", "closed_by", "percent"])


def _side(engagement: Engagement, by: User, at: datetime) -> str:
    side = sides.side_of(by, engagement, timeline().day_of(at))
    if side not in reading.SIDES:
        raise SidesOnly
    return reading.SIDES[side]


def _signer(engagement: Engagement, signers: list[Member], by: User) -> Member | None:
    """Who signs: None for the client, else the expert; SidesOnly for anybody whose money it is not."""
    if engagement.client.user_id == by.pk:
        return None
    member = member_of(by)
    if member is None or member not in signers:
        raise SidesOnly
    return member
