"""Runs one command and ends it, with its whole process group, as soon as standard input closes.

The one who starts a guard holds the other end of the pipe. However that process ends, kill -9 included, the kernel
closes the pipe, so nothing that was started through a guard outlives its starter. Standard library only: it runs under
``python -I -S`` and, when root starts a server for an unprivileged account, gives up its rights for the child alone.
"""

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

# prctl(2): the signal a process gets when its parent ends.
PR_SET_PDEATHSIG = 1


def command(
    argv: Sequence[str],
    *,
    stop: signal.Signals = signal.SIGTERM,
    grace: float = 10.0,
    account: tuple[int, int] | None = None,
) -> list[str]:
    """The guarded form of `argv`; `account` is (uid, gid) for the child, `grace` seconds pass before it is killed."""
    guarded = [sys.executable, "-I", "-S", str(Path(__file__).resolve()), "--stop", stop.name, "--grace", str(grace)]
    if account is not None:
        guarded += ["--account", f"{account[0]}:{account[1]}"]
    return [*guarded, "--", *argv]


def _die_with_parent(sign: signal.Signals, parent: int) -> Callable[[], None] | None:
    """A pre-exec hook (Linux) that ends the child should the guard itself be killed; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return hook


def _signal_group(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sign)


def _stop_when_orphaned(child: subprocess.Popen[bytes], stop: signal.Signals, grace: float) -> None:
    """Waits for the end of standard input, then asks the child to stop and insists after `grace` seconds."""
    while os.read(0, 1024):
        pass
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(stop)
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        _signal_group(child.pid, signal.SIGKILL)


def main(argv: Sequence[str]) -> int:
    """Runs the command after ``--`` and returns its exit code (128 + n for signal n)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stop", default="SIGTERM")
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("--account", default="")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(argv)
    # A handler, not SIG_IGN: exec gives the child the default action again, also under a shell's `&`.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: None)
    stop = signal.Signals[options.stop]
    uid, gid = (int(part) for part in options.account.split(":")) if options.account else (None, None)
    child = subprocess.Popen(
        options.command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        user=uid,
        group=gid,
        extra_groups=[] if uid is not None else None,
        preexec_fn=_die_with_parent(stop, os.getpid()),
    )
    threading.Thread(target=_stop_when_orphaned, args=(child, stop, options.grace), daemon=True).start()
    code = child.wait()
    # Whatever the child left in its group (celery's embedded beat, say) goes with it.
    _signal_group(child.pid, signal.SIGKILL)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
