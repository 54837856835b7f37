"""How what a client pays is shared, to the micro-unit: exact fractions, rounded once (payouts.md, income.2.1)."""

from fractions import Fraction

from treasury.rules.amounts import round_even

CENTI = 100


def gross(hours_centi: int, rate_micro: int) -> int:
    """What a session costs: hours × rate in micro-units, ties to even."""
    return round_even(Fraction(hours_centi * rate_micro, CENTI))


def part_of_two(total_micro: int, share: Fraction) -> int:
    """The first of two parts by largest remainder, a tie to the first: the whole units, one more from a half on."""
    exact = total_micro * share
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def with_pool(gross_micro: int, individual_share: Fraction) -> tuple[int, int]:
    """(the individuals', the pool's) part of what the client pays; a tie goes to the individuals."""
    individuals = part_of_two(gross_micro, individual_share)
    return individuals, gross_micro - individuals


def kept(amount_micro: int, hours_centi: int, late_centi: int) -> int:
    """What stays an expert's of a share when `late_centi` of its hours turn out to lie after the exit (exit.1).

    The rest is the pool's: in proportion to the hours, largest remainder between the two, a tie to the expert.
    """
    if not late_centi:
        return amount_micro
    return part_of_two(amount_micro, Fraction(hours_centi - late_centi, hours_centi))
