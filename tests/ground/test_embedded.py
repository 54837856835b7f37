"""The embedded server: it starts, ends with its starter even after kill -9, changes nobody's folders."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from expertgroup.embedded import Cluster, ClusterBusy, ClusterError, binaries, places, running, temporary_home
from tests import databases
from tests.ground.processes import eventually, mentioning

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home("ground") as folder:
        yield folder


@contextlib.contextmanager
def started(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs a server in `home` and has said so."""
    argv = [sys.executable, "-m", "tests.ground.starter", str(home)]
    process = subprocess.Popen(argv, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgres://")
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def quick(home: Path) -> contextlib.AbstractContextManager[str]:
    """A server that does not wait for the disk."""
    return running(home, durable=False)


def write(url: str, text: str) -> None:
    with databases.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS said (text text)")
        connection.execute("INSERT INTO said VALUES (%s)", [text])


def read(url: str) -> list[str]:
    with databases.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM said")]


def test_data_lasts_and_no_process_does(home: Path) -> None:
    with quick(home) as url:
        write(url, "kept")
        assert any("postgres" in line for line in mentioning(str(home)))
    assert mentioning(str(home)) == []
    with quick(home) as url:
        assert read(url) == ["kept"]


def test_it_listens_nowhere_but_on_its_socket(home: Path) -> None:
    with running(home) as url, databases.connect(url) as connection:
        row = connection.execute("SELECT current_setting('listen_addresses'), current_setting('fsync')").fetchone()
        assert row == ("", "on")
        assert (home / "pg" / "run").stat().st_mode & 0o077 == 0


def test_sorting_does_not_depend_on_who_starts_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    with quick(home) as url, databases.connect(url) as connection:
        row = connection.execute("SELECT upper('i'), 'Z' < 'a', current_setting('server_encoding')").fetchone()
        assert row == ("I", True, "UTF8")


def test_a_starter_that_ends_takes_the_server_with_it(home: Path) -> None:
    with started(home) as process:
        process.terminate()
        assert process.wait(20) == 0
        assert mentioning(str(home)) == []


def test_a_killed_starter_takes_the_server_with_it(home: Path) -> None:
    with started(home) as process:
        process.kill()
        process.wait()
        assert eventually(lambda: mentioning(str(home)) == [])


def test_a_start_after_a_kill_finds_everything_committed(home: Path) -> None:
    with started(home) as process:
        write(Cluster(home).url("expertgroup"), "before the kill")
        process.kill()
        process.wait()
        # At once: the old server may still be stopping.
        with quick(home) as url:
            assert read(url) == ["before the kill"]


def test_a_server_that_lost_starter_and_guard_is_stopped_by_the_next_start(home: Path) -> None:
    with quick(home) as url:
        write(url, "kept")
    cluster = Cluster(home)
    cluster._prepare_folders()
    # As if both had been killed on a system that tells no child: a server without anybody.
    cluster._pg_ctl("start", "-w", "-l", "/dev/null", "-o", f"-c listen_addresses= -k {cluster.sockets}")
    orphan = (home / "pg" / "data" / "postmaster.pid").read_text().split()[0]
    with quick(home) as url:
        assert read(url) == ["kept"]
        assert (home / "pg" / "data" / "postmaster.pid").read_text().split()[0] != orphan
    assert mentioning(str(home)) == []


def test_two_starters_do_not_share_a_home(home: Path) -> None:
    with started(home) as process, pytest.raises(ClusterBusy, match=f"process {process.pid}"):
        Cluster(home).start()


def test_a_kill_while_the_cluster_is_made_leaves_no_half_cluster(home: Path) -> None:
    half = home / "pg" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    if places.server_account():
        shutil.chown(home / "pg", *places.server_account() or ())
    with quick(home) as url:
        write(url, "whole")


def test_data_of_another_version_is_named_not_touched(home: Path) -> None:
    with quick(home):
        pass
    version = home / "pg" / "data" / "PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(ClusterError, match="made by PostgreSQL 9"):
        Cluster(home).start()
    assert mentioning(str(home)) == []


def test_no_folder_above_changes_its_mode(tmp_path: Path) -> None:
    # What the wheel's own launcher does as root: it opens every folder above its data to everybody.
    above = [*PROJECT.parents, PROJECT, *tmp_path.parents, Path.home(), Path("/var/tmp")]  # noqa: S108
    before = [(path, path.stat().st_mode) for path in above]
    with temporary_home("ground") as home, quick(home):
        pass
    assert [(path, path.stat().st_mode) for path in above] == before


def test_in_memory_only_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MEMORY", tmp_path)
    for least, there in ((0, True), (2**62, False)):
        monkeypatch.setattr(places, "MEMORY_LEAST", least)
        with temporary_home("room", in_memory=True) as home:
            assert home.is_relative_to(tmp_path) is there


def test_without_any_postgresql_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_of_wheel", lambda: iter(()))
    monkeypatch.setattr(binaries, "_of_machine", lambda: iter(()))
    with pytest.raises(ClusterError, match="apt-get install -y postgresql") as refused:
        binaries.find()
    assert "\n" not in str(refused.value)


def test_without_the_wheel_the_machine_s_own_serves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_of_wheel", lambda: iter(()))
    try:
        binaries.find()
    except ClusterError:
        pytest.skip("this machine has no PostgreSQL of its own")
    with quick(home) as url:
        write(url, "said")
        assert read(url) == ["said"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server needs programs that another account can reach")
def test_programs_in_a_private_folder_are_copied_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "reachable", lambda _: False)
    found = binaries.find()
    assert found.folder.is_relative_to(places.shared_root())
    with quick(home) as url:
        write(url, "said")
    shutil.rmtree(found.folder.parents[2])


def _ordinary_python() -> str | None:
    """An interpreter of this version that every account may run."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for path in (Path(sys.executable).resolve(), *(Path(folder, version) for folder in ("/usr/bin", "/usr/local/bin"))):
        if path.exists() and places.reachable(path):
            return str(path)
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_it_runs_for_an_ordinary_user_too() -> None:
    python = _ordinary_python()
    if python is None or not places.reachable(PROJECT / "manage.py"):
        pytest.skip("an ordinary user cannot reach this clone or its Python")
    nobody = pwd.getpwnam("nobody")
    code = "from expertgroup.embedded import *\nwith temporary_home('user') as h, running(h) as url: print(url)"
    packages = Path(str(sys.modules["psycopg"].__file__)).parents[1]
    said = subprocess.run(
        [python, "-c", code],
        cwd="/",
        env={"PYTHONPATH": f"{PROJECT}:{packages}", "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.startswith("postgres://"), said.stderr
    assert mentioning(f"eg-{nobody.pw_uid}-user") == []
