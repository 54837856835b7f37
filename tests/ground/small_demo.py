"""The launcher with a site that only says yes and a worker that only waits: quick to start, real to kill."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from expertgroup import launcher

Answer = Callable[[str, list[tuple[str, str]]], object]


def application(_environ: dict[str, object], start_response: Answer) -> Iterable[bytes]:
    """200 for every address."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"yes"]


class SmallDemo(launcher.Demo):
    """Needs no build and does not wait for the disk."""

    def __init__(self, home: Path, port: int) -> None:
        super().__init__(home, port)
        self.cluster.durable = False

    def prepare(self) -> None:
        """Leaves out what takes long and is tested elsewhere."""

    def cast(self) -> list[tuple[str, str, str]]:
        """Nobody."""
        return []


def _web(bind: str) -> list[str]:
    return [*real_web(bind)[:-1], "tests.ground.small_demo:application"]


def _worker() -> list[str]:
    # The folder's name is for those who look for this process.
    return [sys.executable, "-c", "import time; time.sleep(600)", f"small-worker-of-{Path(sys.argv[1]).name}"]


if __name__ == "__main__":
    real_web = launcher.web_command
    launcher.Demo, launcher.web_command, launcher.worker_command = SmallDemo, _web, _worker  # type: ignore[misc]
    sys.exit(launcher.main())
