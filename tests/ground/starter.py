"""Runs an embedded server in the folder named on the command line until it is asked to stop or killed."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType

from expertgroup import embedded


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit


def main(home: Path) -> None:
    """Prints the DATABASE_URL when the server answers."""
    signal.signal(signal.SIGTERM, _stop)
    with embedded.running(home, durable=False) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        time.sleep(600)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except embedded.ClusterError as error:
        sys.exit(str(error))
