"""What a person's month comes to, day by day, in exact fractions: the rule that the SQL is tested against."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from treasury.rules.amounts import round_even
from treasury.rules.months import MonthTerms

Days = tuple[date, date | None]


def owed(memberships: Sequence[Days], leading: Sequence[Days], terms: MonthTerms) -> dict[tuple[str, str], int]:
    """Micro-units by (`stipend-leader` | `stipend-member`, asset); rounded once a line, zeros left out.

    Periods are (first day, last day or None), both included (income.1.2.1, income.1.2.2).
    """
    month = terms.month
    sums: dict[tuple[str, str], Fraction] = {}
    for number in range(1, month.days + 1):
        day = month.day(number)
        if not covered(memberships, day):
            continue
        leads = covered(leading, day)
        for asset in ("U", "LXP"):
            key = ("stipend-leader" if leads else "stipend-member", asset)
            sums[key] = sums.get(key, Fraction()) + terms.on(number).stipend(leads, asset) / month.days
    rounded = {key: round_even(exact) for key, exact in sums.items()}
    return {key: micro for key, micro in rounded.items() if micro}


def covered(periods: Sequence[Days], day: date) -> bool:
    """Whether a day lies in one of the periods."""
    return any(first <= day and (last is None or day <= last) for first, last in periods)
