"""The act of this floor: settling a dispute that the sides could not end themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from charter.registry import Act, Difference, register
from consulting.models import Engagement
from consulting.refusals.escrow import NoDispute, UnknownEngagement
from consulting.rules.disputes import WHOLE, check_percent
from consulting.selectors import disputes as reading
from consulting.services import disputes
from journal import writing


@dataclass(frozen=True)
class SettleDispute:
    """An engagement by its reference, and what per cent of what is open goes to its experts and the pool."""

    engagement: str
    percent: int


def _engagement(params: SettleDispute) -> Engagement:
    found = Engagement.objects.filter(reference=params.engagement).select_related("client").first()
    if found is None:
        raise UnknownEngagement
    return found


def check_settling(params: SettleDispute, _day: date) -> None:
    """UnknownEngagement, PercentUnreadable, or NoDispute once it has ended."""
    check_percent(params.percent)
    if reading.open_dispute(_engagement(params)) is None:
        raise NoDispute


def preview_settling(params: SettleDispute, _day: date) -> list[str]:
    """One sentence with both sums, as they would be now."""
    engagement = _engagement(params)
    outcome = reading.outcome(engagement, params.percent)
    words = {
        "engagement": engagement.reference,
        "percent": writing.share(Fraction(params.percent, WHOLE)),
        "accepted": writing.money(outcome.accepted_micro),
        "refunded": writing.money(outcome.refunded_micro),
    }
    return [
        _(
            "The dispute over %(engagement)s ends at %(percent)s: %(accepted)s U are accepted and shared,"
            " %(refunded)s U go back to the client."
        )
        % words
    ]


def diff_settling(params: SettleDispute, _day: date) -> list[Difference]:
    """What is open of the client's money, and where it goes."""
    outcome = reading.outcome(_engagement(params), params.percent)
    open_micro = outcome.accepted_micro + outcome.refunded_micro
    nothing = writing.money(0)
    return [
        Difference(_("Open in the dispute, U"), writing.money(open_micro), nothing, "income.2.1"),
        Difference(_("Accepted and shared, U"), nothing, writing.money(outcome.accepted_micro), "income.2.1"),
        Difference(_("Back to the client, U"), nothing, writing.money(outcome.refunded_micro), "income.2.1"),
    ]


def settle(params: SettleDispute, /, *, at: datetime, by: str, reference: str) -> str:
    """Settles it as if all had signed; `dispute/<engagement>`."""
    engagement = _engagement(params)
    disputes.settle(engagement=engagement, percent=params.percent, by=by, at=at, reference=reference)
    return f"dispute/{engagement.reference}"


SETTLE_DISPUTE = register(
    Act(
        key="consulting.settle_dispute",
        params=SettleDispute,
        may_propose="leader",
        # The charter names no threshold of its own for disputes: it is the group's money, as a budget is.
        threshold="budget.threshold",
        preview=preview_settling,
        check=check_settling,
        execute=settle,
        diff=diff_settling,
    )
)
