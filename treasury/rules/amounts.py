"""Exact amounts: whole micro-units, rounded once, ties to even, shared by largest remainder."""

from collections.abc import Mapping
from fractions import Fraction

MICRO = 1_000_000
E8_PER_MICRO = 100
HOURS_CENTI_MOST = 2400


def round_even(exact: Fraction) -> int:
    """The nearest whole number, ties to the even one."""
    # Python's round() of a Fraction is exact and goes half to even.
    return round(exact)


def shared(total: int, weights: Mapping[str, Fraction | int]) -> dict[str, int]:
    """`total` >= 0 micro-units shared in proportion to weights >= 0 by largest remainder, ties by name ascending.

    The parts add up to the total. ValueError where all weights are zero.
    """
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction())
    if total < 0 or whole <= 0 or min(weights.values()) < 0:
        raise ValueError("a total of zero or more is shared by weights that are not all zero")
    exact = {name: total * Fraction(weight) / whole for name, weight in weights.items()}
    parts = {name: part.numerator // part.denominator for name, part in exact.items()}
    left = total - sum(parts.values())
    for name in sorted(exact, key=lambda name: (parts[name] - exact[name], name.encode()))[:left]:
        parts[name] += 1
    return parts


def text(micro: int) -> str:
    """An amount as the API and files write it: always six decimals, `"-412.500000"`."""
    whole, rest = divmod(abs(micro), MICRO)
    return f"{'-' if micro < 0 else ''}{whole}.{rest:06d}"


def claim_value_e8(hours_centi: int, rate_micro: int, flexible_micro: int) -> int:
    """What a claim counts against the budget, in 10⁻⁸ U: hundredths of an hour × micro-units an hour. Exact."""
    return hours_centi * (rate_micro + flexible_micro)
