"""
Work on both cores, each piece under a limit of CPU time.

The pieces are handed over by `fork`: children see the parent's values as they are, so nothing is pickled on the way in.
Where a system has no `fork`, or where there is little to do, the same function runs in this process.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

FEW = 24  # below this many pieces a second process costs more than it brings
_PR_SET_PDEATHSIG = 1
MEMORY = 2 << 30  # bytes of address space that a child may add

_work: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


class TooSlowError(BaseException):
    """The limit of CPU time is used up.  A BaseException, so that no library's `except Exception` swallows it."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """
    Raise TooSlowError in the block once this process has used so many seconds of CPU time in it.

    Works in the main thread of systems that have `setitimer`; elsewhere there is no limit.
    Python's regular expressions look for signals as they run, so a pattern that backtracks for hours is stopped too.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def each(function: Callable[[T], R], items: Sequence[T], jobs: int, few: int = FEW) -> Iterator[R]:
    """
    Yield function(item) for each item, in order.

    Args:
        function: Must return something that can be pickled, and handle its own errors.
        items: Seen by the children as they are in this process now.
        jobs: Processes to use; 1 means this one.
        few: Below this many items a second process costs more than it brings.

    Raises: ChildDiedError: A child was killed from outside, or its memory ran out, also at a second try.
    """
    if jobs < 2 or len(items) < few or not hasattr(os, "fork"):  # noqa: PLR2004
        yield from map(function, items)
        return
    yield from _forked(function, items, jobs)


class ChangedError(Exception):
    """A file changed, or went, while it was being used.  The message names it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} changes while the portal is being built. Build again when it is at rest")
        self.path = path

    def __reduce__(self) -> tuple[type[ChangedError], tuple[str]]:
        """Let the error come back from a child."""
        return ChangedError, (self.path,)


def twice(work: Callable[[], R]) -> R:
    """Do a piece of work, and once more when a file changed under it."""
    try:
        return work()
    except (ChangedError, LookupError):
        return work()


class ChildDiedError(Exception):
    """A child process is gone without an answer."""


def _forked(function: Callable[[T], R], items: Sequence[T], jobs: int) -> Iterator[R]:
    from collections import deque
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 30 ms that small builds never pay
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    global _work  # noqa: PLW0603 - what children inherit has to stand in a module
    size = max(1, min(64, len(items) // (jobs * 8)))
    spans = [(start, min(start + size, len(items))) for start in range(0, len(items), size)]
    _work = (function, items)
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=_start, initargs=(os.getpid(),)) as pool:
            try:
                waiting = deque(pool.submit(_span, span) for span in spans)
                while waiting:
                    yield from waiting.popleft().result()
            except BaseException:  # ctrl-C, a polite kill, a full disk: nobody waits for what the children are at
                for child in list((pool._processes or {}).values()):  # noqa: SLF001 - Python has no public way before 3.14
                    child.kill()
                raise
    except BrokenProcessPool as error:
        raise ChildDiedError("a worker process was killed or ran out of memory") from error
    finally:
        _work = None


def _end_with_parent(parent: int) -> None:
    """Ask Linux for a signal when the parent dies: an orphan would hold the parent's lock, and whoever builds next would wait for it."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:  # it died before it could be asked
        os._exit(1)


def _start(parent: int) -> None:
    """Make a child modest: it ends with its parent, its memory has a limit, ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with_parent(parent)
    try:
        import resource  # noqa: PLC0415 - not on every system

        pages = int(open("/proc/self/statm", encoding="ascii").read().split()[0])  # noqa: PTH123, SIM115
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, resource.RLIM_INFINITY))
    except (ImportError, OSError, ValueError):
        return


def _span(span: tuple[int, int]) -> list[Any]:
    assert _work is not None  # noqa: S101 - set before the fork
    function, items = _work
    return [function(item) for item in items[span[0] : span[1]]]
