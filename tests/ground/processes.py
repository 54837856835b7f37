"""Looks at processes from outside, as a person with `ps` would."""

import subprocess
import time
from collections.abc import Callable


def mentioning(text: str) -> list[str]:
    """The command lines of living processes that contain `text`; ended ones that wait to be reaped do not count."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = (line.strip().split(None, 1) for line in listed.splitlines())
    return [row[1] for row in rows if len(row) == 2 and not row[0].startswith("Z") and text in row[1]]


def eventually(condition: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    """Whether the condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
