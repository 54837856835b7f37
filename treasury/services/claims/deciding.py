"""Deciding claims: within the quarter's budget, never one's own, all or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from charter import selectors as charter
from charter.rules.terms import Timeline
from journal.hashing import salted
from journal.services import entries
from members.models import Member
from members.selectors import people
from treasury.models import Claim
from treasury.refusals import ClaimDecided, NotDecider, NothingPicked, NotMemberThen, OwnClaim
from treasury.rules import amounts
from treasury.rules import claims as rules
from treasury.selectors.claims import worked_outside_membership
from treasury.services import budgets

Status = Claim.Status


@transaction.atomic
def approve_many(*, claims: Sequence[int], by: Member, at: datetime) -> list[Claim]:
    """Approves these claims (ids) together, or none of them. The budgets' rows are the lock.

    NothingPicked, ClaimDecided, OwnClaim, NotDecider, NotMemberThen, NoBudget, BudgetExceeded.
    """
    timeline = charter.timeline()
    day = timeline.day_of(at)
    # Budgets before claims, each in one order: two approvals wait for each other in a line, never in a circle.
    held = budgets.hold(Claim.objects.filter(pk__in=claims).values_list("quarter", flat=True))
    rows = _locked(claims)
    _check_decider(rows, by, day)
    outside = worked_outside_membership(rows)
    if outside:
        raise NotMemberThen(handle=outside[0].member.handle, day=outside[0].worked_on.isoformat())
    worth = {row.pk: _value_e8(row, timeline) for row in rows}
    budgets.spend(_by_quarter(rows, worth), held)
    for row in rows:
        row.status, row.value_e8 = Status.APPROVED, worth[row.pk]
        row.decided_by, row.decided_on, row.decided_at = by, day, at
    Claim.objects.bulk_update(rows, ["status", "value_e8", "decided_by", "decided_on", "decided_at"])
    for row in rows:
        entries.append(
            actor=people.actor(by),
            verb="claim.approved",
            subject=f"claim/{row.reference}",
            data={"quarter": row.quarter, "value_e8": worth[row.pk]},
            at=at,
        )
    return rows


@transaction.atomic
def refuse(*, claim: Claim, reason: str, by: Member, at: datetime) -> Claim:
    """Refuses a claim, with a reason that its member reads. ClaimDecided, OwnClaim, NotDecider, ReasonMissing."""
    reason = rules.reason(reason)
    day = charter.today(at)
    (row,) = _locked([claim.pk])
    _check_decider([row], by, day)
    row.status, row.reason = Status.REJECTED, reason
    row.decided_by, row.decided_on, row.decided_at = by, day, at
    row.save(update_fields=["status", "reason", "decided_by", "decided_on", "decided_at"])
    entries.append(
        actor=people.actor(by),
        verb="claim.refused",
        subject=f"claim/{row.reference}",
        data={"reason": salted(row.salt, reason)},
        at=at,
    )
    return row


def _locked(claims: Sequence[int]) -> list[Claim]:
    """The claims, locked in one order, all of them waiting; NothingPicked, ClaimDecided otherwise."""
    wanted = set(claims)
    rows = list(
        Claim.objects.select_for_update(of=("self",)).filter(pk__in=wanted).select_related("member").order_by("pk")
    )
    if not rows or len(rows) < len(wanted):
        raise NothingPicked
    decided = [row.reference for row in rows if row.status != Status.PENDING]
    if decided:
        raise ClaimDecided(references=decided)
    return rows


def _check_decider(rows: Sequence[Claim], by: Member, day: date) -> None:
    """OwnClaim or NotDecider unless `by` is a member today and the one who decides each of these claims."""
    deciders = people.deciders_on(day)
    active = people.is_active(by, day)
    for row in rows:
        if row.member_id == by.pk:
            raise OwnClaim
        if not (active and deciders.may_decide(by, row.member)):
            named = deciders.named_for(row.member)
            raise NotDecider(decider=named.name if named else "", led=deciders.leader is not None)


def _value_e8(row: Claim, timeline: Timeline) -> int:
    terms = timeline.terms_on(row.worked_on)
    return amounts.claim_value_e8(row.hours_centi, terms.pow_hourly_rate_micro, terms.pow_flexible_rate_micro)


def _by_quarter(rows: Sequence[Claim], worth: dict[int, int]) -> dict[str, int]:
    wanted: dict[str, int] = defaultdict(int)
    for row in rows:
        wanted[row.quarter] += worth[row.pk]
    return wanted
