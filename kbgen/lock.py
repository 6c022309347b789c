"""One build at a time.  The lock is the system's own, so it dies with its process: nothing stale is ever left."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT = 60.0  # seconds
STEP = 0.05


class BusyError(Exception):
    """Another build holds the knowledge base.  The message names its process."""


@contextmanager
def holding(root: Path, wait: float = WAIT) -> Iterator[None]:
    """
    Hold the knowledge base for the block.

    Args:
        root: The folder that holds content/.
        wait: Seconds to wait for another build to end.

    Raises: BusyError: It did not end in time.
    """
    place = root / ".kbgen" / "lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a+", encoding="ascii") as file:
        try:
            import fcntl  # noqa: PLC0415 - not on every system
        except ImportError:
            yield
            return
        end = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > end:
                    file.seek(0)
                    raise BusyError(
                        f"Another build (process {file.read().strip() or 'unknown'}) is running in {root}. Wait for it to end, or stop it"
                    ) from None
                time.sleep(STEP)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
