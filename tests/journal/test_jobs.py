"""Jobs and outgoing messages: leased once, fenced, retried, parked; promised once, delivered at least once."""

from datetime import timedelta

import pytest

from journal import tasks
from journal.clock import database_clock
from journal.models import Job, Outbox
from journal.registry import channels, job_handlers
from journal.services import jobs, outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A handler that notes what it did."""
    done: list[str] = []

    def handler(lease: jobs.JobLease) -> None:
        done.append(lease.job.key)
        lease.progress(done=1, total=1)

    monkeypatch.setitem(job_handlers, "test", handler)
    return done


def enqueue(key: str = "a") -> Job:
    """One job that is due."""
    return jobs.enqueue(kind="test", key=key, by="system:test", at=database_clock())


def test_the_same_job_is_one_row_and_runs_once(handled: list[str]) -> None:
    assert enqueue().pk == enqueue().pk
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert handled == ["a"]
    row = Job.objects.get()
    assert (row.done, row.total, row.lease_until) == (1, 1, None)
    assert row.finished_at is not None


def test_a_job_that_is_not_due_waits(handled: list[str]) -> None:
    jobs.enqueue(kind="test", key="later", by="system:test", at=database_clock() + timedelta(hours=1))
    assert jobs.run_due() == 0
    assert handled == []


def test_a_worker_past_its_lease_cannot_write() -> None:
    enqueue()
    slow = jobs.lease_next()
    assert slow is not None
    assert jobs.lease_next() is None
    Job.objects.update(lease_until=database_clock() - timedelta(seconds=1))
    fast = jobs.lease_next()
    assert fast is not None
    assert fast.fence == slow.fence + 1
    with pytest.raises(jobs.LeaseLost):
        slow.progress(done=5)
    with pytest.raises(jobs.LeaseLost):
        slow.finish(database_clock())
    fast.progress(done=1)
    assert Job.objects.get().done == 1


def test_a_failing_job_waits_longer_each_time_and_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(lease: jobs.JobLease) -> None:
        raise RuntimeError("no light")

    monkeypatch.setitem(job_handlers, "test", fail)
    job = enqueue()
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.update(due_at=database_clock())
        assert jobs.run_due() == 0
    job.refresh_from_db()
    assert job.attempts == jobs.MAX_ATTEMPTS
    assert job.parked_at is not None
    assert job.error == "RuntimeError: no light"
    jobs.retry(job=job, at=database_clock())
    job.refresh_from_db()
    row = Job.objects.get()
    assert row.parked_at is None
    assert row.attempts == 0


def test_a_message_is_promised_once_and_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setitem(channels, "test", lambda payload: sent.append(payload["to"]))
    for _ in range(2):
        outbox.put(kind="test", key="hello/1", payload={"to": "ana"}, at=database_clock())
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    assert sent == ["ana"]


def test_a_message_that_cannot_leave_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(payload: dict[str, object]) -> None:
        raise OSError("no route")

    monkeypatch.setitem(channels, "test", fail)
    outbox.put(kind="test", key="hello/1", payload={}, at=database_clock())
    assert outbox.deliver() == 0
    row = Outbox.objects.get()
    assert (row.attempts, row.delivered_at, row.error) == (1, None, "OSError: no route")
    assert row.due_at > database_clock()


def test_due_work_that_fails_keeps_nothing_else_from_being_done(
    handled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def fails(_at: object) -> None:
        raise ValueError("poison")

    monkeypatch.setattr(tasks, "due_work", {"bad": fails, "good": lambda _at: seen.append("good")})
    enqueue()
    tasks.sweep()
    assert (seen, handled) == (["good"], ["a"])


def test_a_delivered_message_keeps_its_key_and_not_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(channels, "test", lambda _payload: None)
    outbox.put(kind="test", key="hello/1", payload={"text": "a link that opens an account"}, at=database_clock())
    assert outbox.deliver() == 1
    assert Outbox.objects.values_list("key", "payload").get() == ("hello/1", {})
