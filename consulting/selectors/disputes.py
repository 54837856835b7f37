"""Disputes: the open one of an engagement, who has to sign, what was offered, what a percentage would do."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from consulting.models import Dispute, DisputeOffer, Engagement
from consulting.rules import disputes as rules
from consulting.selectors import escrow as held
from consulting.selectors.sides import CLIENT, EXPERT, LEADER, PARTS, TREASURER, experts_of
from members.models import Member

# What a person's side is called in a dispute.
SIDES = {
    CLIENT: Dispute.Side.CLIENT,
    EXPERT: Dispute.Side.EXPERT,
    TREASURER: Dispute.Side.GROUP,
    LEADER: Dispute.Side.GROUP,
}


@dataclass(frozen=True)
class Outcome:
    """What settling at a percentage does, in micro-units: what of the open units is accepted, and what goes back."""

    accepted_micro: int
    refunded_micro: int


@dataclass(frozen=True)
class Signature:
    """Who has to sign, and what they signed last; no member is the client."""

    member: Member | None
    offer: DisputeOffer | None
    outcome: Outcome | None


@dataclass(frozen=True)
class Standing:
    """A dispute as one person sees it: the open one, else the latest; what is open, and what they may do."""

    dispute: Dispute | None
    open_micro: int
    signatures: list[Signature]
    may_open: bool
    may_sign: bool
    may_withdraw: bool


def standing(engagement: Engagement, user: User, side: str) -> Standing:
    """What the page shows; as many queries for any number of experts and offers."""
    rows = Dispute.objects.filter(engagement=engagement)
    dispute = rows.filter(closed_at=None).first() or rows.order_by("-opened_at", "-pk").first()
    still_open = dispute is not None and dispute.closed_at is None
    left = _open_micro(engagement)
    own = SIDES.get(side, "")
    signing = signers(engagement) if still_open else []
    offers = offers_of(dispute) if dispute else {}
    who: list[Member | None] = [None, *signing] if still_open else [row.member for row in offers.values()]
    signatures = [_signature(member, offers, left) for member in who]
    return Standing(
        dispute=dispute,
        open_micro=sum(left),
        signatures=signatures,
        may_open=bool(own) and not still_open and engagement.accepted_on is None,
        may_sign=still_open and (side == CLIENT or any(member.user_id == user.pk for member in signing)),
        may_withdraw=still_open and dispute is not None and own == dispute.side,
    )


def _signature(member: Member | None, offers: dict[str, DisputeOffer], left: list[int]) -> Signature:
    row = offers.get(member.handle if member else rules.CLIENT)
    return Signature(member, row, _outcome(left, row.percent) if row else None)


def open_dispute(engagement: Engagement) -> Dispute | None:
    """The dispute that is open, or None."""
    return Dispute.objects.filter(engagement=engagement, closed_at=None).first()


def open_for(user: User, *, keeper: bool) -> QuerySet[Dispute]:
    """Open disputes that a person has a side in; all of them for who keeps them for the group. The oldest first."""
    rows = Dispute.objects.filter(closed_at=None).select_related("engagement").order_by("opened_at", "pk")
    if keeper:
        return rows
    takes_part = Q(engagement__client__user=user)
    for model in PARTS:
        own = model._default_manager.filter(member__user=user, engagement=OuterRef("engagement"))
        takes_part |= Q(Exists(own))
    return rows.filter(takes_part)


def in_dispute(references: Collection[str]) -> set[str]:
    """Those of these engagements that are in dispute; one query."""
    rows = Dispute.objects.filter(engagement__reference__in=references, closed_at=None)
    return set(rows.values_list("engagement__reference", flat=True))


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
    return _outcome(_open_micro(engagement), percent)


def _open_micro(engagement: Engagement) -> list[int]:
    return [unit.left_micro for unit in held.units_of(engagement) if unit.acceptance is None]


def _outcome(left: list[int], percent: int) -> Outcome:
    accepted = sum(rules.accepted_part(amount, percent) for amount in left)
    return Outcome(accepted, sum(left) - accepted)
