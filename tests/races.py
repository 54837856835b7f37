"""Many connections at once: threads that each have their own, and where they meet."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.db.utils import Error

from journal.refusals import Refusal
from tests import databases

Act = Callable[[], object]
# Until a test gives up on what never happens; no test passes because of it.
PATIENCE = 60.0
# Rows and advisory locks; not the short waits of PostgreSQL's own.
BLOCKED = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
  AND wait_event IN ('transactionid', 'tuple', 'advisory')
"""


@dataclass
class Results:
    """What each attempt came to: `done`, a refusal's code, or the name of a database error."""

    ends: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, act: Act) -> None:
        """Does it and notes how it ended; anything else than a refusal or a database error is a defect of the test."""
        try:
            act()
            end = "done"
        except Refusal as refusal:
            end = refusal.code
        except Error as failure:
            end = type(failure).__name__
        with self.lock:
            self.ends[end] += 1

    @property
    def turns(self) -> int:
        """How many have had their turn."""
        return self.ends.total()

    @property
    def done(self) -> int:
        """How many were accepted."""
        return self.ends["done"]


def together(acts: Iterable[Act], *, connections: int, results: Results | None = None) -> Results:
    """Runs the acts over as many connections as threads, which all have theirs before the first act begins."""
    waiting, results = list(acts), results or Results()
    threads = min(connections, len(waiting))
    start = threading.Barrier(threads)

    def connect() -> None:
        connection.ensure_connection()
        start.wait(PATIENCE)

    with ThreadPoolExecutor(threads, initializer=connect) as pool:
        list(pool.map(results.attempt, waiting))
        list(pool.map(lambda _number: connection.close(), range(threads * 4)))
    return results


def at_once(*acts: Act) -> list[str]:
    """What came of each act, in their order: `done`, or the class of the refusal or database error.

    All begin together, each over a connection of its own.
    """
    start = threading.Barrier(len(acts))

    def run(act: Act) -> str:
        connection.ensure_connection()
        start.wait(PATIENCE)
        try:
            act()
        except (Refusal, Error) as stopped:
            return type(stopped).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def until(met: Callable[[int], bool]) -> None:
    """Returns when `met` says so of the number of connections that wait for a lock."""
    deadline = time.monotonic() + PATIENCE
    with databases.connect(os.environ["DATABASE_URL"]) as watcher:
        while True:
            row = watcher.execute(BLOCKED).fetchone()
            assert row is not None
            if met(row[0]):
                return
            assert time.monotonic() < deadline, "the others neither came nor wait for a lock"
            time.sleep(0.005)


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int, *, before: bool = False) -> None:
    """Whoever has done a step (or is about to, with `before`) stands still until all parties do or wait for a lock.

    With the guard one stands there and the others wait for it; without it they all have looked before one of them
    writes. No clock decides which.
    """
    step, here, met = getattr(module, name), [0], threading.Event()
    counting = threading.Lock()

    def stand() -> None:
        with counting:
            here[0] += 1
        if not met.is_set():
            until(lambda blocked: met.is_set() or here[0] + blocked >= parties)
            met.set()

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if before:
            stand()
        given = step(*args, **kwargs)
        if not before:
            stand()
        return given

    monkeypatch.setattr(module, name, slowly)


class Paused:
    """A step whose first caller stands still after it (or before) until another act has ended or waits for a lock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, before: bool = False) -> None:
        self.step, self.before = getattr(module, name), before
        self.there, self.ended = threading.Event(), threading.Event()
        # Whether the other act had to wait.
        self.other_waited = False
        monkeypatch.setattr(module, name, self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The step itself; only its first caller stands still."""
        if self.there.is_set():
            return self.step(*args, **kwargs)
        if self.before:
            self._stand()
            return self.step(*args, **kwargs)
        given = self.step(*args, **kwargs)
        self._stand()
        return given

    def _stand(self) -> None:
        self.there.set()
        until(lambda blocked: self.ended.is_set() or blocked > 0)
        self.other_waited = not self.ended.is_set()

    def meanwhile(self, act: Act, other: Act) -> Results:
        """`act` in a connection of its own, `other` in this one while it stands still."""
        results = Results()

        def run() -> None:
            results.attempt(act)
            connection.close()

        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(run)
            assert self.there.wait(PATIENCE), "the step was never reached"
            results.attempt(other)
            self.ended.set()
            running.result()
        return results
