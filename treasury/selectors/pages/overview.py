"""The treasury at a glance: what the pool holds and has promised, the quarter's flows and budgets, its months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Sum

from charter import selectors as charter
from charter.rules.terms import Timeline
from journal.models import Job
from treasury.models import Account, Asset, Balance, Claim, PayoutLine, PayoutRun
from treasury.rules import worth
from treasury.rules.months import Month, MonthTerms
from treasury.selectors import due
from treasury.selectors.pages.budgets import Pot, pots
from treasury.selectors.pages.months import Progress, State

MONTHS = 12
STIPENDS = ("stipend-leader", "stipend-member")


@dataclass(frozen=True)
class Promised:
    """Lines of a month that are not posted yet, by kind and asset; `source` is the kind of account that pays."""

    month: Month
    kind: str
    asset: str
    source: str
    amount_micro: int
    lines: int


@dataclass(frozen=True)
class Flow:
    """What one event moved between the pool and one kind of account, in micro-units of U; `amount_micro` is signed.

    A month's run is one event (`month`, `run`); of anything else `reference` names the first transfer.
    """

    day: date
    other: str
    month: str
    run: int | None
    reference: str
    amount_micro: int
    transfers: int
    balance_micro: int = 0


@dataclass(frozen=True)
class Stipends:
    """A quarter's stipends in U, in micro-units: granted, posted by runs, due and not posted."""

    granted: int
    posted: int
    due: int

    @property
    def used(self) -> int:
        """Posted and due."""
        return self.posted + self.due


@dataclass(frozen=True)
class MonthRow:
    """A month with its runs, oldest first, and the newest one's progress."""

    month: Month
    state: State
    runs: Sequence[PayoutRun]
    progress: Progress | None

    @property
    def lines(self) -> int:
        """Lines that all its runs have posted."""
        return sum(run.lines_posted for run in self.runs)

    @property
    def u_micro(self) -> int:
        """What they come to in U."""
        return sum(run.u_micro for run in self.runs)

    @property
    def lxp_micro(self) -> int:
        """What they come to in LXP."""
        return sum(run.lxp_micro for run in self.runs)


@dataclass(frozen=True)
class Holdings:
    """What the pool holds and what people are owed, in micro-units."""

    pool_u: int = 0
    pool_lxp: int = 0
    owed_u: int = 0
    owed_lxp: int = 0


@dataclass(frozen=True)
class Overview:
    """All that the page shows."""

    quarter: str
    first_on: date
    last_on: date
    today: date
    holdings: Holdings
    promised: Sequence[Promised]
    flows: Sequence[Flow]
    pot: Pot
    stipends: Stipends

    def promise(self, asset: str, source: str = "") -> int:
        """What is promised in an asset; with `source` only what that kind of account pays."""
        return sum(
            item.amount_micro for item in self.promised if item.asset == asset and (not source or item.source == source)
        )

    @property
    def promised_u(self) -> int:
        """What the pool pays of the lines that are not posted yet."""
        return self.promise("U", Account.Kind.POOL)

    @property
    def promised_lxp(self) -> int:
        """What comes in LXP on top, from wherever."""
        return self.promise("LXP")

    @property
    def promised_months(self) -> list[Month]:
        """The months that it is promised for."""
        return sorted({item.month for item in self.promised if item.amount_micro})

    @property
    def free_micro(self) -> int:
        """What the pool would hold then."""
        return self.holdings.pool_u - self.promised_u

    @property
    def short_micro(self) -> int:
        """By how much more is promised than the pool holds."""
        return max(0, -self.free_micro) if self.promised_u else 0

    def flow(self, other: str) -> int:
        """What came from (above zero) or went to one kind of account since the quarter's first day."""
        return sum(item.amount_micro for item in self.flows if item.other == other)

    def transfers(self, other: str) -> int:
        """How many transfers that were."""
        return sum(item.transfers for item in self.flows if item.other == other)

    @property
    def came_in(self) -> int:
        """What came in since the quarter's first day."""
        return sum(item.amount_micro for item in self.flows if item.other != Account.Kind.PAYABLE)

    @property
    def went_out(self) -> int:
        """What went to people since the quarter's first day, as a positive amount."""
        return -self.flow(Account.Kind.PAYABLE)

    @property
    def opening_micro(self) -> int:
        """What the pool held on the evening before the quarter."""
        return self.holdings.pool_u - sum(item.amount_micro for item in self.flows)


def overview(timeline: Timeline, today: date) -> Overview:
    """The treasury on a day."""
    quarter = timeline.quarter_on(today)
    first, last = timeline.quarter_span(quarter)
    due_now = promised(timeline, today)
    waiting = {str(quarter): _waiting(str(quarter), timeline)}
    (pot,) = pots([str(quarter)], waiting, timeline)
    held = holdings()
    return Overview(
        quarter=str(quarter),
        first_on=first,
        last_on=last,
        today=today,
        holdings=held,
        promised=due_now,
        flows=flows(first, held.pool_u),
        pot=pot,
        stipends=_stipends(pot, first, last, due_now),
    )


def holdings() -> Holdings:
    """The pool's balances, and all that is owed to people; one query."""
    rows = (
        Balance.objects.filter(account__kind__in=[Account.Kind.POOL, Account.Kind.PAYABLE])
        .values_list("account__kind", "account__asset")
        .annotate(sum=Sum("amount_micro"))
    )
    sums: Mapping[tuple[str, str], int] = {(kind, asset): int(total) for kind, asset, total in rows}
    return Holdings(
        pool_u=sums.get(("pool", "U"), 0),
        pool_lxp=sums.get(("pool", "LXP"), 0),
        owed_u=sums.get(("payable", "U"), 0),
        owed_lxp=sums.get(("payable", "LXP"), 0),
    )


def promised(timeline: Timeline, today: date) -> list[Promised]:
    """What the runs over the last month and the running one would post now; a query each."""
    running = Month.of(today)
    wanted = [running.before(), running]
    terms = [MonthTerms.of(month, timeline.periods(month.first_on, month.last_on)) for month in wanted]
    return [item for one in terms for item in _promised(one)]


def flows(first_on: date, balance_micro: int) -> list[Flow]:
    """What went in and out of the pool since a day, in the order of posting, with the balance after it; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FLOWS, {"first": first_on})
        found = [Flow(*row) for row in cursor.fetchall()]
    counted: list[Flow] = []
    for flow in reversed(found):
        counted.append(replace(flow, balance_micro=balance_micro))
        balance_micro -= flow.amount_micro
    return counted[::-1]


def months(today: date, page: str | None) -> tuple[Page[Month], list[MonthRow]]:
    """The group's months, newest first, with their runs; three queries."""
    if not charter.founded():
        return Paginator[Month]([], MONTHS).get_page(page), []
    shown = Paginator(_since(charter.group().founded_on, today), MONTHS).get_page(page)
    runs = PayoutRun.objects.filter(month__in=[str(month) for month in shown]).order_by("month", "number")
    by_month = {month: list(found) for month, found in groupby(runs, key=lambda run: run.month)}
    keys = {f"{month}/{found[-1].number}": month for month, found in by_month.items()}
    jobs = {keys[job.key]: job for job in Job.objects.filter(kind="payouts.month", key__in=keys)}
    rows = []
    for month in shown:
        found = by_month.get(str(month), [])
        progress = Progress(found[-1], jobs.get(str(month))) if found else None
        rows.append(MonthRow(month, _state(month, today, progress), found, progress))
    return shown, rows


def _state(month: Month, today: date, progress: Progress | None) -> State:
    """Told by the runs alone: what came late after a run is seen on the month's own page."""
    if progress is None:
        return State.AHEAD if today <= month.last_on else State.READY
    return State.DONE if progress.finished else State.RUNNING


def _since(founded_on: date, today: date) -> list[Month]:
    found = [Month.of(today)]
    while found[-1] > Month.of(founded_on):
        found.append(found[-1].before())
    return found


def _promised(terms: MonthTerms) -> list[Promised]:
    with connection.cursor() as cursor:
        cursor.execute(due.relations(terms) + _SOURCES, due.parameters(terms))
        return [Promised(terms.month, *row) for row in cursor.fetchall()]


def _waiting(quarter: str, timeline: Timeline) -> int:
    """What waits in a quarter, nominal in 10⁻⁸ U."""
    rows = (
        Claim.objects.filter(status=Claim.Status.PENDING, quarter=quarter)
        .order_by()
        .values_list("worked_on")
        .annotate(hours=Sum("hours_centi"))
    )
    return sum(worth.of(hours, timeline.terms_on(day)).value_e8 for day, hours in rows)


def _stipends(pot: Pot, first: date, last: date, due_now: Sequence[Promised]) -> Stipends:
    """The months of a quarter are those that begin in it."""
    inside = _since(first, last)
    posted = PayoutLine.objects.filter(
        month__in=[str(month) for month in inside], kind__in=STIPENDS, asset=Asset.U
    ).aggregate(sum=Sum("amount_micro"))["sum"]
    unposted = sum(
        item.amount_micro
        for item in due_now
        if item.month in inside and item.kind in STIPENDS and item.asset == Asset.U
    )
    return Stipends(pot.budget.stipend_micro if pot.budget else 0, int(posted or 0), unposted)


_SOURCES = """
SELECT c.kind, c.asset, coalesce(c.debit_kind, a.kind), sum(c.amount_micro)::bigint, count(*)
FROM changes c
LEFT JOIN treasury_transfer t ON NOT c.fresh AND t.reference = c.base
LEFT JOIN treasury_account a ON a.id = t.debit_id
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_FLOWS = """
WITH pool AS (SELECT id FROM treasury_account WHERE kind = 'pool' AND asset = 'U'),
moved AS (
  SELECT t.id, t.posting_id, t.reference, t.occurred_on, t.debit_id AS other, t.amount_micro
  FROM treasury_transfer t JOIN pool ON pool.id = t.credit_id
  WHERE t.occurred_on >= %(first)s
  UNION ALL
  SELECT t.id, t.posting_id, t.reference, t.occurred_on, t.credit_id, -t.amount_micro
  FROM treasury_transfer t JOIN pool ON pool.id = t.debit_id
  WHERE t.occurred_on >= %(first)s
)
SELECT m.occurred_on, a.kind, coalesce(r.month, ''), r.number, min(m.reference), sum(m.amount_micro)::bigint, count(*)
FROM moved m
JOIN treasury_account a ON a.id = m.other
LEFT JOIN treasury_payoutline l ON l.reference = m.reference
LEFT JOIN treasury_payoutrun r ON r.id = l.run_id
GROUP BY 1, 2, 3, 4, CASE WHEN r.id IS NULL THEN m.posting_id END
ORDER BY m.occurred_on, min(m.id)
"""
