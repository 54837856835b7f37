"""The launcher: answers, revives what ended, leaves nothing behind however it ends, refuses what it must not touch."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from consulting.rules import paying
from expertgroup import launcher
from expertgroup.embedded import temporary_home
from tests.ground.processes import eventually, mentioning

PROJECT = Path(__file__).resolve().parents[2]


class Running(NamedTuple):
    """A demo in another process."""

    process: subprocess.Popen[str]
    home: Path
    port: int

    def answers(self) -> bool:
        """Whether a page comes."""
        return launcher._answers(f"http://127.0.0.1:{self.port}/healthz")

    def left(self) -> list[str]:
        """Processes of this demo besides the launcher."""
        named = (str(self.home), f"small-worker-of-{self.home.name}", f"127.0.0.1:{self.port}")
        found = {line for text in named for line in mentioning(text)}
        return [line for line in found if not line.endswith(f"small_demo {self.home}")]


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home("launch") as folder:
        yield folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, **environment: str) -> subprocess.Popen[str]:
    cleared = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ground.small_demo", str(home)],
        cwd=PROJECT,
        env=cleared | {"DEMO_HOME": str(home)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextlib.contextmanager
def running(home: Path) -> Iterator[Running]:
    """A demo that has said that it is alive."""
    port = free_port()
    process = start(home, PORT=str(port))
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "is alive" in line:
                break
        else:
            pytest.fail("".join(said))
        yield Running(process, home, port)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_no_process_is_left(home: Path, sign: signal.Signals) -> None:
    with running(home) as demo:
        assert demo.answers()
        assert len(demo.left()) >= 5
        demo.process.send_signal(sign)
        demo.process.wait(30)
        assert eventually(lambda: demo.left() == []), demo.left()
        assert not demo.answers()
        assert demo.process.returncode == (0 if sign != signal.SIGKILL else -signal.SIGKILL)


def test_it_starts_again_after_a_kill(home: Path) -> None:
    with running(home) as killed:
        killed.process.kill()
        killed.process.wait()
        # At once, on the same home: what is still ending must not be in the way.
        with running(home) as again:
            assert again.answers()


def test_a_worker_that_ended_is_started_again(home: Path) -> None:
    with running(home) as demo:
        name = f"small-worker-of-{home.name}"

        def workers() -> list[int]:
            listed = subprocess.run(
                ["pgrep", "-f", f"^[^ ]*python[^ ]* -c .*{name}"], capture_output=True, text=True, check=False
            )
            return [int(each) for each in listed.stdout.split()]

        (worker,) = workers()
        os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: len(workers()) == 1 and workers() != [worker])
        assert demo.answers()


def test_only_this_machine_reaches_it(home: Path) -> None:
    with running(home) as demo:
        listed = subprocess.run(["ss", "-Hltn", f"sport = :{demo.port}"], capture_output=True, text=True, check=False)
        if listed.returncode:
            pytest.skip("ss is not installed")
        assert {line.split()[3] for line in listed.stdout.splitlines()} == {f"127.0.0.1:{demo.port}"}


def test_its_secret_key_is_its_own_and_lasts(home: Path) -> None:
    first = launcher._secret(home / "secret_key")
    assert launcher._secret(home / "secret_key") == first
    assert len(first) >= 50
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600


def test_it_bills_for_a_bank_and_looks_at_no_chain(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAIN_RPC_URL", "https://node.example")
    monkeypatch.setenv("BANK_IBAN", "of the person at the terminal")
    told = launcher.Demo(home, 8000).environment()
    account = paying.bank(name=told["BANK_NAME"], iban=told["BANK_IBAN"], bic=told["BANK_BIC"])
    assert account is not None
    assert account.iban == "GB82WEST12345698765432"
    assert [name for name in told if name.startswith("CHAIN_")] == []
    assert Path(told["MEDIA_ROOT"]) == home / "media"


def test_another_builder_or_table_means_another_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PROJECT", tmp_path)
    for folder in ("expertgroup/demo", "treasury/migrations"):
        (tmp_path / folder).mkdir(parents=True)
    editions = [launcher.edition()]
    for file in ("expertgroup/demo/script.py", "treasury/migrations/0001_initial.py"):
        (tmp_path / file).write_text("# new")
        editions.append(launcher.edition())
    assert len(set(editions)) == 3
    assert launcher.edition() == editions[-1]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": "postgres://somebody@db/production"}, "unset DATABASE_URL"),
        ({"PORT": "80"}, "from 1024"),
        ({"PORT": "eight"}, "PORT must be a number"),
    ],
)
def test_it_says_in_one_line_why_it_does_not_start(home: Path, environment: dict[str, str], words: str) -> None:
    process = start(home, **environment)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_a_taken_port_is_named_with_a_free_one(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said, _ = start(home, PORT=str(port)).communicate(timeout=60)
    assert f"Port {port} is taken: make demo PORT={port + 1}" in said
    assert mentioning(str(home)) == []


def test_a_second_demo_on_the_same_home_is_refused(home: Path) -> None:
    with running(home) as demo:
        said, _ = start(home, PORT=str(free_port())).communicate(timeout=60)
        assert f"process {demo.process.pid}" in said
        assert demo.answers()
        assert urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/", timeout=5).read() == b"yes"
