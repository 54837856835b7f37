"""The demo's worker: asynchronous over files, with its clock inside, undisturbed by what it cannot read."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from expertgroup import guard, launcher
from journal.services import entries
from tests.ground.processes import eventually

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def worker(committed_db: str, scratch_broker: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The launcher's worker on this test's database and folder."""
    process = subprocess.Popen(
        guard.command(launcher.worker_command()),
        stdin=subprocess.PIPE,
        cwd=PROJECT,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        start_new_session=True,
    )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.wait()


def unsealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_unsealed")
        return int(cursor.fetchone()[0])


def append() -> None:
    entries.append(actor="test", verb="test.said", subject="x", data={}, at=timezone.now())


def test_it_seals_what_is_written(worker: subprocess.Popen[bytes], scratch_broker: Path) -> None:
    append()
    assert unsealed() == 1
    assert eventually(lambda: unsealed() == 0, seconds=30)
    # Half a file, an empty one, one that is no message: it goes on.
    for number, content in enumerate((b'{"body": "', b"", b"\xff\xfe")):
        (scratch_broker / "messages" / f"0_{number}.celery.msg").write_bytes(content)
    append()
    assert eventually(lambda: unsealed() == 0, seconds=30)
    assert worker.poll() is None
