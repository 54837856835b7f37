"""A private PostgreSQL server with passwords and a private Redis, both of the machine's own, on free loopback ports.

``python -m tests.integration.servers COMMAND...`` runs a command with TEST_DATABASE_URL and TEST_REDIS_URL set, stops
both afterwards and returns the command's exit code.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import redis

from expertgroup import guard
from expertgroup.embedded import binaries, temporary_home
from expertgroup.embedded.places import Account, server_account
from tests.bench.web import free_port

OWNER = "integration_owner"
START_SECONDS = 60


@contextlib.contextmanager
def postgres(home: Path) -> Iterator[str]:
    """A server of the machine's own PostgreSQL over TCP, with passwords; yields the URL of its superuser."""
    # Sorted by version: /usr/lib/postgresql/15/bin, …/17/bin.
    folder = max((each for each in binaries._of_machine() if binaries._major(each)), key=binaries._major)
    account, port, password = server_account(), free_port(), secrets.token_hex()
    own = home / "postgres"
    own.mkdir()
    (own / "password").write_text(password)
    if account:
        for path in (own, own / "password"):
            os.chown(path, *account)
    options = ["--username", OWNER, "--pwfile", str(own / "password"), "--auth", "scram-sha-256"]
    _run_as(account, [str(folder / "initdb"), "-D", str(own / "data"), *options, "--locale=C.UTF-8"])
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "150",
    }
    argv = [str(folder / "postgres"), "-D", str(own / "data")]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    url = f"postgres://{OWNER}:{password}@127.0.0.1:{port}/postgres"
    with _guarded(argv, home / "postgres.log", stop=signal.SIGINT, account=account):
        _await(lambda: psycopg.connect(url).close(), psycopg.OperationalError, home / "postgres.log")
        yield url


@contextlib.contextmanager
def redis_server(home: Path, port: int | None = None) -> Iterator[str]:
    """A Redis that keeps an append-only file in `home`; yields its URL."""
    port = port or free_port()
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("redis-server is not installed: apt-get install -y redis-server")
    home.mkdir(exist_ok=True)
    kept = ["--dir", str(home), "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    url = f"redis://127.0.0.1:{port}/0"
    with _guarded([program, "--bind", "127.0.0.1", "--port", str(port), *kept], home / "redis.log"):
        _await(lambda: redis.Redis.from_url(url).ping(), redis.RedisError, home / "redis.log")
        yield url


@contextlib.contextmanager
def _guarded(
    argv: Sequence[str], log: Path, *, stop: signal.Signals = signal.SIGTERM, account: Account | None = None
) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            guard.command(argv, stop=stop, account=account),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
        )
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def _run_as(account: Account | None, argv: Sequence[str]) -> None:
    uid, gid = account or (None, None)
    groups: list[str | int] | None = [] if uid is not None else None
    done = subprocess.run(argv, cwd="/", user=uid, group=gid, extra_groups=groups, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())


def _await(ask: Callable[[], object], unready: type[Exception], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            ask()
        except unready:
            if time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.05)
        else:
            return


def main(argv: Sequence[str]) -> int:
    """Runs `argv` with both servers."""
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(temporary_home("servers"))
        environment = os.environ | {
            "TEST_DATABASE_URL": stack.enter_context(postgres(home)),
            "TEST_REDIS_URL": stack.enter_context(redis_server(home / "redis")),
        }
        return subprocess.run(argv, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
