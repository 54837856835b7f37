"""A real web server for benchmarks over HTTP: gunicorn in its own process, on a loopback port, ended with this one."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from expertgroup import guard

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def gunicorn(
    application: str = "expertgroup.wsgi", *, threads: int = 4, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serves `application` over the database in DATABASE_URL; yields the URL without a slash at the end."""
    port = free_port()
    server = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", str(threads)]
    quiet = ["--log-level", "warning", "--no-control-socket", "--graceful-timeout", "1"]
    process = subprocess.Popen(
        guard.command([sys.executable, "-m", *server, *quiet, application]),
        stdin=subprocess.PIPE,
        cwd=PROJECT,
        env=os.environ | dict(environment or {}),
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()  # noqa: S310
        except urllib.error.HTTPError:
            # It answers; that this application has no such page does not matter here.
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{url} did not answer") from error
            time.sleep(0.05)
        else:
            return
