"""Reading engagements: who may see which, and what an acceptance would split."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Prefetch, QuerySet, Sum, prefetch_related_objects

from accounts.models import User
from charter.rules.terms import Timeline
from charter.selectors import timeline
from consulting.models import Acceptance, Engagement, Session, Share
from consulting.refusals import AcceptedAlready, EngagementsForMembers, NothingToAccept
from consulting.rules import acceptances, orders
from consulting.rules.acceptances import WHOLE, Order, Split, Stage, Worked
from journal.refusals import Refusal
from members.selectors.people import Signed, roles_on
from treasury.models import Client

READERS = frozenset(("member", "leader", "deputy", "treasurer"))


@dataclass(frozen=True)
class Paid:
    """One part of the money: who, how much, under which payout line."""

    payee: str
    amount_micro: int
    reference: str


@dataclass(frozen=True)
class Preview:
    """What the acceptance of a whole engagement gives; `settled` once it is accepted."""

    settled: bool
    gross_micro: int
    individuals_micro: int
    pool_micro: int
    parts: tuple[Paid, ...]


def none() -> QuerySet[Engagement]:
    """No engagement: what a view has before it knows who asks."""
    return Engagement.objects.none()


def visible_to(user: Signed, day: date) -> QuerySet[Engagement]:
    """The engagements that a person may read on a day: members and the treasurer all of them, a client's user theirs.

    EngagementsForMembers for anybody else.
    """
    rows = Engagement.objects.select_related("client").annotate(
        session_count=Count("sessions"), hours_sum_centi=Sum("sessions__hours_centi", default=0)
    )
    if not roles_on(user, day) & READERS:
        if not isinstance(user, User) or not Client.objects.filter(user=user).exists():
            raise EngagementsForMembers
        rows = rows.filter(client__user=user)
    return rows.order_by("-opened_on", "reference")


def with_sessions(rows: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """The same engagements with sessions, weights, acceptances and shares at hand: five queries for any number."""
    shares = Share.objects.select_related("member").order_by("reference")
    return rows.prefetch_related(
        Prefetch("sessions", Session.objects.select_related("member").order_by("held_on", "reference")),
        "weights__member",
        Prefetch("acceptances", Acceptance.objects.select_related("session").order_by("session__reference")),
        Prefetch("acceptances__shares", shares),
    )


def preview(engagement: Engagement, accepted_on: date) -> Preview | None:
    """The split as stored, or as it would be if the client accepted on a day; None while it cannot be shared."""
    if engagement.accepted_on is not None:
        return _stored(engagement)
    try:
        splits = work_out(engagement, accepted_on, timeline())
    except Refusal:
        return None
    return summed(splits) if splits else None


def work_out(
    engagement: Engagement, accepted_on: date, charter: Timeline, units: Collection[str] | None = None
) -> list[Split]:
    """What accepting an engagement on a day would fix: of what is not accepted yet, or of these `units` of it.

    None by the hour without a session. Raises UnknownUnit, UnitAccepted, AcceptedBeforeOpening, HeldAfterAcceptance,
    NoBasis.
    """
    prefetch_related_objects([engagement], *WORK)
    accepted = {(row.session_id, row.milestone_id) for row in engagement.acceptances.all()}
    sessions = sorted(engagement.sessions.all(), key=lambda session: session.reference)
    stages = sorted(engagement.milestones.all(), key=lambda stage: stage.reference)
    fixed = engagement.pricing == orders.FIXED
    rows: list[Any] = list(stages if fixed else sessions)
    done = {row.reference for row in rows if ((None, row.pk) if fixed else (row.pk, None)) in accepted}
    whole = {WHOLE} if fixed and not stages else set()
    asked = acceptances.asked({row.reference for row in rows} | whole, done, units)
    if not asked:
        return []
    weights = {row.member.handle: row.weight for row in engagement.weights.all()}
    worked = [_worked(session) for session in sessions if fixed or session.reference in asked]
    splits = acceptances.split(
        Order(engagement.reference, engagement.pricing, engagement.price_micro),
        worked,
        weights,
        accepted_on,
        charter,
        stages=[Stage(row.reference, row.price_micro) for row in stages if row.reference in asked] if stages else None,
        counted_off=_counted_off(engagement),
    )
    for split in splits:
        orders.check_acceptance(
            pricing=engagement.pricing,
            opened_on=engagement.opened_on,
            accepted_on=accepted_on,
            held_on=[row.held_on for row in worked if split.covers(row)],
            weights=weights,
            owed=bool(split.gross_micro),
        )
    return splits


# What `work_out` reads of an engagement, for whoever works out many.
WORK = ("sessions__member", "sessions__milestone", "weights__member", "milestones", "acceptances", "refunds")


def last_accepted(references: Collection[str]) -> dict[str, date]:
    """The day on which something of these engagements was accepted last, where anything was; one query."""
    rows = Acceptance.objects.filter(engagement__reference__in=references).order_by()
    return dict(rows.values_list("engagement__reference").annotate(last=Max("accepted_on")))


def _worked(session: Session) -> Worked:
    return Worked(
        session.reference,
        session.member.handle,
        session.held_on,
        session.hours_centi,
        session.rate_micro,
        session.milestone.reference if session.milestone else None,
    )


def _counted_off(engagement: Engagement) -> dict[str, int]:
    """What was refunded of units that are not accepted, by their reference."""
    keys: dict[tuple[int | None, int | None], str] = {(None, None): WHOLE}
    keys |= {(row.pk, None): row.reference for row in engagement.sessions.all()}
    keys |= {(None, row.pk): row.reference for row in engagement.milestones.all()}
    off: dict[str, int] = {}
    for row in engagement.refunds.all():
        unit = keys[row.session_id, row.milestone_id]
        off[unit] = off.get(unit, 0) + row.amount_micro
    return off


def to_accept(engagement: Engagement, accepted_on: date) -> list[Split]:
    """What accepting on a day would fix; the refusals of accepting that do not depend on who asks."""
    if engagement.accepted_on is not None:
        raise AcceptedAlready(orders.accepted_already(engagement.reference, engagement.accepted_on))
    splits = work_out(engagement, accepted_on, timeline())
    if not splits:
        raise NothingToAccept
    return splits


def summed(splits: Sequence[Split]) -> Preview:
    """The sums and parts of splits that are not stored yet."""
    parts = tuple(Paid(part.handle, part.amount_micro, part.reference) for split in splits for part in split.parts)
    return Preview(
        settled=False,
        gross_micro=sum(split.gross_micro for split in splits),
        individuals_micro=sum(split.individuals_micro for split in splits),
        pool_micro=sum(split.pool_micro for split in splits),
        parts=parts,
    )


def _stored(engagement: Engagement) -> Preview:
    rows = list(engagement.acceptances.all())
    return Preview(
        settled=True,
        gross_micro=sum(row.gross_micro for row in rows),
        individuals_micro=sum(row.individuals_micro for row in rows),
        pool_micro=sum(row.pool_micro for row in rows),
        parts=tuple(
            Paid(share.member.handle, share.amount_micro, share.reference) for row in rows for share in row.shares.all()
        ),
    )
