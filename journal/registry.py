"""What the floors above register with the journal: job handlers, outbox channels, invariants, and due work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from journal.clock import Clock
from journal.models import Job


class Lease(Protocol):
    """What a job handler holds while it works; every write of the job carries it."""

    job: Job

    @property
    def clock(self) -> Clock:
        """What counts as now."""

    def progress(self, *, done: int, total: int | None = None) -> None:
        """Records progress and renews the lease inside the caller's transaction; raises LeaseLost if it was taken."""


@dataclass(frozen=True)
class Invariant:
    """A named check of `manage.py verify`: yields one sentence for each row that breaks it."""

    name: str
    check: Callable[[], Iterable[str]]


JobHandler = Callable[[Lease], None]
Channel = Callable[[dict[str, object]], None]
DueWork = Callable[[datetime], None]

job_handlers: dict[str, JobHandler] = {}
channels: dict[str, Channel] = {}
invariants: dict[str, Invariant] = {}
due_work: dict[str, DueWork] = {}


def job(kind: str) -> Callable[[JobHandler], JobHandler]:
    """Registers the handler of a kind of job. It must be safe to start again from any point."""

    def register(handler: JobHandler) -> JobHandler:
        job_handlers[kind] = handler
        return handler

    return register


def channel(kind: str) -> Callable[[Channel], Channel]:
    """Registers how an outbox row of a kind leaves the house. May be called twice for one row: at least once."""

    def register(send: Channel) -> Channel:
        channels[kind] = send
        return send

    return register


def invariant(name: str) -> Callable[[Callable[[], Iterable[str]]], Callable[[], Iterable[str]]]:
    """Registers a check for `manage.py verify`."""

    def register(check: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
        invariants[name] = Invariant(name, check)
        return check

    return register


def due(name: str) -> Callable[[DueWork], DueWork]:
    """Registers work that the sweep does whenever it is due (closing rounds …); it asks the database what is due."""

    def register(work: DueWork) -> DueWork:
        due_work[name] = work
        return work

    return register
