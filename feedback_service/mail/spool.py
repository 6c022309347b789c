"""
Where a mail waits between its arrival and the store: a folder, one file a mail.

A mail is on the disk before whoever brought it is told so, and it waits there while the service is down.  SQLite lets one process write,
and the program that a mail server pipes a mail into is another one.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from feedback_service.mail.mime import MOST_BYTES

MOST_WAITING = 10_000  # mails; then the mail server is told to come back later


class SpoolFullError(OSError):
    """Too many mails wait: nobody takes them."""


def waiting_in(data: Path) -> Path:
    """Name the folder where mails wait, in the folder of the service."""
    return data / "mail-in"


def put(folder: Path, raw: bytes, at: int) -> None:
    """
    Keep a mail, cut a byte behind MOST_BYTES.  When this returns it is on the disk.

    Args:
        at: Nanoseconds since 1970, for the order.
    Raises: OSError: It is not; SpoolFullError: because nobody takes mails out.
    """
    for name in ("tmp", "new"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    if sum(1 for _ in os.scandir(folder / "new")) >= MOST_WAITING:
        raise SpoolFullError(f"{MOST_WAITING} mails wait in {folder} already. Is the worker running?")
    name = f"{at:020d}-{secrets.token_hex(8)}"
    waiting = folder / "tmp" / name
    try:
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(raw[: MOST_BYTES + 1])
            file.flush()
            os.fsync(file.fileno())
        waiting.rename(folder / "new" / name)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    _sync(folder / "new")


def empty(folder: Path, take: Callable[[bytes], object], most: int = 50) -> int:
    """
    Hand over the mails that wait, in their order; each goes when *take* has returned.  A file that we may not read stops no other.

    Returns: How many were handed over.
    Raises: Whatever *take* raises: that mail and those behind it stay.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder / "new"))
    except FileNotFoundError:
        return 0
    taken = 0
    for name in names:
        raw = _read(folder / "new" / name)
        if raw is not None:
            take(raw)
            (folder / "new" / name).unlink(missing_ok=True)
            taken += 1
        if taken == most:
            break
    return taken


def _read(file: Path) -> bytes | None:
    """Read a file, but no link and no pipe; None if it cannot be read."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            return opened.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(opened.fileno()).st_mode) else None
    except OSError as error:
        import structlog  # only here: the pipe starts often, and should start at once

        structlog.get_logger("mail").warning("mail_not_readable", reason=error.strerror)
        return None


def _sync(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
