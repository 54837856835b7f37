"""Jobs: a row each, leased by one worker at a time, fenced so that a paused worker cannot write after its lease."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import F, Q

from journal.clock import Clock, database_clock
from journal.models import Job
from journal.registry import job_handlers

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker holds the job now: the transaction that noticed it must roll back."""


@dataclass
class JobLease:
    """One worker's hold on a job; `fence` tells it from every earlier and later one."""

    job: Job
    fence: int
    # What the handler takes for now; only the demo's builder passes another than the database's.
    clock: Clock = database_clock

    def progress(self, *, done: int, total: int | None = None) -> None:
        """Writes progress and renews the lease in the caller's transaction; LeaseLost if another worker took over."""
        changes: dict[str, Any] = {"done": done, "lease_until": database_clock() + LEASE}
        if total is not None:
            changes["total"] = total
        if not self._mine().update(**changes):
            raise LeaseLost(str(self.job))

    def finish(self, at: datetime) -> None:
        """Marks the job done; LeaseLost if another worker took over."""
        if not self._mine().update(finished_at=at, lease_until=None, error="", done=F("total")):
            raise LeaseLost(str(self.job))

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, fence=self.fence, finished_at=None)


def enqueue(*, kind: str, key: str, by: str, at: datetime, params: dict[str, Any] | None = None, total: int = 0) -> Job:
    """The job of this kind and key, made if there is none; a worker is woken after the commit."""
    made, created = Job.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={"params": params or {}, "requested_by": by, "due_at": at, "total": total},
    )
    if created:
        transaction.on_commit(wake, robust=True)
    return made


def wake() -> None:
    """Tells a worker that there is work; losing this message costs at most one sweep."""
    current_app.send_task("journal.tasks.sweep")


def lease_next(*, clock: Clock = database_clock) -> JobLease | None:
    """Takes the oldest job that is due and not held, or None. SKIP LOCKED: workers never wait for each other."""
    with transaction.atomic():
        now = database_clock()
        found = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(finished_at=None, parked_at=None, due_at__lte=now)
            .filter(Q(lease_until=None) | Q(lease_until__lt=now))
            .order_by("due_at", "pk")
            .first()
        )
        if found is None:
            return None
        found.fence += 1
        found.attempts += 1
        found.lease_until = now + LEASE
        found.save(update_fields=["fence", "attempts", "lease_until"])
    return JobLease(job=found, fence=found.fence, clock=clock)


def run_due(*, clock: Clock = database_clock) -> int:
    """Runs due jobs until none is left; returns how many were finished."""
    finished = 0
    while (lease := lease_next(clock=clock)) is not None:
        finished += run(lease)
    return finished


def run(lease: JobLease) -> bool:
    """Runs one leased job to its end; a failure leaves the row to be tried again later, or parked."""
    try:
        job_handlers[lease.job.kind](lease)
        lease.finish(lease.clock())
    except LeaseLost:
        logger.warning("job %s: lease lost, another worker has it", lease.job)
        return False
    except Exception as failure:
        logger.exception("job %s failed", lease.job)
        _postpone(lease, failure)
        return False
    return True


def _postpone(lease: JobLease, failure: Exception) -> None:
    if connection.needs_rollback:  # pragma: no branch
        return
    now = database_clock()
    wait = timedelta(seconds=min(2**lease.job.attempts, 600))
    parked = now if lease.job.attempts >= MAX_ATTEMPTS else None
    Job.objects.filter(pk=lease.job.pk, fence=lease.fence, finished_at=None).update(
        lease_until=None, due_at=now + wait, parked_at=parked, error=f"{type(failure).__name__}: {failure}"[:2000]
    )


def retry(*, job: Job, at: datetime) -> None:
    """Takes a parked job up again."""
    Job.objects.filter(pk=job.pk, finished_at=None).update(parked_at=None, attempts=0, due_at=at, error="")
    transaction.on_commit(wake, robust=True)
