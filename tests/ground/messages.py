"""Sends or takes messages: ``python -m tests.ground.messages send FOLDER NAME COUNT`` or ``take FOLDER TAKERS``."""

import os
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.connection import Connection

from expertgroup import broker


def queue_of(folder: Path) -> str:
    """A name of its own: kombu remembers for the whole process which queues are bound, whatever the folder."""
    return f"work-{folder.name}"


def connect(folder: Path, scheme: str = broker.ALIAS) -> Any:
    """A connection to the broker in `folder`."""
    options = {name: str(folder / "messages") for name in ("data_folder_in", "data_folder_out")}
    options["control_folder"] = str(folder / "control")
    return Connection(f"{scheme}://", transport_options=options)


def send(folder: Path, name: str, count: int) -> None:
    """Sends `count` messages "name-0" …"""
    with connect(folder) as connection, connection.SimpleQueue(queue_of(folder)) as queue:
        for number in range(count):
            queue.put(f"{name}-{number}")


def meet(folder: Path, takers: int) -> None:
    """Returns when so many takers have come here; fails after a minute."""
    (folder / f"taker-{os.getpid()}").touch()
    deadline = time.monotonic() + 60
    while len(list(folder.glob("taker-*"))) < takers:
        assert time.monotonic() < deadline, "another taker got nothing"
        time.sleep(0.005)


def take(folder: Path, takers: int) -> None:
    """Says ready, then prints each message until there are none and the folder has a file ``stop``.

    With its first message in its hands it waits until each of so many takers has one.
    """
    first = True
    with connect(folder) as connection, connection.SimpleQueue(queue_of(folder)) as queue:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            # Looked for before the queue: what was sent before the file was made is found after it.
            stopping = (folder / "stop").exists()
            try:
                message = queue.get_nowait()
            except Empty:
                if stopping:
                    return
                time.sleep(0.005)
                continue
            sys.stdout.write(f"{message.payload}\n")
            message.ack()
            if first:
                meet(folder, takers)
                first = False


if __name__ == "__main__":
    place = Path(sys.argv[2])
    if sys.argv[1] == "send":
        send(place, sys.argv[3], int(sys.argv[4]))
    else:
        take(place, int(sys.argv[3]))
