"""
Locks on a SQLite store.  One process is at home in the file; a command may be its guest and write while the service waits.

Three empty files beside the database, of which a process that dies gives its locks away:
`.lock`  locked for as long as somebody is at home; holds the number of that process
`.ask`   locked by a guest from asking to leaving
`.pause` locked by who is at home, between two commits, for as long as somebody asks

At no moment do two processes write: a guest writes only while `.pause` is locked, and nobody moves in while somebody asks.  Posts wait in
the writer's queue meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from feedback_service.store.errors import StoreError

PAUSE = 0.02  # seconds between two tries


def move_in(path: Path) -> int:
    """Take the file of a database for this process; returns the lock.  Raises: StoreError: If somebody has it."""
    lock = _file(path, "lock")
    if not _gets(lock, fcntl.LOCK_EX):
        owner = signed(lock)
        os.close(lock)
        raise StoreError(
            f"Process {owner or 'unknown'} has {path} already, and SQLite takes one process only. "
            "Stop that one first, or use PostgreSQL (--database-url) for several."
        )
    if Turn(path).is_asked():
        os.close(lock)
        raise StoreError(f"A command writes to {path} at this moment. Start again when it has ended.")
    return lock


def signed(lock: int) -> str:
    """Read what stands in a lock."""
    return os.pread(lock, 20, 0).decode("ascii", "replace").strip()


def sign(lock: int, text: str) -> None:
    """Write who has a lock."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, text.encode(), 0)


class Turn:
    """Asks for the file, as a guest; lets guests write, as who is at home.  *path* is that of the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._asking = -1
        self.is_guest = False
        self._mine: tuple[int, int] | None = None  # .ask and .pause of who is at home

    def ask(self, patience: float) -> int:
        """
        Move in, or become the guest of who is at home; returns the lock, which a guest only reads.

        Raises: StoreError: Who is at home did not wait within so many seconds.
        """
        until = time.monotonic() + patience
        lock, pause, self._asking = _file(self._path, "lock"), _file(self._path, "pause"), _file(self._path, "ask")
        try:
            while not _gets(self._asking, fcntl.LOCK_EX):  # another guest is there
                self._wait(until, lock)
            while not _gets(lock, fcntl.LOCK_EX):
                if not _gets(pause, fcntl.LOCK_SH):
                    self.is_guest = True
                    break
                fcntl.flock(pause, fcntl.LOCK_UN)
                self._wait(until, lock)
        except BaseException:
            os.close(lock)
            self.leave()
            raise
        finally:
            os.close(pause)
        return lock

    def is_asked(self) -> bool:
        """Tell whether a guest is there, or wants to be."""
        ask = _file(self._path, "ask")
        free = _gets(ask, fcntl.LOCK_SH)
        os.close(ask)
        return not free

    def give(self) -> None:
        """Between two commits, at home: if somebody asks, wait until they have left."""
        if self._asking >= 0:
            return
        if self._mine is None:
            self._mine = _file(self._path, "ask"), _file(self._path, "pause")
        ask, pause = self._mine
        if not _gets(ask, fcntl.LOCK_SH):
            fcntl.flock(pause, fcntl.LOCK_EX)
            while not _gets(ask, fcntl.LOCK_SH):  # held while the pause ends, so that the next guest does not take it for theirs
                time.sleep(PAUSE)
            fcntl.flock(pause, fcntl.LOCK_UN)
        fcntl.flock(ask, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Ask no more, and let nobody wait."""
        for file in (self._asking, *(self._mine or ())):
            if file >= 0:
                os.close(file)
        self._asking, self._mine = -1, None

    def _wait(self, until: float, lock: int) -> None:
        if time.monotonic() > until:
            raise StoreError(f"Process {signed(lock) or 'unknown'} has {self._path} and lets nobody in. Stop it, or try again.")
        time.sleep(PAUSE)


def _file(path: Path, name: str) -> int:
    place = path.with_name(f"{path.name}.{name}")
    try:
        return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{place} cannot be written: {error.strerror}. The service needs a folder of its own to write in.") from None


def _gets(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
