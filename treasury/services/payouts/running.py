"""The worker's part of a month's run: chunks of payees in byte order, each in a transaction of its own.

A worker can be killed anywhere, and two can work at once: a chunk is in as a whole or not at all, and the unique
reference of a line lets it in once. The run keeps how far it is; the job's fence ends a worker that was taken over.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from charter import selectors as charter
from journal.registry import Lease, job
from journal.services import entries
from treasury.models import PayoutRun, Posting
from treasury.rules.months import MonthTerms
from treasury.selectors import due
from treasury.services import ledger
from treasury.services.payouts import chunks, months, statements
from treasury.services.payouts.chunks import Chunk
from treasury.services.payouts.starting import JOB

ATTEMPTS = 5
# Deadlock, serialization failure, and a line that another worker was just putting in: it is seen at the next try.
RETRIED = ("40P01", "40001", "23505")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Posted:
    """What a chunk put into the ledger: lines, sums in micro-units, and the digest of the lines."""

    lines: int
    u_micro: int
    lxp_micro: int
    digest: str


@job(JOB)
def run_month(lease: Lease) -> None:
    """Posts what a month owes from where the run stands; safe to start again at any point, by any worker."""
    run = PayoutRun.objects.get(pk=lease.job.params["run"])
    if run.completed_at is not None:
        return
    terms = MonthTerms.from_json(run.terms)
    chunk = chunks.following(run.position)
    while chunk is not None:
        _retried(run, terms, chunk, lease)
        chunk = chunks.following(chunk.upto, after=chunk)
    _complete(run, lease)


@transaction.atomic
def _post_chunk(
    run: PayoutRun, terms: MonthTerms, chunk: Chunk, lease: Lease, *, first: bool = False, back: bool = False
) -> Posted:
    """Posts what these payees are still owed, with a journal entry and the run's progress.

    With `back` only what payees, all of them, have to give back: before a chunk that takes it.
    """
    # A floor above that takes a share back asks first whether its line is in: neither may pass the other.
    months.share(run.month)
    posting, posted = _insert(run, terms, chunk, lease, first, back)
    if posted.lines:
        entries.append(
            actor=run.started_by,
            verb="payouts.posted",
            subject=f"payouts/{run}",
            data={"posting": posting, **vars(posted)},
            at=lease.clock(),
        )
    # Where another worker has ended the run meanwhile there was nothing left to post, and nothing to note.
    PayoutRun.objects.filter(pk=run.pk, completed_at=None).update(
        position=F("position") if back else chunk.upto,
        lines_posted=F("lines_posted") + posted.lines,
        u_micro=F("u_micro") + posted.u_micro,
        lxp_micro=F("lxp_micro") + posted.lxp_micro,
    )
    # Last, so that a worker that was taken over notices before it commits, and takes everything above back.
    lease.progress(done=chunk.done, total=chunk.total)
    return posted


@transaction.atomic
def _complete(run: PayoutRun, lease: Lease) -> None:
    """Ends the run: its lines are on public notice from now on. Once; a second call finds it ended."""
    row = PayoutRun.objects.select_for_update().get(pk=run.pk)
    if row.completed_at is not None:
        return
    at = lease.clock()
    day = charter.today(at)
    row.completed_at = at
    row.notice_ends_on = day + timedelta(days=charter.terms_on(day).notice_days)
    row.save(update_fields=["completed_at", "notice_ends_on"])
    entries.append(
        actor=run.started_by,
        verb="payouts.completed",
        subject=f"payouts/{row}",
        data={
            "lines": row.lines_posted,
            "u_micro": row.u_micro,
            "lxp_micro": row.lxp_micro,
            "notice_ends_on": row.notice_ends_on.isoformat(),
        },
        at=at,
    )
    lease.progress(done=chunks.total())


def _retried(run: PayoutRun, terms: MonthTerms, chunk: Chunk, lease: Lease) -> None:
    """Posts a chunk; what the database gave up in favour of somebody else is tried again from its beginning.

    Where a payee would get what another one has not given back yet, everybody gives back first.
    """
    short = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            if short:
                _post_chunk(run, terms, chunk, lease, back=True)
            # Of a month's first run nothing is in yet; where that is wrong, the second try looks.
            _post_chunk(run, terms, chunk, lease, first=run.number == 1 and attempt == 1)
        except (OperationalError, IntegrityError) as error:
            short = ledger.FLOOR in str(error)
            if not (short or getattr(error.__cause__, "sqlstate", None) in RETRIED) or attempt == ATTEMPTS:
                raise
            logger.warning("run %s: chunk up to %s is tried again (%s)", run, chunk.upto, error)
            time.sleep(0.05 * 2**attempt)
        else:
            return


def _insert(
    run: PayoutRun, terms: MonthTerms, chunk: Chunk, lease: Lease, first: bool, back: bool
) -> tuple[str, Posted]:
    after, upto = (due.FIRST, due.LAST) if back else (chunk.after, chunk.upto)
    parameters = due.parameters(terms, after=after, upto=upto)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements.SETTINGS)
        cursor.execute(statements.OPEN_ACCOUNTS, parameters)
        posting = Posting.objects.create(
            kind=Posting.Kind.PAYOUT_RUN,
            key=f"{run.month}/{run.number}/{_fence(lease)}/{'back/' if back else ''}{chunk.upto}",
            occurred_on=run.occurred_on,
            actor=run.started_by,
        )
        cursor.execute(
            statements.post(terms, first=first, back=back),
            parameters | {"run": run.pk, "posting": posting.pk, "occurred_on": run.occurred_on},
        )
        posted = Posted(*cursor.fetchone())
        if not posted.lines:
            # A posting without transfers says nothing.
            transaction.set_rollback(True)
    return posting.key, posted


def _fence(lease: Lease) -> int:
    """Postings are named by the hold they were made under: a guard of their own would hide a hole in the lines'."""
    return int(getattr(lease, "fence", 0))
