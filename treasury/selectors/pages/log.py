"""A member's own claims: the log, with what was decided and posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Max, Q, QuerySet, Sum, Value, When

from charter.rules.terms import Timeline
from members.models import Member
from treasury.models import Claim
from treasury.rules import worth
from treasury.rules.worth import Worth
from treasury.selectors.pages.budgets import with_posted

Status = Claim.Status
PER_PAGE = 10
PROJECTS = 40
RECENT = timedelta(days=180)


@dataclass(frozen=True)
class Row:
    """An own claim and what it is worth; `claim.posted` says whether a month's run has posted it."""

    claim: Claim
    worth: Worth


@dataclass(frozen=True)
class Log:
    """One page of a member's claims, drafts first, and the hours (hundredths) of the running month."""

    page: Page[Claim]
    rows: Sequence[Row]
    logged_centi: int
    approved_centi: int


def log(member: Member, timeline: Timeline, today: date, page: str | None) -> Log:
    """Drafts first, then by the day worked, newest first; three queries."""
    claims: QuerySet[Claim] = (
        with_posted(Claim.objects.filter(member=member))
        .select_related("decided_by")
        .annotate(turn=Case(When(status=Status.DRAFT, then=Value(0)), default=Value(1), output_field=IntegerField()))
        .order_by("turn", "-worked_on", "-pk")
    )
    shown = Paginator(claims, PER_PAGE).get_page(page)
    month = Claim.objects.filter(member=member, worked_on__year=today.year, worked_on__month=today.month).exclude(
        status=Status.REJECTED
    )
    sums = month.aggregate(logged=Sum("hours_centi"), approved=Sum("hours_centi", filter=Q(status=Status.APPROVED)))
    return Log(
        page=shown,
        rows=[Row(claim, worth.of(claim.hours_centi, timeline.terms_on(claim.worked_on))) for claim in shown],
        logged_centi=sums["logged"] or 0,
        approved_centi=sums["approved"] or 0,
    )


def projects(member: Member, today: date) -> list[str]:
    """Projects to choose from: the member's own and the group's of the last months, the newest first."""
    rows = (
        Claim.objects.filter(Q(member=member) | Q(worked_on__gte=today - RECENT) & ~Q(status=Status.DRAFT))
        .order_by()
        .values("project")
        .annotate(latest=Max("pk"))
        .order_by("-latest")[:PROJECTS]
    )
    return [row["project"] for row in rows]
