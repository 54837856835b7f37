"""What a quarter's budget would be by the charter's formula (income.1.1), as a suggestion to the treasurer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from charter.rules import quarters
from charter.rules.terms import Terms, Timeline
from journal import writing
from members.selectors import people
from treasury.models import Budget
from treasury.refusals import quarter_name

MONTHS = 3
HOURS_CENTI = 4000


@dataclass(frozen=True)
class Suggestion:
    """Rate × hours × headcount, and three months of stipends as far as the pool pays them."""

    quarter: str
    headcount: int
    hours_centi: int
    terms: Terms

    @property
    def name(self) -> str:
        """`Q4 2026`."""
        return quarter_name(self.quarter)

    @property
    def rate_micro(self) -> int:
        """An hour of POW."""
        return self.terms.pow_hourly_rate_micro + self.terms.pow_flexible_rate_micro

    @property
    def pow_micro(self) -> int:
        """Rate × hours × headcount."""
        return self.rate_micro * self.hours_centi * self.headcount // 100

    @property
    def leader_micro(self) -> int:
        """The leader's month; nothing where nobody is expected."""
        return self.terms.stipend_leader_micro if self.headcount else 0

    @property
    def others(self) -> int:
        """Members beside the leader."""
        return max(0, self.headcount - 1)

    @property
    def stipend_micro(self) -> int:
        """Three months of one leader and the other members, without the part in LXP."""
        month = self.leader_micro + self.others * self.terms.stipend_member_micro
        return int(MONTHS * month * (1 - self.terms.stipend_lxp_share))

    @property
    def pow_how(self) -> str:
        """`60 × 40 h × 7 = 16,800`."""
        rate, hours = writing.amount(self.rate_micro), writing.hours(self.hours_centi)
        return f"{rate} × {hours} × {self.headcount} = {writing.amount(self.pow_micro)}"

    @property
    def stipend_how(self) -> str:
        """`(1,200 + 6 × 400) × 3 × 50 % = 5,400`."""
        leader, member = writing.amount(self.leader_micro), writing.amount(self.terms.stipend_member_micro)
        share = writing.share(1 - self.terms.stipend_lxp_share)
        return f"({leader} + {self.others} × {member}) × {MONTHS} × {share} = {writing.amount(self.stipend_micro)}"


def first(timeline: Timeline, today: date) -> Suggestion:
    """For the running quarter, or the first one after it without a budget; members as they are today. Three queries."""
    latest = Budget.objects.order_by("-quarter").first()
    granted = set(Budget.objects.values_list("quarter", flat=True))
    quarter = timeline.quarter_on(today)
    while str(quarter) in granted:
        quarter = quarter.next()
    return Suggestion(
        quarter=str(quarter),
        headcount=people.active_on(today).count(),
        hours_centi=latest.hours_per_head_centi if latest else HOURS_CENTI,
        terms=timeline.terms_on(timeline.quarter_span(quarter)[0]),
    )


def of(typed: Mapping[str, Any], timeline: Timeline) -> Suggestion | None:
    """For what was typed, as far as it could be read."""
    quarter, headcount, hours = (typed.get(name) for name in ("quarter", "headcount", "hours_per_head"))
    if not quarter or headcount is None or hours is None:
        return None
    first_on = timeline.quarter_span(quarters.parse(quarter))[0]
    return Suggestion(quarter, headcount, hours, timeline.terms_on(first_on))
