"""
Backups of a SQLite store: one file that sqlite3 opens, taken while the service runs, with its digest at its end.

The copy is written by a connection that only reads (VACUUM INTO): it is one moment of the database, holds nothing that was removed, and
nobody who posts waits for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from feedback_service.store.errors import StoreError
from feedback_service.store.schema import HEAD, is_known
from feedback_service.store.sqlite import NAME, SqliteDatabase
from feedback_service.store.turn import move_in

_MARK = b"\nkbgen-feedback-backup 1 "
_END = re.compile(rb"\nkbgen-feedback-backup 1 (\{[^\n]*\}) ([0-9a-f]{64})\n", re.DOTALL)
_LONGEST_END = 4096  # bytes
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself."""

    made_at: str  # ISO 8601
    schema: str
    cases: int
    audit: int  # rows of the trail
    head: str  # digest of its last row; "" for an empty one


def back_up(folder: Path, target: Path, now: datetime) -> Backup:
    """
    Write a backup.

    Args:
        folder: Of the service, which may be running.
        target: The file to write.  It appears when it is whole.
    Raises: StoreError: In one line.
    """
    source = folder / NAME
    if not source.is_file():
        raise StoreError(f"There is no {source} to back up.")
    if target.exists():
        raise StoreError(f"{target} is there already. A backup never replaces another: give it a new name.")
    settle(folder)
    part = target.with_name(f"{target.name}.part")
    try:
        new_file(part)
        with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)) as conn:
            conn.execute("VACUUM INTO ?", (str(part),))
        made = _facts(part, now)
        _close_with(part, made)
        part.rename(target)
        _sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The backup {target} could not be written: {error}.") from None
    finally:
        part.unlink(missing_ok=True)
    return made


def new_file(path: Path) -> None:
    """
    Make an empty file for the service's account alone.  What was there goes: a piece of a copy that was stopped, or what somebody else
    who may write to that folder put in its place, a link or a file of theirs.
    """
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def check(backup: Path) -> Backup:
    """
    Read a backup from end to end.

    Raises: StoreError: In one line: it is none, was cut or changed, or a newer program wrote it.
    """
    with _opened(backup) as (file, made, length):
        digest = hashlib.sha256()
        for piece in _pieces(file, length):
            digest.update(piece)
        end = file.read()
    told = end.rsplit(b" ", 1)
    digest.update(told[0] + b" ")
    if digest.hexdigest().encode() != told[1].strip():
        raise StoreError(f"{backup} was changed or damaged: its digest is another one. Take an older backup.")
    if not is_known(made.schema):
        raise StoreError(f"{backup} has schema {made.schema}, this program knows {HEAD}. A newer program wrote it: install that one.")
    return made


def restore(folder: Path, backup: Path) -> Backup:
    """
    Put a backup where the service finds it; older schemas are brought up when it starts.

    Raises: StoreError: In one line; also if a service has the folder, or a database is there.
    """
    made = check(backup)
    path = folder / NAME
    lock = move_in(path)
    part = path.with_name(f"{NAME}.part")
    try:
        for there in (path, path.with_name(f"{NAME}-wal")):
            if there.exists():
                raise StoreError(f"{there} is there already. Move it out of the way first: a backup never replaces a database.")
        with _opened(backup) as (file, _, length), _new(part) as copy:
            for piece in _pieces(file, length):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        _look_into(part, backup)
        part.rename(path)
        _sync_folder(folder)
    except OSError as error:
        raise StoreError(f"{backup} could not be restored to {folder}: {error}.") from None
    finally:
        part.unlink(missing_ok=True)
        os.close(lock)
    return made


def settle(folder: Path) -> None:
    """Bring in what a service that was killed left in its log, if no service has the folder: who only reads could not."""
    with contextlib.suppress(StoreError):
        lock = move_in(folder / NAME)
        os.close(lock)
        SqliteDatabase(folder).close()


def _facts(path: Path, now: datetime) -> Backup:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        (schema,) = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        (cases,) = conn.execute("SELECT count(*) FROM cases").fetchone()
        (rows,) = conn.execute("SELECT count(*) FROM audit").fetchone()
        last = conn.execute("SELECT digest FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return Backup(now.isoformat(timespec="seconds"), schema, cases, rows, last[0] if last else "")


def _close_with(path: Path, made: Backup) -> None:
    """Write facts and digest behind the database."""
    with path.open("r+b") as file:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        end = _MARK + json.dumps(asdict(made)).encode() + b" "
        digest.update(end)
        file.write(end + digest.hexdigest().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _opened(backup: Path) -> Iterator[tuple[BinaryIO, Backup, int]]:
    """Open a backup; gives the file at its beginning, what it says, and how long its database is."""
    try:
        with backup.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LONGEST_END))
            end = file.read()
            found = _END.fullmatch(end, max(0, end.rfind(_MARK)))
            if found is None:
                raise StoreError(f"{backup} is no whole backup: its end is missing or changed.")
            made = Backup(**json.loads(found[1]))
            file.seek(0)
            yield file, made, size - len(found[0])
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{backup} cannot be read as a backup: {error}.") from None


def _pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length and (piece := file.read(min(_PIECE, length))):
        length -= len(piece)
        yield piece


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "wb")


def _look_into(path: Path, backup: Path) -> None:
    """Let SQLite look at every page: a disk may have failed between the digest and now."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as conn:
            (found,) = conn.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise StoreError(f"{backup} holds a damaged database: {found}.")


def _sync_folder(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
