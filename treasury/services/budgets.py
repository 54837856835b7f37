"""Granting a quarter's budget (income.1.1, income.1.2)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from charter import selectors as charter
from charter.rules import quarters
from journal.services import entries
from treasury.models import Budget, Posting
from treasury.refusals import BudgetGranted, UnsoundBudget
from treasury.rules import accounts
from treasury.rules import budgets as rules
from treasury.rules.accounts import Move
from treasury.services import authority, ledger


@transaction.atomic
def grant(
    *,
    quarter: str,
    headcount: int,
    hours_per_head_centi: int,
    pow_micro: int,
    stipend_micro: int,
    by: User | str,
    at: datetime,
) -> Budget:
    """Grants a quarter its budget, once, and moves it from the DAO to the pool. Amounts in micro-units of U.

    `pow_micro` is nominal (before any LXP share), `stipend_micro` what the pool pays of stipends.
    TreasurerOnly, UnreadableQuarter, UnsoundBudget, BudgetGranted.
    """
    day = charter.today(at)
    actor = authority.treasurer(by, day)
    quarter = str(quarters.parse(quarter))
    facts = {
        "headcount": headcount,
        "hours_per_head_centi": hours_per_head_centi,
        "pow_micro": pow_micro,
        "stipend_micro": stipend_micro,
    }
    check_sound(**facts)
    try:
        with transaction.atomic():
            budget = Budget.objects.create(quarter=quarter, granted_on=day, granted_by=actor, **facts)
    except IntegrityError as error:
        raise BudgetGranted(quarter=quarter) from error
    entries.append(actor=actor, verb="budget.granted", subject=f"budget/{quarter}", data=facts, at=at)
    _fund(quarter, pow_micro + stipend_micro, day, actor, at)
    return budget


def hold(quarters_written: Iterable[str]) -> dict[str, Budget]:
    """Locks the budgets of these quarters, in one order, until the transaction ends."""
    rows = Budget.objects.select_for_update().filter(quarter__in=set(quarters_written)).order_by("quarter")
    return {row.quarter: row for row in rows}


def spend(wanted_e8: Mapping[str, int], held: Mapping[str, Budget]) -> None:
    """Counts approved POW (10⁻⁸ U by quarter) against budgets that `hold` locked; NoBudget, BudgetExceeded."""
    for quarter, wanted in sorted(wanted_e8.items()):
        budget = held.get(quarter)
        rules.check(
            quarter=quarter,
            granted_micro=budget.pow_micro if budget else None,
            approved_e8=budget.approved_e8 if budget else 0,
            wanted_e8=wanted,
        )
        Budget.objects.filter(quarter=quarter).update(approved_e8=F("approved_e8") + wanted)


def _fund(quarter: str, amount_micro: int, day: date, actor: str, at: datetime) -> None:
    if amount_micro:
        move = Move(accounts.dao("U"), accounts.pool(), amount_micro, f"grant/{quarter}")
        ledger.post(kind=Posting.Kind.GRANT, key=quarter, occurred_on=day, moves=[move], by=actor, at=at)


def check_sound(*, headcount: int, hours_per_head_centi: int, pow_micro: int, stipend_micro: int) -> None:
    """UnsoundBudget with its field."""
    for field, value, most in (
        ("headcount", headcount, rules.HEADCOUNT_MOST),
        ("hours_per_head", hours_per_head_centi, rules.HOURS_CENTI_MOST),
        ("pow_u", pow_micro, rules.MICRO_MOST),
        ("stipend_u", stipend_micro, rules.MICRO_MOST),
    ):
        if not 0 <= value <= most:
            raise UnsoundBudget(_("Enter a number that is not below zero, and that a group can spend."), field=field)
