"""What hours of a day are worth under the charter of that day (income.1.2.3)."""

from dataclasses import dataclass
from fractions import Fraction

from charter.rules.terms import Terms
from journal.writing import digits
from treasury.rules.amounts import claim_value_e8, round_even

E8 = 8


@dataclass(frozen=True)
class Worth:
    """What claims come to: nominal in 10⁻⁸ U, as the budget counts it; the parts as they are paid, in micro-units."""

    value_e8: int = 0
    u_micro: int = 0
    lxp_micro: int = 0

    @property
    def amount(self) -> str:
        """The nominal value to its last digit: `1,320`."""
        return written(self.value_e8)

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(self.value_e8 + other.value_e8, self.u_micro + other.u_micro, self.lxp_micro + other.lxp_micro)

    def __mul__(self, times: int) -> "Worth":
        return Worth(self.value_e8 * times, self.u_micro * times, self.lxp_micro * times)


NOTHING = Worth()


def of(hours_centi: int, terms: Terms) -> Worth:
    """What one claim is worth; each part is rounded once, as its payout line is."""
    value_e8 = claim_value_e8(hours_centi, terms.pow_hourly_rate_micro, terms.pow_flexible_rate_micro)
    exact = Fraction(value_e8, 100)
    return Worth(
        value_e8=value_e8,
        u_micro=round_even(exact * (1 - terms.pow_lxp_share)),
        lxp_micro=round_even(exact * terms.pow_lxp_share * terms.lxp_per_u),
    )


def written(value_e8: int) -> str:
    """A nominal value to its last digit: `1,320`."""
    return digits(value_e8, E8)
