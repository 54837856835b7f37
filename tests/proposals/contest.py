"""Many connections at once: threads that each have their own, and what they left behind."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import close_old_connections, connection
from django.db.utils import Error

from journal.refusals import Refusal
from proposals.models import Ballot, Outcome, Round
from proposals.selectors import replays
from proposals.selectors.counts import tally_of

Act = Callable[[], object]


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
    """Runs the acts over as many connections as threads, all of them let go at one moment."""
    results, start = results or Results(), threading.Event()

    def run(act: Act) -> None:
        start.wait()
        results.attempt(act)

    with ThreadPoolExecutor(connections, initializer=close_old_connections) as pool:
        # The pool's threads must be there before they are let go; each opens its connection with its first query.
        waiting = [pool.submit(run, act) for act in acts]
        start.set()
        for one in waiting:
            one.result()
        list(pool.map(lambda _number: connection.close(), range(connections * 4)))
    return results


def wrong(held: Round) -> list[str]:
    """What is wrong with a closed round: the chain, its places, and an outcome that does not count the ballots."""
    said = list(replays.broken_proposals())
    outcome = Outcome.objects.filter(round=held).first()
    if outcome is None:
        return [*said, "no outcome"]
    if outcome.tally != tally_of(held).as_json():
        said.append("the outcome does not count the ballots")
    last = Ballot.objects.filter(seat__round=held).order_by("-number").first()
    if last is not None and (last.receipt != outcome.last_receipt or last.cast_at > outcome.decided_at):
        said.append("a ballot came after the outcome")
    return said
