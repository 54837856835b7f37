"""The worker over a real Redis: it does its work, and goes on when Redis went away, kept nothing, or came back."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from journal.services import entries
from tests.bench.web import free_port
from tests.ground.processes import eventually
from tests.integration.servers import redis_server

Start = Callable[[Sequence[str], Mapping[str, str]], subprocess.Popen[bytes]]
WORKER = [
    sys.executable,
    "-m",
    "celery",
    "--app",
    "expertgroup",
    "worker",
    "--concurrency",
    "2",
    "--loglevel",
    "WARNING",
]


def append() -> None:
    entries.append(actor="test", verb="test.said", subject="x", data={}, at=timezone.now())


def all_sealed() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_unsealed")
        waiting = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM journal_seal")
        return bool(waiting == 0 and cursor.fetchone()[0])


def test_entries_are_sealed_by_a_worker_and_a_beat(production: dict[str, str], start: Start) -> None:
    start(WORKER, production)
    start([*WORKER[:5], "beat", "--loglevel", "WARNING"], production)
    append()
    assert eventually(all_sealed, seconds=40)


def test_two_beats_do_nothing_twice(production: dict[str, str], start: Start) -> None:
    start(WORKER, production)
    for _ in range(2):
        start([*WORKER[:5], "beat", "--loglevel", "WARNING"], production)
    for _ in range(20):
        append()
    assert eventually(all_sealed, seconds=40)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT entry_id), max(number) FROM journal_seal")
        assert cursor.fetchone() == (20, 20, 20)


def test_a_redis_that_lost_everything_costs_nothing(production: dict[str, str], start: Start, tmp_path: Path) -> None:
    port = free_port()
    environment = production | {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    with redis_server(tmp_path / "first", port):
        start([*WORKER, "--beat"], environment)
        append()
        assert eventually(all_sealed, seconds=40)
    # Away; then another one, empty.
    append()
    assert not all_sealed()
    with redis_server(tmp_path / "second", port):
        assert eventually(all_sealed, seconds=60)


@pytest.mark.parametrize("sign", ["TERM", "KILL"])
def test_a_worker_that_ended_leaves_its_work_to_the_next(production: dict[str, str], start: Start, sign: str) -> None:
    first = start([*WORKER, "--beat"], production)
    append()
    assert eventually(all_sealed, seconds=40)
    if sign == "TERM":
        assert first.stdin is not None
        first.stdin.close()
    else:
        first.kill()
    first.wait()
    append()
    start([*WORKER, "--beat"], production)
    assert eventually(all_sealed, seconds=40)
