"""A quarter's POW budget as a bar: in a run, approved, waiting, left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from charter.rules import quarters
from charter.rules.terms import Timeline
from journal import writing
from treasury.models import Budget, Claim, PayoutLine
from treasury.refusals import quarter_name
from treasury.rules.amounts import E8_PER_MICRO
from treasury.rules.worth import written

Status = Claim.Status


@dataclass(frozen=True)
class Pot:
    """A quarter's POW in 10⁻⁸ U: posted by a run, approved besides, waiting; `budget` is None without a grant."""

    quarter: str
    budget: Budget | None
    posted_e8: int
    approved_e8: int
    waiting_e8: int
    rate_micro: int

    @property
    def name(self) -> str:
        """`Q4 2026`."""
        return quarter_name(self.quarter)

    @property
    def granted_e8(self) -> int:
        """What was granted."""
        return self.budget.pow_micro * E8_PER_MICRO if self.budget else 0

    @property
    def left_e8(self) -> int:
        """What remains if all that waits is approved; below zero if it does not suffice."""
        return self.granted_e8 - self.posted_e8 - self.approved_e8 - self.waiting_e8

    @property
    def short(self) -> str:
        """By how much what waits is more than what is left; nothing where it suffices."""
        return written(-self.left_e8) if self.left_e8 < 0 else ""

    @property
    def left_hours(self) -> str:
        """The same in whole hundredths of an hour, `68.5 h`; nothing without a rate."""
        if not self.rate_micro or self.left_e8 <= 0:
            return ""
        return writing.hours(self.left_e8 // self.rate_micro)

    @property
    def segments(self) -> list[tuple[str, int, str]]:
        """(tone, value in 10⁻⁸ U, name) as the bar takes them."""
        return [
            ("ok", self.posted_e8, pgettext("budget", "In a month’s run")),
            ("ok2", self.approved_e8, pgettext("budget", "Approved")),
            ("wait", self.waiting_e8, pgettext("budget", "Waiting")),
            ("left", max(0, self.left_e8), pgettext("budget", "Left")),
        ]

    @property
    def legend(self) -> list[tuple[str, str, str]]:
        """(tone, value written, name)."""
        return [(tone, written(value), name) for tone, value, name in self.segments]

    @property
    def label(self) -> str:
        """The bar in words."""
        return _(
            "%(all)s in all: %(posted)s in a month’s run, %(approved)s approved, %(waiting)s waiting, %(left)s left"
        ) % {
            "all": written(self.granted_e8),
            "posted": written(self.posted_e8),
            "approved": written(self.approved_e8),
            "waiting": written(self.waiting_e8),
            "left": written(max(0, self.left_e8)),
        }

    @property
    def how(self) -> str:
        """How the budget was reached, `60 × 40 h × 7 members = 16,800`, where that is what was granted."""
        budget = self.budget
        if budget is None:
            return ""
        words = {
            "rate": writing.amount(self.rate_micro),
            "hours": writing.hours(budget.hours_per_head_centi),
            "count": budget.headcount,
            "granted": writing.amount(budget.pow_micro),
        }
        if self.rate_micro * budget.hours_per_head_centi * budget.headcount != budget.pow_micro * 100:
            return (
                ngettext(
                    "%(granted)s granted for %(count)d member",
                    "%(granted)s granted for %(count)d members",
                    budget.headcount,
                )
                % words
            )
        return (
            ngettext(
                "%(rate)s × %(hours)s × %(count)d member = %(granted)s",
                "%(rate)s × %(hours)s × %(count)d members = %(granted)s",
                budget.headcount,
            )
            % words
        )


def pots(names: Iterable[str], waiting_e8: Mapping[str, int], timeline: Timeline) -> list[Pot]:
    """The pots of these quarters (`2026-Q4`) in order; two queries."""
    wanted = sorted(set(names))
    granted = {row.quarter: row for row in Budget.objects.filter(quarter__in=wanted)}
    posted = posted_e8(Claim.objects.filter(quarter__in=wanted))
    return [
        Pot(
            quarter=name,
            budget=granted.get(name),
            posted_e8=posted.get(name, 0),
            approved_e8=max(0, granted[name].approved_e8 - posted.get(name, 0)) if name in granted else 0,
            waiting_e8=waiting_e8.get(name, 0),
            rate_micro=rate_on(first_day(name, timeline), timeline),
        )
        for name in wanted
    ]


def first_day(name: str, timeline: Timeline) -> date:
    """The first day of a quarter by its name."""
    return timeline.quarter_span(quarters.parse(name))[0]


def rate_on(day: date, timeline: Timeline) -> int:
    """What an hour of POW is worth on a day, in micro-units."""
    terms = timeline.terms_on(day)
    return terms.pow_hourly_rate_micro + terms.pow_flexible_rate_micro


def with_posted(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """The claims with `posted`: whether a month's run has posted a line of them."""
    return claims.annotate(posted=_posted())


def _posted() -> Exists:
    """Whether a line of the claim is in the ledger; both references are asked of their unique index."""
    return Exists(
        PayoutLine.objects.filter(
            Q(reference=Concat(Value("pow/"), OuterRef("reference"), Value("/U")))
            | Q(reference=Concat(Value("pow/"), OuterRef("reference"), Value("/LXP")))
        )
    )


def posted_e8(claims: QuerySet[Claim]) -> dict[str, int]:
    """By quarter, the nominal value of approved claims that a run has posted."""
    rows = claims.filter(_posted(), status=Status.APPROVED).order_by().values("quarter").annotate(sum=Sum("value_e8"))
    return {row["quarter"]: row["sum"] for row in rows}
