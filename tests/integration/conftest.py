"""What production has: a Redis, a PostgreSQL with passwords, the compose file's commands as processes."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from expertgroup import guard, runtime_role

PROJECT = Path(__file__).resolve().parents[2]
Start = Callable[[Sequence[str], Mapping[str, str]], subprocess.Popen[bytes]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is an integration test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.integration)


@pytest.fixture
def redis_url() -> str:
    """A database of its own, emptied, in the Redis that TEST_REDIS_URL names."""
    url = os.environ.get("TEST_REDIS_URL")
    if not url:
        pytest.fail("no Redis: run `python -m tests.integration.servers pytest -m integration`")
    redis.Redis.from_url(url).flushdb()
    return url


@pytest.fixture
def production(committed_db: str, redis_url: str) -> Iterator[dict[str, str]]:
    """The environment of a process in production: HTTPS, two roles, Redis, over a clone."""
    role, password = f"eg_serving_{secrets.token_hex(4)}", secrets.token_hex()
    runtime_role.create(role, password)
    runtime_role.grant(role)
    parts = urlsplit(committed_db)
    serving = urlunsplit(parts._replace(netloc=f"{role}:{password}@{parts.netloc.rpartition('@')[2]}"))
    yield {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": serving,
        "MIGRATE_DATABASE_URL": committed_db,
        "RUNTIME_PASSWORD": password,
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "group.example",
        "BASE_URL": "https://group.example",
        "BEHIND_PROXY": "1",
        "EMAIL_URL": "dummymail://",
        "HOSTNAME": "integration",
        "STATIC_ROOT": os.environ.get("STATIC_ROOT", str(PROJECT / "var" / "static")),
    }
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a command in the project's folder, under a guard; all are stopped before their database goes."""
    with contextlib.ExitStack() as stack:

        def run(argv: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                guard.command(argv, grace=15),
                stdin=subprocess.PIPE,
                cwd=PROJECT,
                env=dict(environment),
                start_new_session=True,
            )
            stack.callback(process.wait)
            assert process.stdin is not None
            stack.callback(process.stdin.close)
            return process

        yield run
