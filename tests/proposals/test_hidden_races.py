"""Closing a hidden round from many sides publishes each ballot once; casting against it, with the lock and without."""

import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from journal.models import Entry
from members.models import Member
from proposals import invariants
from proposals.models import Ballot, Outcome, Round
from proposals.services import publishing, rounds
from tests.proposals.cast import DEADLINE, HOUR, NOW, at, found, vote
from tests.proposals.contest import wrong
from tests.proposals.secret import hidden
from tests.proposals.test_races import unlocked, vote_while_closing
from tests.races import meeting, together

# A process of its own, with a clock that stands at the deadline; it waits until all of them are there.
CLOSER = """
import django; django.setup()
from datetime import datetime
from django.db import connection
from proposals.services import rounds
with connection.cursor() as cursor:
    print("there", flush=True)
    cursor.execute("SELECT pg_advisory_lock_shared(77)")
    rounds.close_due(clock=lambda: datetime.fromisoformat(%r))
"""


def voted(count: int = 5) -> tuple[list[Member], Round]:
    """A hidden round in which everybody has voted twice."""
    group = found([f"m{number:02d}" for number in range(count)])
    held = hidden(group[0])[1]
    for hour, choice in enumerate(("against", "for"), start=1):
        for member in group:
            vote(held, member, choice, NOW + hour * HOUR)
    return group, held


def published() -> list[int]:
    told = Entry.objects.filter(verb="ballot.cast").order_by("pk")
    return [entry.data["number"] for entry in told]


def test_closing_over_many_connections_publishes_each_ballot_once(committed_db: str) -> None:
    _group, held = voted()
    together([lambda: rounds.close_due(clock=at(DEADLINE))] * 24, connections=8)
    assert (wrong(held), Outcome.objects.count(), published()) == ([], 1, list(range(1, 11)))
    assert list(invariants.journal()) == []


@pytest.mark.torture
def test_eight_processes_close_and_publish_once(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _group, held = voted()
    monkeypatch.setenv("DATABASE_URL", committed_db)
    command = [sys.executable, "-c", CLOSER % DEADLINE.isoformat()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(77)")
        running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _number in range(8)]
        assert [process.stdout.readline() for process in running if process.stdout] == [b"there\n"] * 8
        cursor.execute("SELECT pg_advisory_unlock(77)")
    assert [process.wait(60) for process in running] == [0] * 8
    assert (wrong(held), Outcome.objects.count(), published()) == ([], 1, list(range(1, 11)))


def test_without_the_lock_entries_are_written_more_than_once_or_thrown_back(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    meeting(monkeypatch, rounds, "tally_of", 8)
    _group, _held = voted()
    last = Round.objects.get()

    def close() -> Any:
        # As the sweep does, without the net that keeps one failure from the other rounds.
        return rounds.close_held(proposal_id=last.proposal_id, at=DEADLINE)

    results = together([close] * 8, connections=8)
    # The outcome's key throws back who came second, after the entries were written for nothing.
    assert results.ends["IntegrityError"] or len(published()) > 10


@pytest.mark.parametrize("locked", [True, False])
def test_an_accepted_ballot_is_published(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        unlocked(monkeypatch)
    ana, ben, chen = found()
    _proposal, held = hidden(ana)
    vote(held, ana)
    vote(held, ben)
    results = vote_while_closing(monkeypatch, held, chen, write="write_hidden")
    assert (results.done, Ballot.objects.count()) == (2, 3)
    # Without the lock the third ballot was accepted, and neither counted nor ever published.
    assert (published() == [1, 2, 3], list(invariants.journal()) == []) == (locked, locked)


def test_a_worker_that_dies_while_it_publishes_leaves_nothing(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _group, held = voted()
    publish = publishing.publish

    def half(*args: Any, **more: Any) -> None:
        publish(*args, **more)
        raise RuntimeError("the power went")

    monkeypatch.setattr(publishing, "publish", half)
    assert rounds.close_due(clock=at(DEADLINE)) == []
    assert (published(), Outcome.objects.exists()) == ([], False)
    monkeypatch.setattr(publishing, "publish", publish)
    assert len(rounds.close_due(clock=at(DEADLINE + HOUR))) == 1
    assert (wrong(held), published()) == ([], list(range(1, 11)))
