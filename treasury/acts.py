"""The act of this floor: granting a quarter its budget."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from charter.registry import Act, Difference, register
from charter.rules import quarters
from journal import writing
from treasury.models import Budget
from treasury.refusals import BudgetGranted, quarter_name
from treasury.services import budgets


@dataclass(frozen=True)
class GrantBudget:
    """A quarter like `2026-Q4` and what it gets; hours in hundredths, amounts in micro-units of U."""

    quarter: str
    headcount: int
    hours_per_head_centi: int
    pow_micro: int
    stipend_micro: int


def check_grant(params: GrantBudget, _day: date) -> None:
    """UnreadableQuarter, UnsoundBudget, BudgetGranted."""
    quarter = str(quarters.parse(params.quarter))
    budgets.check_sound(
        headcount=params.headcount,
        hours_per_head_centi=params.hours_per_head_centi,
        pow_micro=params.pow_micro,
        stipend_micro=params.stipend_micro,
    )
    if Budget.objects.filter(quarter=quarter).exists():
        raise BudgetGranted(quarter=quarter)


def preview_grant(params: GrantBudget, _day: date) -> list[str]:
    """One sentence."""
    words = {
        "quarter": quarter_name(str(quarters.parse(params.quarter))),
        "amount": writing.money(params.pow_micro + params.stipend_micro),
        "pow": writing.money(params.pow_micro),
        "stipend": writing.money(params.stipend_micro),
    }
    return [
        _(
            "The budget of %(quarter)s is granted: %(amount)s U go from the DAO to the group’s pool, %(pow)s for POW"
            " and %(stipend)s for stipends."
        )
        % words
    ]


def diff_grant(params: GrantBudget, _day: date) -> list[Difference]:
    """Each part of the budget; before it there is none."""
    before = _("none")
    return [
        Difference(_("Expected members"), before, str(params.headcount), "income.1.1"),
        Difference(_("Hours per head"), before, writing.hours(params.hours_per_head_centi), "income.1.1"),
        Difference(_("Granted for POW, U"), before, writing.money(params.pow_micro), "income.1.1"),
        Difference(_("Granted for stipends, U"), before, writing.money(params.stipend_micro), "income.1.2"),
    ]


def grant(params: GrantBudget, /, *, at: datetime, by: str, reference: str) -> str:
    """Grants it and moves the money; `budget/<quarter>`. The journal's entry of the execution names the proposal."""
    budget = budgets.grant(
        quarter=params.quarter,
        headcount=params.headcount,
        hours_per_head_centi=params.hours_per_head_centi,
        pow_micro=params.pow_micro,
        stipend_micro=params.stipend_micro,
        by=by,
        at=at,
    )
    return f"budget/{budget.quarter}"


GRANT_BUDGET = register(
    Act(
        key="treasury.grant_budget",
        params=GrantBudget,
        may_propose="leader",
        threshold="budget.threshold",
        preview=preview_grant,
        check=check_grant,
        execute=grant,
        diff=diff_grant,
    )
)
