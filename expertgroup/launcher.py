"""`make demo`: an embedded server, a group built into it, a web server and a worker; all of it ends with this process.

Runs before there is a DATABASE_URL, so it imports no settings: what needs Django runs as a child. Each child runs under
a guard (expertgroup.guard), so that nothing is left however this process ends.
"""

import contextlib
import datetime
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from psycopg import sql

from expertgroup import broker, guard
from expertgroup.embedded import Cluster, ClusterError, home_for

PROJECT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
DATABASE = "demo"
# Built under this name and renamed when complete: a build that was killed is never mistaken for a group.
UNFINISHED = "demo_unfinished"
# What a shell may export that would turn the demo into something else.
CLEARED = (
    "REDIS_URL",
    "MIGRATE_DATABASE_URL",
    "HTTPS",
    "BEHIND_PROXY",
    "DEBUG",
    "EMAIL_URL",
    "DEMO",
    "STATIC_ROOT",
    "LOG_LEVEL",
    "CHAIN_RPC_URL",
    "CHAIN_RECEIVER",
    "CHAIN_TOKENS",
    "PAYMENT_EVENTS_SECRET",
)
# The account on the demo's invoices: a number that is only ever an example, of a bank that does not exist.
BANK = {"BANK_NAME": "Technical Expert Group (demo)", "BANK_IBAN": "GB82WEST12345698765432", "BANK_BIC": "WESTGB22"}
START_SECONDS = 60
# A child that ended is started again after a second, later after ten.
RESTART_SECONDS = (1.0, 10.0)


class DemoError(Exception):
    """The demo cannot start; one line that says what to do."""


class Stopped(BaseException):
    """Somebody asked the demo to end (Ctrl-C, SIGTERM, a closed terminal)."""


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def edition() -> str:
    """Which group is up to date: today's (times are relative to the day, in UTC), by this builder on these tables."""
    sources = [*PROJECT.glob("expertgroup/demo/*.py"), *PROJECT.glob("*/migrations/*.py")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources)))
    return f"{datetime.datetime.now(datetime.UTC).date().isoformat()} {digest.hexdigest()[:16]}"


class Child:
    """A server of the demo, started under a guard and started again when it ends by itself."""

    def __init__(self, name: str, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.argv = argv
        self.environment = environment
        self._guard: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._restarts = 0

    def start(self) -> None:
        """Starts it."""
        self._started = time.monotonic()
        self._guard = subprocess.Popen(
            guard.command(self.argv, grace=12),
            stdin=subprocess.PIPE,
            cwd=PROJECT,
            env=dict(self.environment),
            start_new_session=True,
        )

    def ended(self) -> bool:
        """Whether it is not running."""
        return self._guard is None or self._guard.poll() is not None

    def revive(self) -> None:
        """Starts it again if it ended, not more often than every second, after five times every ten."""
        if self.ended() and time.monotonic() - self._started > RESTART_SECONDS[self._restarts >= 5]:
            self._restarts += 1
            say(f"The {self.name} ended; starting it again.")
            self.close()
            self.start()

    def close(self) -> None:
        """Asks it to stop; `wait` for it afterwards."""
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()

    def wait(self) -> None:
        """Waits until it and all its processes are gone."""
        if self._guard is not None:
            self._guard.wait()


class Demo:
    """One demo: where it lives, how its parts are told so, what runs."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.cluster = Cluster(home)
        self.children: list[Child] = []

    def environment(self, database: str = DATABASE, *, open_sign_in: bool = False) -> dict[str, str]:
        """What a child process is told; `open_sign_in` sets DEMO, which only a complete demo accepts."""
        inherited = {name: value for name, value in os.environ.items() if name not in CLEARED}
        return (
            inherited
            | BANK
            | {
                "DJANGO_SETTINGS_MODULE": "expertgroup.settings",
                "DATABASE_URL": self.cluster.url(database),
                "SECRET_KEY": _secret(self.home / "secret_key"),
                "ALLOWED_HOSTS": f"localhost,{LOOPBACK}",
                "BASE_URL": f"http://localhost:{self.port}",
                "BROKER_DIR": str(self.home / "broker"),
                "STATIC_ROOT": str(self.home / "static"),
                "MEDIA_ROOT": str(self.home / "media"),
                "DEMO": "1" if open_sign_in else "0",
                "DEMO_BIND": LOOPBACK,
                "LOG_LEVEL": "WARNING",
                # A demo may run as root, in a container say; celery's long warning would hide the address.
                "PYTHONWARNINGS": "ignore:You're running the worker",
            }
        )

    def prepare(self) -> None:
        """Brings static files, translations and the group up to date; an earlier day's or builder's is built anew."""
        _manage(self.environment(), "collectstatic", "--noinput", "--verbosity=0")
        _manage(self.environment(), "compile_catalogue")
        wanted = edition()
        if self._edition() == wanted:
            return
        say("Building the group …")
        self._replace(drop=(DATABASE, UNFINISHED), create=UNFINISHED)
        # What the group of before had sent each other; no row names it any more.
        shutil.rmtree(self.home / "media", ignore_errors=True)
        unfinished = self.environment(UNFINISHED)
        _manage(unfinished, "migrate", "--verbosity=0")
        _manage(unfinished, "createcachetable")
        _manage(unfinished, "build_demo")
        with self.cluster.connect() as server:
            renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(UNFINISHED), sql.Identifier(DATABASE)
            )
            server.execute(renamed)
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(DATABASE), wanted))

    def cast(self) -> list[tuple[str, str, str]]:
        """(role, name, address) of everybody who can be played, as the builder wrote them down first."""
        with self.cluster.connect(DATABASE) as server:
            row = server.execute("SELECT data FROM journal_entry ORDER BY id LIMIT 1").fetchone()
        return [(each["role"], each["name"], each["email"]) for each in (row[0] if row else {}).get("cast", [])]

    def _edition(self) -> str | None:
        """Which group was completed here, None when there is none."""
        with self.cluster.connect() as server:
            query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
            row = server.execute(query, [DATABASE]).fetchone()
        return row[0] if row else None

    def _replace(self, *, drop: Sequence[str], create: str) -> None:
        with self.cluster.connect() as server:
            for name in drop:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(create)))

    def serve(self) -> None:
        """Starts the web server and the worker, and returns when a page answers."""
        broker.empty(self.home / "broker")
        # Again: building took a while, and an answer of somebody else's server is not ours.
        _require_free(self.port)
        environment = self.environment(open_sign_in=True)
        self.children = [
            Child("web server", web_command(f"{LOOPBACK}:{self.port}"), environment),
            Child("worker", worker_command(), environment),
        ]
        for child in self.children:
            child.start()
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"http://{LOOPBACK}:{self.port}/healthz"):
            if self.children[0].ended() or time.monotonic() > deadline:
                raise DemoError("The web server did not start: see its lines above.")
            time.sleep(0.1)

    def supervise(self) -> None:
        """Keeps both running until somebody stops the demo."""
        while True:
            time.sleep(0.5)
            for child in self.children:
                child.revive()

    def close(self) -> None:
        """Ends everything: all are asked first, then awaited."""
        for child in self.children:
            child.close()
        for child in self.children:
            child.wait()
        self.cluster.stop()


def web_command(bind: str) -> list[str]:
    """gunicorn as the demo runs it; also what the tests of the launcher start."""
    threads = ["--workers", "1", "--worker-class", "gthread", "--threads", "8"]
    quiet = ["--log-level", "warning", "--no-control-socket", "--graceful-timeout", "3"]
    return [sys.executable, "-m", "gunicorn", "--bind", bind, *threads, *quiet, "expertgroup.wsgi"]


def worker_command() -> list[str]:
    """One worker with its clock inside; mingling and gossip are for clusters."""
    alone = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    return [
        sys.executable, "-m", "celery", "--app", "expertgroup", "--quiet", "worker",
        "--pool", "threads", "--concurrency", "4", "--beat", "--loglevel", "WARNING", *alone,
    ]  # fmt: skip


def _secret(path: Path) -> str:
    """The demo's own secret key, made at its first start."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _manage(environment: Mapping[str, str], *arguments: str) -> None:
    """Runs one command of manage.py to its end, under a guard."""
    argv = guard.command([sys.executable, "manage.py", *arguments])
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, cwd=PROJECT, env=dict(environment), start_new_session=True)
    try:
        code = process.wait()
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
    if code:
        raise DemoError(f"manage.py {arguments[0]} failed: see its lines above.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise DemoError(f"Port {port} is taken: make demo PORT={port + 1}") from None


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise DemoError(f"PORT must be a number from 1024 to 65535, not {text!r}.")
    return int(text)


@contextlib.contextmanager
def _stop_signals() -> Iterator[None]:
    """INT (ignored by default under a shell's `&`), TERM and HUP raise Stopped, once."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for sign in watched:
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for sign in watched:
        signal.signal(sign, stop)
    yield


def _introduce(demo: Demo) -> None:
    say("")
    say(f"  The group is alive: http://localhost:{demo.port}/")
    say(f"  One click signs you in as any of the cast: http://localhost:{demo.port}/demo/")
    for role, name, email in demo.cast():
        say(f"    {role:<10} {name:<16} {email}")
    say("  Ctrl-C ends it; tomorrow it is built anew.")
    say("")


def run(home: Path, environment: Mapping[str, str]) -> None:
    """Prepares, serves and supervises a demo until it is stopped."""
    if environment.get("DATABASE_URL"):
        raise DemoError("The demo runs on its own embedded server only: unset DATABASE_URL first.")
    port = _port(environment.get("PORT") or "8000")
    demo = Demo(home, port)
    try:
        say("Starting PostgreSQL …")
        demo.cluster.start(fresh=environment.get("FRESH", "") not in ("", "0"))
        _require_free(port)
        demo.prepare()
        demo.serve()
        _introduce(demo)
        demo.supervise()
    finally:
        demo.close()


def main() -> int:
    """The exit code: 0 when somebody stopped it, 1 when it could not start."""
    try:
        with _stop_signals():
            # DEMO_HOME is for tests, which keep their demo apart from the person's.
            run(Path(os.environ["DEMO_HOME"]) if "DEMO_HOME" in os.environ else home_for("demo"), os.environ)
    except Stopped:
        say("Stopped.")
        return 0
    except (DemoError, ClusterError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
