"""What something costs and who gets what of it, before anything is asked (income.2.1): the one rule of every page."""

from dataclasses import dataclass
from fractions import Fraction

from consulting.rules import splitting


@dataclass(frozen=True)
class Breakdown:
    """A price in micro-units: what the client pays is what the experts get and what the pool gets, exactly."""

    gross_micro: int
    individuals_micro: int
    pool_micro: int


def by_the_hour(hours_centi: int, rate_micro: int, share: Fraction) -> Breakdown:
    """Hours (hundredths) × rate (micro-units an hour), as a session would split it."""
    return of_price(splitting.gross(hours_centi, rate_micro), share)


def of_price(price_micro: int, share: Fraction) -> Breakdown:
    """A price, as its acceptance would split it with the individuals' share `share`."""
    individuals, pool = splitting.with_pool(price_micro, share)
    return Breakdown(price_micro, individuals, pool)
