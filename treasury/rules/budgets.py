"""Whether a quarter's budget bears more approved hours (income.1.1)."""

from treasury.refusals import BudgetExceeded, NoBudget
from treasury.rules.amounts import E8_PER_MICRO

# The most that can be granted, by form, act or import: what comes out must go in again.
HEADCOUNT_MOST = 1_000_000
HOURS_CENTI_MOST = 10_000_000
# Keeps every product of the budget inside a bigint of 10⁻⁸ U.
MICRO_MOST = 10**16


def check(*, quarter: str, granted_micro: int | None, approved_e8: int, wanted_e8: int) -> None:
    """NoBudget where nothing was granted (None), BudgetExceeded for more than is left. Sums in 10⁻⁸ U."""
    if granted_micro is None:
        raise NoBudget(quarter=quarter)
    left = granted_micro * E8_PER_MICRO - approved_e8
    if wanted_e8 > left:
        raise BudgetExceeded(quarter=quarter, wanted_e8=wanted_e8, left_e8=left)
