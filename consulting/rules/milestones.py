"""What makes a plan of milestones acceptable: only of a fixed price, and all of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from consulting.refusals.escrow import MilestonesUneven, MilestonesUnexpected, MilestoneUnreadable
from consulting.rules.orders import FIXED
from journal import writing


def check_plan(pricing: str, price_micro: int | None, plan: Sequence[tuple[str, int]]) -> None:
    """`plan` are titles and prices; none is fine. MilestonesUnexpected, MilestoneUnreadable, MilestonesUneven."""
    if pricing != FIXED:
        raise MilestonesUnexpected
    if any(not title.strip() or price <= 0 for title, price in plan):
        raise MilestoneUnreadable
    total = sum(price for _title, price in plan)
    if plan and total != price_micro:
        raise MilestonesUneven(
            _("The milestones come to %(total)s U, the price is %(price)s U. Make them equal.")
            % {"total": writing.amount(total), "price": writing.amount(price_micro or 0)}
        )
