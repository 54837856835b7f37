"""One private cluster: made once, started, taken over from a killed starter, stopped."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from expertgroup import guard
from expertgroup.embedded import binaries
from expertgroup.embedded.places import ClusterError, server_account

# What expertgroup.checks asks the server for: only ours carries this name.
CLUSTER_NAME = "expertgroup_embedded"
SUPERUSER = "postgres"
# A unix socket's path may have 103 bytes on macOS, 107 on Linux; the file's own name takes 14.
LONGEST_SOCKET_FOLDER = 85
START_SECONDS = 90


class ClusterBusy(ClusterError):
    """Another living process runs a server in this home."""


class Cluster:
    """A cluster in `home`: ``start()``, ``url(database)``, ``stop()``; nothing of it survives the process.

    Not `durable`: what is committed survives the kill of any process, but not a power cut; for tests that make and drop
    hundreds of databases.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.account = server_account()
        self.binaries = binaries.find()
        self.owned = home / "pg"
        self.data = self.owned / "data"
        self.sockets = self.owned / "run"
        self._lock: IO[str] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._short: Path | None = None

    def url(self, database: str) -> str:
        """The DATABASE_URL of one database of this server."""
        return f"postgres://{SUPERUSER}@/{database}?host={self.sockets}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """An autocommit connection as the superuser."""
        return psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname=database, autocommit=True)

    def start(self, *, fresh: bool = False) -> None:
        """Starts the server (`fresh`: without its old data); one left by a killed starter goes first."""
        self._take_lock()
        try:
            self._prepare_folders()
            self._stop_stale()
            if fresh:
                shutil.rmtree(self.data, ignore_errors=True)
            self._initialise()
            self._launch()
            self._await_answer()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the server (fast: open transactions are rolled back) and gives up the lock."""
        if self._guard is not None:
            self._pg_ctl("stop", "-m", "fast", "-t", "30")
            assert self._guard.stdin is not None
            self._guard.stdin.close()
            self._guard.wait(60)
            self._guard = None
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)
            self._short = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def ensure_database(self, name: str) -> None:
        """Makes database `name` unless it exists."""
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _take_lock(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise ClusterBusy(
                f"A server already runs in {self.home} (process {holder}): stop that one first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _prepare_folders(self) -> None:
        if len(str(self.sockets)) > LONGEST_SOCKET_FOLDER:
            self._short = self.sockets = Path(tempfile.mkdtemp(prefix="eg-", dir="/tmp"))
        for folder in (self.owned, self.sockets):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self.account is not None:
                os.chown(folder, *self.account)

    def _stop_stale(self) -> None:
        """Stops the server of a starter that was killed before its guard could end it."""
        pid_file = self.data / "postmaster.pid"
        for mode in ("fast", "immediate"):
            if not pid_file.exists() or not _is_postgres(int(pid_file.read_text().split()[0])):
                return
            self._pg_ctl("stop", "-m", mode, "-t", "20")

    def _initialise(self) -> None:
        if (self.data / "PG_VERSION").exists():
            made_by = int((self.data / "PG_VERSION").read_text())
            if made_by != self.binaries.major:
                raise ClusterError(f"{self.data} was made by PostgreSQL {made_by}: remove {self.home} and start again.")
            return
        # Under another name until it is complete: a kill in the middle leaves no half cluster.
        unfinished = self.owned / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The locale is fixed, not taken from the moment: sorting must not depend on who starts the demo.
        locale = ["--locale=C", "--encoding=UTF8"]
        if self.binaries.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            locale.append("--no-sync")
        options = ["--username", SUPERUSER, "--auth-local=trust", "--auth-host=reject", "--no-instructions", *locale]
        made = self._run("initdb", "-D", str(unfinished), *options)
        if made.returncode:
            raise ClusterError(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
        unfinished.rename(self.data)

    def _launch(self) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "cluster_name": CLUSTER_NAME,
            "max_connections": "120",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        argv = [str(self.binaries.folder / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        with (self.home / "server.log").open("wb") as log:
            self._guard = subprocess.Popen(
                guard.command(argv, stop=signal.SIGINT, grace=30, account=self.account),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                umask=0o077,
            )

    def _await_answer(self) -> None:
        assert self._guard is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError as error:
                if self._guard.poll() is not None or time.monotonic() > deadline:
                    log = (self.home / "server.log").read_text(errors="replace").strip().splitlines()
                    raise ClusterError(f"PostgreSQL did not start: {log[-1] if log else error}") from error
                time.sleep(0.05)
            else:
                return

    def _pg_ctl(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of PostgreSQL under the server's account, from a folder that it may enter."""
        uid, gid = self.account or (None, None)
        return subprocess.run(
            [self.binaries.folder / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=[] if uid is not None else None,
            umask=0o077,
        )


def _is_postgres(pid: int) -> bool:
    """Whether process `pid` lives and is a PostgreSQL server (numbers of ended processes are given out again)."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        said = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
        return "postgres" in said.stdout


@contextlib.contextmanager
def running(home: Path, database: str = "expertgroup", *, durable: bool = True) -> Iterator[str]:
    """Runs a server in `home` and yields the DATABASE_URL of `database`, made when missing."""
    cluster = Cluster(home, durable=durable)
    cluster.start()
    try:
        cluster.ensure_database(database)
        yield cluster.url(database)
    finally:
        cluster.stop()
