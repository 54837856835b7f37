"""A month by hand: payouts.md day by day in fractions, from the rows, without a line of the SQL under test."""

from fractions import Fraction

from charter import selectors as charter
from members.models import Membership, Term
from treasury.models import Claim
from treasury.rules import stipends
from treasury.rules.amounts import round_even
from treasury.rules.months import Month, MonthTerms

Lines = dict[str, int]


def month_by_hand(text: str) -> Lines:
    """Amounts by reference of stipends and POW."""
    month = Month.parse(text)
    terms = MonthTerms.of(month, charter.periods(month.first_on, month.last_on))
    lines: Lines = {}
    periods: dict[str, list[stipends.Days]] = {}
    for handle, joined, exited in Membership.objects.values_list("member__handle", "joined_on", "exited_on"):
        periods.setdefault(handle, []).append((joined, exited))
    leading: dict[str, list[stipends.Days]] = {}
    held = Term.objects.filter(role="leader").values_list("member__handle", "starts_on", "ends_on")
    for leader, starts, ends in held:
        leading.setdefault(str(leader), []).append((starts, ends))
    for handle, own in periods.items():
        for (kind, asset), micro in stipends.owed(own, leading.get(handle, []), terms).items():
            lines[f"{kind}/{text}/{handle}/{asset}"] = micro
    for claim in Claim.objects.filter(status="approved").select_related("member"):
        if Month.of(claim.worked_on) == month and stipends.covered(periods[claim.member.handle], claim.worked_on):
            lines |= _pow(claim)
    return lines


def _pow(claim: Claim) -> Lines:
    terms = charter.terms_on(claim.worked_on)
    rate = terms.pow_hourly_rate_micro + terms.pow_flexible_rate_micro
    whole = Fraction(claim.hours_centi * rate, 100)
    parts = {
        "U": round_even(whole * (1 - terms.pow_lxp_share)),
        "LXP": round_even(whole * terms.pow_lxp_share * terms.lxp_per_u),
    }
    return {f"pow/{claim.reference}/{asset}": micro for asset, micro in parts.items() if micro}
