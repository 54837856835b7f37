"""What a visitor sees of the group: a few figures that are public anyway."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Sum

from charter import selectors as charter
from members.selectors import people
from proposals.models import Outcome
from treasury.models import Account, Asset, Balance, Claim


@dataclass(frozen=True)
class Front:
    """The group in figures: members, decisions, hours (hundredths), the pool (micro-units of U)."""

    founded_on: date | None
    members: int
    decisions: int
    hours_centi: int
    pool_micro: int
    individual_share: Fraction

    @property
    def pool_share(self) -> Fraction:
        """What of consulting income goes to the pool."""
        return 1 - self.individual_share


def front(at: datetime) -> Front:
    """Five queries, whatever there is."""
    timeline = charter.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    hours = Claim.objects.filter(status=Claim.Status.APPROVED).aggregate(total=Sum("hours_centi"))["total"]
    return Front(
        founded_on=charter.group().founded_on if charter.founded() else None,
        members=people.active_on(day).count(),
        decisions=Outcome.objects.count(),
        hours_centi=hours or 0,
        pool_micro=pool_balance(),
        individual_share=terms.consulting_individual_share,
    )


def pool_balance() -> int:
    """What the group's pool holds in U."""
    row = Balance.objects.filter(account__kind=Account.Kind.POOL, account__asset=Asset.U).first()
    return row.amount_micro if row else 0
