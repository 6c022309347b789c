"""
Run a command and say what it cost: wall, CPU and memory of all its processes together.  Linux only.

CPU is what the kernel accounts to the children that this process has waited for.  A worker that outlives its parent
becomes our child (PR_SET_CHILD_SUBREAPER) and is waited for as well, so that no process escapes the sum.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL = 0.02  # seconds between two looks at memory
_SUBREAPER = 36


class CommandFailedError(Exception):
    """The command ended with an exit code that was not expected; the message holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, all processes
    peak: int  # bytes, sum of the proportional set sizes (PSS) of all processes; 0 when not watched


def adopt_orphans() -> None:
    """Make this process the parent of its children's orphans.  Raises: OSError: If the kernel refuses."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def run(command: Sequence[str], folder: Path, log: Path, *, accept: Sequence[int] = (0,), memory: bool = False) -> Cost:
    """
    Run *command* in *folder* to its end, with its output in *log*.

    Args:
        accept: Exit codes that count as success.
        memory: Watch memory every 20 ms.  Reading PSS costs CPU on the same cores: do not mix such a run with timed ones.

    Returns: Its cost; the peak is 0 unless *memory*.
    Raises: CommandFailedError: If it ends with another exit code.
    """
    before = _cpu()
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "NO_COLOR": "1"},
            start_new_session=True,
        )
        with watched(process.pid, memory=memory) as peak:
            code = process.wait()
        wall = time.perf_counter() - start
    _reap()
    if code not in accept:
        tail = log.read_text("utf-8", "replace").strip().splitlines()[-5:]
        raise CommandFailedError(f"{' '.join(command)}: exit code {code}\n" + "\n".join(tail))
    return Cost(wall, _cpu() - before, peak[0])


@contextlib.contextmanager
def watched(session: int, *, memory: bool = True) -> Iterator[list[int]]:
    """Yield a list of one number: the highest sum of PSS of all processes of *session*, in bytes, final after the block."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(POLL):
            peak[0] = max(peak[0], sum(map(_pss, _members(session))))

    thread = threading.Thread(target=watch, daemon=True)
    if memory:
        thread.start()
    try:
        yield peak
    finally:
        done.set()
        if memory:
            thread.join()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    """Wait up to 5 s for orphans of the command, so that their CPU counts."""
    until = time.monotonic() + 5
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.01)


def _members(session: int) -> Iterator[int]:
    """Yield the processes of *session*; a process may end at any moment."""
    for name in os.listdir("/proc"):  # noqa: PTH208 - looked at 50 times a second: plain names are cheaper than paths
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{name}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
                if int(fields[3]) == session:
                    yield int(name)


def _pss(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    return 0
