"""Milestones of a fixed price: agreed together, delivered one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from consulting.models import Engagement, Milestone
from consulting.refusals.escrow import MilestonesFixed, UnitAccepted
from consulting.rules import acceptances
from consulting.rules import milestones as rules
from consulting.services.engagements import (
    locked,
    refuse_accepted,
    refuse_disputed,
    require_treasurer,
    subject,
)
from journal.services import entries
from members.selectors.people import By, actor


@dataclass(frozen=True)
class Planned:
    """A milestone before it is a row: title, criteria, price in micro-units of U, the day it is due."""

    title: str
    price_micro: int
    criteria: str = ""
    due_on: date | None = None


def agree(*, engagement: Engagement, plan: Sequence[Planned], by: By, at: datetime) -> list[Milestone]:
    """The milestones M1, M2 … of a fixed price in place of earlier ones; none takes them away.

    Raises TreasurerOnly, AcceptedAlready, InDispute, MilestonesUnexpected, MilestoneUnreadable, MilestonesUneven,
    MilestonesFixed.
    """
    with transaction.atomic():
        require_treasurer(by, at)
        engagement = locked(engagement)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        rules.check_plan(engagement.pricing, engagement.price_micro, [(item.title, item.price_micro) for item in plan])
        _clear(engagement)
        rows = Milestone.objects.bulk_create(
            Milestone(
                engagement=engagement,
                reference=f"M{number}",
                title=item.title.strip(),
                criteria=item.criteria.strip(),
                price_micro=item.price_micro,
                due_on=item.due_on,
            )
            for number, item in enumerate(plan, start=1)
        )
        data = {"prices": {row.reference: row.price_micro for row in rows}}
        entries.append(actor=actor(by), verb="milestones.agree", subject=subject(engagement), data=data, at=at)
    return rows


def deliver(*, milestone: Milestone, by: By, at: datetime) -> Milestone:
    """A milestone was delivered: from now on the client's answer is awaited. Who may say so is the caller's.

    Raises AcceptedAlready, InDispute, UnitAccepted.
    """
    with transaction.atomic():
        engagement = locked(milestone.engagement)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
        if hasattr(milestone, "acceptance"):
            raise UnitAccepted(acceptances.accepted_before([milestone.reference]))
        milestone.delivered_at = at
        milestone.save(update_fields=["delivered_at"])
        data = {"milestone": milestone.reference}
        entries.append(actor=actor(by), verb="milestone.deliver", subject=subject(engagement), data=data, at=at)
    return milestone


def _clear(engagement: Engagement) -> None:
    """Takes earlier milestones away; MilestonesFixed once something hangs on one, or on the whole."""
    rows = engagement.milestones.all()
    if (
        rows.exclude(delivered_at=None).exists()
        or rows.filter(sessions__isnull=False).exists()
        or engagement.refunds.exists()
        or engagement.acceptances.exists()
    ):
        raise MilestonesFixed
    rows.delete()
