"""Starting a month's run."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from charter import selectors as charter
from journal.services import entries, jobs
from treasury.models import PayoutRun
from treasury.refusals import MonthNotOver, RunOpen, SumChanged
from treasury.rules.months import Month, MonthTerms
from treasury.selectors import payouts as reading
from treasury.services import authority

JOB = "payouts.month"


@transaction.atomic
def start(*, month: str, by: User | str, at: datetime, seal: str | None = None) -> PayoutRun:
    """Opens a run over a month ("2026-08") and the job that posts it. With `seal`, only if that is still what is due.

    NoGroup, UnreadableMonth, TreasurerOnly, MonthNotOver, RunOpen, SumChanged.
    """
    parsed = Month.parse(month)
    charter.group()
    day = charter.today(at)
    actor = authority.treasurer(by, day)
    if day <= parsed.last_on:
        raise MonthNotOver(month=month)
    terms = reading.terms_of(parsed)
    run = _open(terms, actor, day, at)
    if seal is not None and reading.sum_up(terms).seal != seal:
        raise SumChanged
    entries.append(
        actor=actor,
        verb="payouts.started",
        subject=f"payouts/{run}",
        data={"terms": run.terms, "run": run.number},
        at=at,
    )
    jobs.enqueue(kind=JOB, key=f"{month}/{run.number}", by=actor, at=at, params={"run": run.pk})
    return run


def _open(terms: MonthTerms, actor: str, day: date, at: datetime) -> PayoutRun:
    """The month's next run; RunOpen while another one is under way (the database holds it to one)."""
    month = str(terms.month)
    last = PayoutRun.objects.filter(month=month).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            return PayoutRun.objects.create(
                month=month, number=last + 1, terms=terms.as_json(), occurred_on=day, started_by=actor, started_at=at
            )
    except IntegrityError as error:
        raise RunOpen(month=month) from error
