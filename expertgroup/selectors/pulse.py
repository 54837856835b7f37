"""How the group is: members, proposals, hours of the last weeks, the quarter's budget, what was settled lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from charter import selectors as charter
from charter.rules.quarters import Quarter
from charter.rules.terms import Terms, Timeline
from consulting.models import Session
from expertgroup.navigation import address
from journal import writing
from members.models import Application
from members.selectors import people
from proposals.models import Execution, Round
from proposals.selectors.motions import timed
from treasury.models import Claim, PayoutRun
from treasury.rules.worth import written
from treasury.selectors.pages import budgets
from treasury.selectors.pages.budgets import Pot

WEEKS = 8
COUNTED = Q(status__in=[Claim.Status.PENDING, Claim.Status.APPROVED])
HEIGHT = 66
STEP = 37


@dataclass(frozen=True)
class Column:
    """One week's bar, drawn in a box of 296 by 88."""

    week: int
    hours_centi: int
    x: int
    y: int
    height: int
    last: bool

    @property
    def middle(self) -> int:
        """Where the week's number stands."""
        return self.x + 16


@dataclass(frozen=True)
class Settled:
    """Something that was settled."""

    text: str
    on: date
    url: str = ""


@dataclass(frozen=True)
class Pulse:
    """The column beside the agenda."""

    week: int
    figures: Sequence[tuple[str, str, str]]
    columns: Sequence[Column]
    pot: Pot
    gone_percent: int
    settled: Sequence[Settled]

    @property
    def left(self) -> str:
        """What is left of the budget if all that waits is approved."""
        return written(max(0, self.pot.left_e8))

    @property
    def spark_label(self) -> str:
        """The bars in words."""
        weeks = pgettext("between names", ", ").join(
            _("week %(week)d %(hours)s") % {"week": column.week, "hours": writing.hours(column.hours_centi)}
            for column in self.columns
        )
        return _("POW hours per week: %(weeks)s") % {"weeks": weeks}


def pulse(at: datetime) -> Pulse:
    """The group at a moment; the number of queries does not depend on how much there is."""
    timeline = charter.timeline()
    today = timeline.day_of(at)
    terms = timeline.terms_on(today)
    monday = today - timedelta(days=today.weekday())
    columns, quarter = _columns(monday), timeline.quarter_on(today)
    members = people.active_on(today).count()
    return Pulse(
        week=today.isocalendar().week,
        figures=[
            _proposals(at, today, terms),
            _members(members),
            _hours(columns),
            _consulting(monday, members, terms),
        ],
        columns=columns,
        pot=_pot(timeline, quarter),
        gone_percent=_gone(timeline, quarter, today),
        settled=_settled(terms),
    )


def _proposals(at: datetime, today: date, terms: Terms) -> tuple[str, str, str]:
    running = timed(Round.objects.filter(outcome=None, opened_at__lte=at))
    deadlines = running.filter(ends_at__gt=at).values_list("ends_at", flat=True)
    days = [moment.astimezone(terms.time_zone).date() for moment in deadlines]
    soon = sum(day == today for day in days)
    note = ngettext("%(count)d closes today", "%(count)d close today", soon) % {"count": soon} if soon else ""
    return (_("Proposals open"), str(len(days)), note)


def _members(members: int) -> tuple[str, str, str]:
    waiting = Application.objects.filter(withdrawn_at=None, closed_at=None, submitted_at__isnull=False).count()
    note = ngettext("%(count)d applicant", "%(count)d applicants", waiting) % {"count": waiting} if waiting else ""
    return (_("Members"), str(members), note)


def _columns(monday: date) -> list[Column]:
    first = monday - timedelta(weeks=WEEKS - 1)
    rows = (
        Claim.objects.filter(COUNTED, worked_on__gte=first, worked_on__lt=monday + timedelta(weeks=1))
        .annotate(week=TruncWeek("worked_on"))
        .values("week")
        .annotate(total=Sum("hours_centi"))
        .order_by("week")
    )
    found = {row["week"]: row["total"] for row in rows}
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    most = max([*found.values(), 1])
    columns = []
    for number, start in enumerate(weeks):
        centi = found.get(start, 0)
        height = centi * HEIGHT // most
        columns.append(
            Column(
                week=start.isocalendar().week,
                hours_centi=centi,
                x=2 + number * STEP,
                y=HEIGHT + 6 - height,
                height=height,
                last=start == monday,
            )
        )
    return columns


def _hours(columns: Sequence[Column]) -> tuple[str, str, str]:
    note = _("%(hours)s last week") % {"hours": writing.hours(columns[-2].hours_centi)}
    return (_("POW hours"), writing.hours(columns[-1].hours_centi), note)


def _consulting(monday: date, members: int, terms: Terms) -> tuple[str, str, str]:
    found = Session.objects.filter(held_on__gte=monday, held_on__lt=monday + timedelta(weeks=1))
    hours = found.aggregate(total=Sum("hours_centi"))["total"] or 0
    allowed = members * terms.weekly_hours_max_centi
    note = _("of %(hours)s allowed") % {"hours": writing.hours(allowed)}
    return (_("Paid consulting"), writing.hours(hours), note)


def _pot(timeline: Timeline, quarter: Quarter) -> Pot:
    """The running quarter's POW budget, as the claims page shows it."""
    name = str(quarter)
    waiting = (
        Claim.objects.filter(quarter=name, status=Claim.Status.PENDING)
        .order_by()
        .values("worked_on")
        .annotate(hours=Sum("hours_centi"))
    )
    waiting_e8 = sum(row["hours"] * budgets.rate_on(row["worked_on"], timeline) for row in waiting)
    (pot,) = budgets.pots([name], {name: waiting_e8}, timeline)
    return pot


def _gone(timeline: Timeline, quarter: Quarter, today: date) -> int:
    """How much of the quarter has gone by, in whole percent."""
    first, last = timeline.quarter_span(quarter)
    return ((today - first).days + 1) * 100 // ((last - first).days + 1)


def _settled(terms: Terms) -> list[Settled]:
    """The newest of each: a proposal carried out, a month's run, a day of approved claims."""
    zone = terms.time_zone
    found = [
        Settled(
            _("“%(title)s” passed and was carried out.") % {"title": row.proposal.title},
            row.executed_at.astimezone(zone).date(),
            reverse("proposals:detail", args=[row.proposal.number]),
        )
        for row in Execution.objects.select_related("proposal__application").order_by("-executed_at")[:1]
    ]
    for run in PayoutRun.objects.exclude(completed_at=None).defer("terms").order_by("-completed_at")[:1]:
        assert run.completed_at is not None
        month = writing.day(date.fromisoformat(f"{run.month}-01"), shape="month")
        text = ngettext("%(month)s: %(count)d line posted.", "%(month)s: %(count)d lines posted.", run.lines_posted)
        url = address("treasury:month", run.month)
        words = {"month": month, "count": run.lines_posted}
        found.append(Settled(text % words, run.completed_at.astimezone(zone).date(), url))
    approved = (
        Claim.objects.filter(status=Claim.Status.APPROVED)
        .values("decided_on")
        .annotate(count=Count("pk"), hours=Sum("hours_centi"))
        .order_by("-decided_on")[:1]
    )
    for row in approved:
        text = ngettext("%(count)d claim approved, %(hours)s.", "%(count)d claims approved, %(hours)s.", row["count"])
        words = {"count": row["count"], "hours": writing.hours(row["hours"])}
        # Claims are not public, so nothing leads there.
        found.append(Settled(text % words, row["decided_on"] or date.min))
    return sorted(found, key=lambda item: item.on, reverse=True)
