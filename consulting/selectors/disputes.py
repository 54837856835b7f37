"""Disputes: the open one of an engagement, who has to sign, what was offered, what a percentage would do."""

from dataclasses import dataclass

from consulting.models import Dispute, DisputeOffer, Engagement
from consulting.rules import disputes as rules
from consulting.selectors import escrow as held
from consulting.selectors.sides import experts_of
from members.models import Member


@dataclass(frozen=True)
class Outcome:
    """What settling at a percentage does, in micro-units: what of the open units is accepted, and what goes back."""

    accepted_micro: int
    refunded_micro: int


def open_dispute(engagement: Engagement) -> Dispute | None:
    """The dispute that is open, or None."""
    return Dispute.objects.filter(engagement=engagement, closed_at=None).first()


def signers(engagement: Engagement) -> list[Member]:
    """Whose money it is about, in byte order of handle: who has work that nobody accepted, or an agreed weight.

    Where nobody has, everybody who takes part.
    """
    weighed = [row.member for row in engagement.weights.filter(weight__gt=0).select_related("member")]
    if not weighed:
        rows = engagement.sessions.filter(acceptance=None).select_related("member")
        weighed = list({row.member for row in rows})
    return sorted(weighed, key=lambda member: member.handle.encode()) or list(experts_of(engagement))


def offers_of(dispute: Dispute) -> dict[str, DisputeOffer]:
    """Everybody's latest offer, by handle; the client's under ""."""
    rows = DisputeOffer.objects.filter(dispute=dispute).select_related("member").order_by("pk")
    return {row.member.handle if row.member else rules.CLIENT: row for row in rows}


def outcome(engagement: Engagement, percent: int) -> Outcome:
    """What settling now at a percentage would accept and give back of what is open."""
    left = [unit.left_micro for unit in held.units_of(engagement) if unit.acceptance is None]
    accepted = sum(rules.accepted_part(amount, percent) for amount in left)
    return Outcome(accepted, sum(left) - accepted)
