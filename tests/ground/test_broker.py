"""The file-system broker: nothing is lost or doubled between processes, half a file waits."""

import subprocess
import sys
from pathlib import Path
from queue import Empty

import pytest

from expertgroup import broker
from tests.ground.messages import connect, queue_of

PROJECT = Path(__file__).resolve().parents[2]


def start(*arguments: object) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "tests.ground.messages", *map(str, arguments)]
    return subprocess.Popen(argv, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_two_senders_and_two_takers_lose_and_double_nothing(tmp_path: Path) -> None:
    takers = [start("take", tmp_path, 2) for _ in range(2)]
    for taker in takers:
        assert taker.stdout is not None
        assert taker.stdout.readline() == "ready\n"
    senders = [start("send", tmp_path, name, 400) for name in ("a", "b")]
    for sender in senders:
        sender.communicate()
        assert sender.returncode == 0
    (tmp_path / "stop").touch()
    taken = [taker.communicate()[0].split() for taker in takers]
    assert [taker.returncode for taker in takers] == [0, 0]
    assert sorted([*taken[0], *taken[1]]) == sorted(f"{name}-{number}" for name in "ab" for number in range(400))
    # Each had one before either took a second: both worked, so they raced.
    assert all(taken)
    assert list((tmp_path / "messages").iterdir()) == []


def half_a_message(folder: Path, scheme: str) -> tuple[Path, bytes]:
    """Sends a message and leaves only the start of its file, as one finds it who reads while it is written."""
    with connect(folder, scheme) as connection, connection.SimpleQueue(queue_of(folder)) as queue:
        queue.put("whole")
    (file,) = (folder / "messages").glob("*.msg")
    content = file.read_bytes()
    file.write_bytes(content[:20])
    return file, content


def test_a_message_that_cannot_be_read_waits_for_the_next_pass(tmp_path: Path) -> None:
    file, content = half_a_message(tmp_path, broker.ALIAS)
    with connect(tmp_path) as connection, connection.SimpleQueue(queue_of(tmp_path)) as queue:
        with pytest.raises(Empty):
            queue.get_nowait()
        file.write_bytes(content)
        assert queue.get_nowait().payload == "whole"


def test_kombu_s_own_broker_loses_it(tmp_path: Path) -> None:
    # The control: were this to pass one day, our channel would have no reason.
    for folder in ("messages", "control"):
        (tmp_path / folder).mkdir()
    file, _ = half_a_message(tmp_path, "filesystem")
    with connect(tmp_path, "filesystem") as connection, connection.SimpleQueue(queue_of(tmp_path)) as queue:
        with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
            queue.get_nowait()
        assert not file.exists()


def test_unreadable_messages_do_not_hold_up_the_others(tmp_path: Path) -> None:
    half_a_message(tmp_path, broker.ALIAS)
    with connect(tmp_path) as connection, connection.SimpleQueue(queue_of(tmp_path)) as queue:
        queue.put("next")
        assert queue.get_nowait().payload == "next"


def test_emptied_at_start(tmp_path: Path) -> None:
    with connect(tmp_path) as connection, connection.SimpleQueue(queue_of(tmp_path)) as queue:
        queue.put("old")
    broker.empty(tmp_path)
    with connect(tmp_path) as connection, connection.SimpleQueue(queue_of(tmp_path)) as queue, pytest.raises(Empty):
        queue.get_nowait()


def test_a_binding_is_written_once_and_can_go(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        channel = connection.channel()
        for _ in range(2):
            channel._queue_bind("news", "", "", "mine")
        channel._queue_bind("news", "", "", "yours")
        assert {row.queue for row in channel.get_table("news")} == {"mine", "yours"}
        assert len(channel.get_table("news")) == 2
        channel._delete("mine", "news", "", "")
        assert [row.queue for row in channel.get_table("news")] == ["yours"]
