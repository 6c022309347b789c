"""
The care of a store [I/O]: exports, imports, one person's data, erasure, the audit trail.  Backups are store/backup.py.

All of it may be done beside a service that runs: on SQLite it waits while something else writes (store/turn.py).
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from feedback_service.addresses import AddressError, parse_address
from feedback_service.domain.nouns import Act, Actor
from feedback_service.store import Store, StoreError, Tx, audit, erasure, portable, sweeps
from feedback_service.store.backup import new_file
from feedback_service.store.onlooker import Onlooker
from feedback_service.store.portable import LONGEST_LINE, Moved

CASES_AT_ONCE = 50  # of an erasure: between two of them others write
PATIENCE = 30.0  # seconds to wait for who still reads what was erased
COMMAND = "command"  # who acts when somebody at the machine does


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to; all zero if there was nothing."""

    cases: int
    messages: int
    others: int  # rows outside the person's own cases
    is_swept: bool  # False: the files still hold what was removed, because somebody, such as a backup, reads an older state


def export_to(store: Store | Onlooker, target: Path, now: datetime) -> Moved:
    """Write a whole store as lines of JSON.  The file appears when it is whole.  Raises: StoreError, UnavailableError."""
    with _appearing(target) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        return store.read(portable.write_to, file, now)


def import_from(store: Store, source: Path, now: datetime) -> Moved:
    """Take a whole export into an empty store, or nothing.  Raises: StoreError: In one line."""

    def take(tx: Tx) -> Moved:
        with source.open(encoding="utf-8", newline="\n") as file:
            moved = portable.take(tx, _lines(file))
        audit.note(tx, COMMAND, "store.imported", "", f"{moved.rows} rows", now)
        return moved

    try:
        return store.write(take)
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{source} cannot be read: {error}. Nothing was taken.") from None


def export_person(store: Store | Onlooker, address: str, target: Path) -> int:
    """
    Write everything that is kept of a person to a zip file; returns the number of files in it.

    Raises: StoreError: In one line.
    """
    address = _address(address)
    with _appearing(target) as part:
        return store.read(_pack, part, address)


def person_packed(store: Store, address: str, by: str, now: datetime) -> bytes:
    """Give everything that is kept of a person as a zip file, with a line in the trail.  Raises: StoreError: If this is no address."""
    address, target = _address(address), io.BytesIO()
    store.read(_pack, target, address)
    key = store.read(erasure.key_of_person, address)
    store.write(audit.note, by, "person.exported", key, "", now)
    return target.getvalue()


def reach_of(store: Store, address: str) -> dict[str, int]:
    """Count what `erase_person` would take away.  Raises: StoreError: If this is no address."""
    return store.read(erasure.reach, _address(address))


def erase_person(store: Store, address: str, by: str, now: datetime, patience: float = PATIENCE) -> Erased:
    """
    Erase a person: what they wrote, what was written in their cases, how they can be reached, and their address wherever it stands.

    May be stopped at any point and begun again; twice is once.

    Args:
        by: Login of who decided it, for the history and the audit trail.
        patience: Seconds to wait for who still reads an older state.
    Raises: StoreError: If this is no address.  UnavailableError.
    """
    address = _address(address)
    key = store.read(erasure.key_of_person, address)
    spellings = store.read(erasure.spellings_of, address, key)
    how = Act(Actor("agent", by), now)
    cases = messages = 0
    while ids := store.read(erasure.cases_of_person, key, CASES_AT_ONCE):
        messages += store.write(erasure.erase_cases, ids, how)
        cases += len(ids)
    others = store.write(erasure.erase_person, address, key)
    found = store.read(erasure.mentions, spellings)
    if found:
        store.write(erasure.strike_out, found, spellings)
    if cases or others or found:
        store.write(audit.note, by, "person.erased", key, f"{cases} cases, {others + len(found)} other rows", now)
    return Erased(cases, messages, others + len(found), sweep(store, now, patience))


def sweep(store: Store, now: datetime, patience: float = PATIENCE) -> bool:
    """
    Let the bytes of the files hold nothing of what was removed.  On SQLite nothing is written in the meantime: seconds, with 100,000 cases.

    Args:
        patience: Seconds to wait for who still reads an older state.
    Returns: False if somebody still did.
    """
    last = store.read(sweeps.unswept)
    done = store.database.sweep(patience)
    if done and last:
        store.write(sweeps.note_swept, last, now)
    return done


def _pack(tx: Tx, target: Path | IO[bytes], address: str) -> int:
    """Write a person's traces as files of a zip; returns how many there are."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, what in erasure.traces(tx, address):
            file.writestr(name, what if isinstance(what, bytes) else _told(what))
        if not file.namelist():
            file.writestr("nothing.json", _told({"kept": []}))
        return len(file.namelist())


def _address(text: str) -> str:
    try:
        return parse_address(text)
    except AddressError as error:
        raise StoreError(f"{text} is no address ({error.reason}).") from None


def _lines(file: IO[str]) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        yield line


def _told(what: dict[str, Any]) -> str:
    """Write rows for people: moments as such, not as counts."""
    return json.dumps(_readable(what), ensure_ascii=False, indent=1) + "\n"


def _readable(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _readable(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_readable(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and (name == "at" or name.endswith(("_at", "_until", "_since", "_due"))):
        return datetime.fromtimestamp(value / 1_000_000, UTC).isoformat()
    return value


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """Give a file for the service's account alone that takes its name when it is whole, and is gone if it never was."""
    if target.exists():
        raise StoreError(f"{target} is there already. Nothing is written over: give a new name.")
    part = target.with_name(f"{target.name}.part")
    try:
        new_file(part)
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    except OSError as error:
        raise StoreError(f"{target} could not be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
