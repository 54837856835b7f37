"""Workers at once on one run, and workers killed anywhere: one of each line; and what the unique reference is for."""

import os
import random
import signal
import time
from typing import Any

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from journal.clock import Clock, database_clock
from journal.models import Job
from journal.services import jobs
from tests.cast import AT
from tests.races import at_once, meeting
from tests.treasury.books import broken, execute, fill_month, posted
from treasury.models import PayoutLine, PayoutRun, Transfer
from treasury.selectors import payouts as reading
from treasury.services import payouts
from treasury.services.payouts import chunks, running

pytestmark = pytest.mark.committed
MONTH = "2026-08"
UNIQUE = (
    "ALTER TABLE treasury_payoutline DROP CONSTRAINT line_reference_once",
    "ALTER TABLE treasury_transfer DROP CONSTRAINT transfer_reference_once",
)


class Unfenced:
    """A hold that nobody can take away: what is left is the reference."""

    clock: Clock = staticmethod(database_clock)

    def __init__(self, job: Job, fence: int) -> None:
        self.job, self.fence = job, fence

    def progress(self, *, done: int, total: int | None = None) -> None:
        """Nothing is asked."""


def start() -> tuple[Job, dict[str, int]]:
    """A run over the filled month: its job, and what it must post."""
    expected = {line.reference: line.amount_micro for line in reading.preview(MONTH)}
    payouts.start(month=MONTH, by="system:test", at=AT)
    Job.objects.update(due_at=AT)
    return Job.objects.get(kind="payouts.month"), expected


def race(job: Job, workers: int) -> list[str]:
    """Workers that all take themselves for the only one."""
    acts = [lambda fence=fence: payouts.run_month(Unfenced(job, fence)) for fence in range(workers)]
    return at_once(*acts)


@pytest.mark.parametrize("size", [7, 1000])
def test_workers_at_once_post_one_of_each_line(committed_db: str, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(chunks, "CHUNK", size)
    fill_month(30, 4)
    job, expected = start()
    assert race(job, 4) == ["done"] * 4
    assert posted(MONTH) == expected
    assert (PayoutLine.objects.count(), Transfer.objects.count()) == (len(expected), len(expected))
    assert [text for text in broken() if "its sums are not" not in text] == []


def test_without_the_unique_reference_lines_are_posted_twice(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race: the negative control must go wrong."""
    monkeypatch.setattr(chunks, "CHUNK", 7)
    fill_month(30, 4)
    job, expected = start()
    execute(*UNIQUE)
    # All four have read where the run stands before one of them posts.
    meeting(monkeypatch, chunks, "following", 4, before=True)
    race(job, 4)
    assert PayoutLine.objects.count() > len(expected)
    assert any("posted" in sentence and "times" in sentence for sentence in broken())


def forked_worker() -> int:
    """A worker in a fork of this process; its number."""
    child = os.fork()
    if child:
        return child
    try:
        # The parent's socket is not this process's to close.
        connection.connection = None
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        jobs.run_due()
    finally:
        os._exit(0)


def killed_until_done(months: list[str], kills: int, seed: int) -> int:
    """Starts the months' runs and kills workers at random moments until every run is complete; how many were killed."""
    chance = random.Random(seed)
    killed = 0
    for month in months:
        payouts.start(month=month, by="system:test", at=AT)
    Job.objects.update(due_at=AT)
    connection.close()
    deadline = time.monotonic() + 120
    while killed < kills:
        worker = forked_worker()
        time.sleep(chance.uniform(0, 0.03))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        killed += 1
        # What a minute's waiting would do: the dead worker's lease is over.
        Job.objects.filter(finished_at=None).update(lease_until=None, due_at=AT, parked_at=None, attempts=0)
        assert time.monotonic() < deadline, f"seed {seed}: {killed} kills in two minutes"
    jobs.run_due()
    return killed


def check(months: list[str], expected: dict[str, dict[str, int]]) -> None:
    """Every run complete, each line once, balances and digests as they should be."""
    assert PayoutRun.objects.filter(completed_at=None).count() == 0
    assert {month: posted(month) for month in months} == expected
    count = sum(len(lines) for lines in expected.values())
    assert (PayoutLine.objects.count(), Transfer.objects.count()) == (count, count)
    assert broken() == []


def kill(members: int, claims_each: int, kills: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole test at one size; the seed says after how long each worker is killed."""
    monkeypatch.setattr(chunks, "CHUNK", 1)
    months = ["2026-08", "2026-07", "2026-06"]
    fill_month(members, claims_each)
    expected = {month: {line.reference: line.amount_micro for line in reading.preview(month)} for month in months}
    print(f"seed {seed}: {kills} kills over {sum(map(len, expected.values()))} lines")  # noqa: T201
    killed_until_done(months, kills, seed)
    check(months, expected)


def test_killed_at_200_points_over_1000_lines(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kill(members=70, claims_each=8, kills=200, seed=7, monkeypatch=monkeypatch)


@pytest.mark.torture
def test_killed_at_2000_points_over_10000_lines(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    kill(members=700, claims_each=8, kills=2000, seed=seed, monkeypatch=monkeypatch)


def test_a_run_whose_postings_deadlock_is_tried_again(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database gives a chunk up in favour of another posting: the chunk is computed again and goes in."""
    fill_month(10, 2)
    _job, expected = start()
    inner, tries = running._post_chunk, iter(range(10**6))

    def unlucky(*args: Any, **kwargs: Any) -> Any:
        if next(tries) % 3 < 2:
            raise OperationalError("deadlock detected") from DeadlockDetected("deadlock detected")
        return inner(*args, **kwargs)

    monkeypatch.setattr(running, "_post_chunk", unlucky)
    monkeypatch.setattr("treasury.services.payouts.running.time.sleep", lambda seconds: None)
    assert jobs.run_due() == 1
    assert (posted(MONTH), broken()) == (expected, [])
