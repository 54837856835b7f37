"""The file-system broker, made safe for several processes; used where there is no Redis.

Kombu's own writes a message in place and reads it without a lock: a reader that comes too early loses the message,
and an empty table of bindings ends a worker. Here every file is complete before it has its name, a message is read
before it is claimed by a rename, and one that cannot be read waits for the next pass.
"""

import contextlib
import fcntl
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

ALIAS = "files"
TRANSPORT_ALIASES[ALIAS] = "expertgroup.broker:Transport"


def empty(root: Path) -> None:
    """Drops all messages and bindings: a message only wakes a worker, the job's row is what counts."""
    for folder in (root / "messages", root / "control"):
        for file in folder.glob("*"):
            file.unlink(missing_ok=True)


def _write_whole(target: Path, content: bytes) -> None:
    """Writes under another name in the same folder, then renames: a reader sees all of it or nothing."""
    unfinished = target.with_name(f"{target.name}.{uuid.uuid4().hex}.new")
    unfinished.write_bytes(content)
    unfinished.rename(target)


class Channel(filesystem.Channel):
    """Messages and bindings in files that appear whole and are taken by rename."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (Path(self.data_folder_in), Path(self.data_folder_out), self.control_folder):
            folder.mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, str_to_bytes(dumps(payload)))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(file.name for file in folder.iterdir()):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = folder / f"{name}.{uuid.uuid4().hex}.taken"
            try:
                payload = loads(bytes_to_str((folder / name).read_bytes()))
                (folder / name).rename(claimed)
            except (OSError, ValueError):
                # Somebody else took it, or it cannot be read: it waits for the next pass.
                continue
            claimed.unlink()
            return payload
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        try:
            content = self._exchange_file(exchange).read_bytes()
        except FileNotFoundError:
            return []
        return [filesystem.exchange_queue_t(*row) for row in loads(bytes_to_str(content))]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._alone():
            rows = self.get_table(exchange)
            if row not in rows:
                self._write_table(exchange, [row, *rows])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._alone():
            rows = self.get_table(exchange)
            if row in rows:
                self._write_table(exchange, [each for each in rows if each != row])

    def _write_table(self, exchange: str, rows: list[Any]) -> None:
        _write_whole(self._exchange_file(exchange), str_to_bytes(dumps(rows)))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time changes bindings."""
        with (self.control_folder / "bindings.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """``files://``: the file-system transport over this channel."""

    Channel = Channel
