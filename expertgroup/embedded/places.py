"""Where an embedded server keeps its files, and under which account of the operating system it runs.

PostgreSQL refuses to run as root, so root's server runs under an account of its own. That account must reach its files:
they lie below /var/tmp, never below a private directory whose mode would have to be changed.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNT_NAME = "expertgroup-pg"
DISK, MEMORY = Path("/var/tmp"), Path("/dev/shm")  # noqa: S108 - what lies there is checked below
# A run of tests has a template, the demo's group and a few clones at once; a container's usual 64 MB are too few.
MEMORY_LEAST = 4 * 1024**3


class ClusterError(Exception):
    """The embedded server cannot run; the text is one line that says what to do."""


class Account(NamedTuple):
    """An account of the operating system: (uid, gid)."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """The account that root's server runs under, made when missing; None for an ordinary user: their own."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return _account(ACCOUNT_NAME)
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd:
        flags = [
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
        ]
        subprocess.run([useradd, *flags, ACCOUNT_NAME], capture_output=True, check=False)
        with contextlib.suppress(KeyError):
            return _account(ACCOUNT_NAME)
    # A read-only account file, or macOS: nobody exists everywhere.
    return _account("nobody")


def _account(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(entry.pw_uid, entry.pw_gid)


def shared_root(above: Path = DISK) -> Path:
    """Root's folder that every account may enter; refused when somebody else made it or may write in it."""
    path = above / f"expertgroup-{os.geteuid()}"
    with contextlib.suppress(FileExistsError):
        path.mkdir()
        path.chmod(0o755)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise ClusterError(f"{path} must be a folder that only root may write in: remove it and start again.")
    return path


def reachable(path: Path) -> bool:
    """Whether every account may enter all folders above `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def home_for(name: str) -> Path:
    """The lasting home of this clone's server `name`; two clones never share one."""
    if os.geteuid() != 0:
        return PROJECT / "var" / name
    return shared_root() / f"{name}-{hashlib.sha256(str(PROJECT).encode()).hexdigest()[:10]}"


@contextlib.contextmanager
def temporary_home(name: str, *, in_memory: bool = False) -> Iterator[Path]:
    """A home that is removed afterwards; homes that killed runs left behind go first.

    `in_memory` where the machine has the room: a clone is a thousand files, and takes a twentieth of the time there.
    """
    memory = MEMORY if in_memory and _has_room(MEMORY) else None
    above = shared_root(memory or DISK) if os.geteuid() == 0 else memory or Path(tempfile.gettempdir())
    prefix = f"eg-{os.geteuid()}-{name}-"
    for left in above.glob(f"{prefix}*"):
        _remove_if_unused(left)
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=above))
    if os.geteuid() == 0:
        home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free >= MEMORY_LEAST


def _remove_if_unused(home: Path) -> None:
    """Removes a temporary home unless a living process holds its lock or its server still runs."""
    with contextlib.suppress(OSError):
        if home.lstat().st_uid != os.geteuid() or (home / "pg" / "data" / "postmaster.pid").exists():
            return
        with (home / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(home, ignore_errors=True)
