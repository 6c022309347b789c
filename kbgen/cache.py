"""
The shelf: the only memory between builds.

One SQLite file of rows `key -> bytes`.  A row is found by the digest of everything that its making depends on, our own code
included, so nothing is ever out of date and nobody bumps a version.  Rows hold JSON or plain bytes, never pickles: CI restores
caches across branches, and unpickling one is running it.  Any error while reading means "not there".
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from kbgen.digests import digest

CODE = Path(__file__).parent
LIBRARIES = frozenset(
    {
        "markdown",
        "pymdown_extensions",
        "jinja2",
        "pygments",
        "nh3",
        "pydantic",
        "pyyaml",
        "babel",
        "snowballstemmer",
        "pillow",
        "lunr",
        "opencc_python_reimplemented",
    }
)
PRUNE_ABOVE = 2  # rows on the shelf per row that the last build used


@cache
def code_digest() -> str:
    """Name our own code and the libraries whose output a row holds."""
    parts: list[str | bytes] = []
    for folder, folders, names in os.walk(CODE):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".py", ".json", ".toml")):
                place = f"{folder}/{name}"
                with open(place, "rb") as file:  # noqa: PTH123 - a hundred files in each build: Path costs more than the call
                    parts += [place.removeprefix(str(CODE)), file.read()]
    return digest(*parts, *_versions())


def _versions() -> list[str]:
    """Read the versions of libraries off the names that installers give; importlib.metadata would take 20 ms of every build."""
    found: list[str] = []
    for entry in sys.path:
        if entry.endswith("-packages"):
            try:
                found += [name for name in os.listdir(entry) if name.endswith(".dist-info") and name.partition("-")[0].lower() in LIBRARIES]  # noqa: PTH208 - as above
            except OSError:
                continue
    return sorted(found)


class Shelf:
    """
    Rows that survive a build.  A forked child opens the file for itself and hands its new rows over to its parent.

    Args:
        path: The SQLite file; made when missing, replaced when it cannot be read.
        empty: Forget everything first.
    """

    def __init__(self, path: Path, *, empty: bool = False) -> None:
        self.path = path
        if empty:
            self._forget()
        self.used: set[bytes] = set()
        self.fresh: dict[bytes, bytes] = {}
        self._near: dict[bytes, bytes] = {}
        self._lent: dict[bytes, bytes] = {}
        self._lasting = True
        self.code = code_digest()
        self._owner = self._process = os.getpid()
        self._db = self._open()

    def key(self, step: str, digests: Iterable[str]) -> bytes:
        """Name a step's result: 16 bytes over the step, our code and the digests of its inputs."""
        return bytes.fromhex(digest(step, self.code, *digests))

    def get(self, key: bytes) -> bytes | None:
        """Take a row; None when it is not there or cannot be read."""
        self._settle()
        self.used.add(key)
        row = self.fresh.get(key) or self._near.pop(key, None) or self._lent.get(key)
        if row is not None:
            return row
        try:
            found = self._db.execute("SELECT value FROM shelf WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        return found[0] if found else None

    def fetch(self, keys: list[bytes]) -> None:
        """Bring rows near that will be asked for, each once: many at a time cost a third of one by one."""
        try:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                marks = ",".join("?" * len(some))
                self._near.update(self._db.execute(f"SELECT key, value FROM shelf WHERE key IN ({marks})", some).fetchall())  # noqa: S608 - only question marks
        except sqlite3.Error:
            return

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a row; it reaches the disk at `save`."""
        self._settle()
        self.used.add(key)
        self.fresh[key] = value

    def memo(self, step: str, digests: Iterable[str], make: Callable[[], Any]) -> Any:  # noqa: ANN401 - any JSON value
        """
        Return what `make` returned when it was last called with these digests, or call it.

        Args:
            step: The name of the step.
            digests: Of everything that `make` reads.
            make: Returns a JSON value; it must be a pure function of the inputs that were named.
        """
        key = self.key(step, digests)
        row = self.get(key)
        if row is not None:
            try:
                return json.loads(row)
            except ValueError:
                pass
        value = make()
        self.put(key, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
        return value

    def adopt(self, rows: dict[bytes, bytes]) -> None:
        """Keep the rows that another process made."""
        self.used.update(rows)
        self.fresh.update(rows)

    def handover(self) -> dict[bytes, bytes]:
        """In a child: give the new rows away, for `adopt`.  In the process that opened the shelf: nothing, they are there."""
        if os.getpid() == self._owner:
            return {}
        rows, self.fresh = self.fresh, {}
        return rows

    def save(self) -> None:
        """Write the new rows.  A full disk or a second build costs time, never a result."""
        if not self.fresh or not self._lasting:  # children see what this process holds, not what its database does
            return
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO shelf (key, value) VALUES (?, ?)", self.fresh.items())
        except sqlite3.Error:
            return
        self.fresh.clear()

    def prune(self) -> None:
        """Drop the rows that this build did not use, once they are the larger part."""
        try:
            (count,) = self._db.execute("SELECT count(*) FROM shelf").fetchone()
            if count <= PRUNE_ABOVE * len(self.used) + 64:
                return
            stale = [row for row in self._db.execute("SELECT key FROM shelf") if row[0] not in self.used]
            with self._db:
                self._db.executemany("DELETE FROM shelf WHERE key = ?", stale)
        except sqlite3.Error:
            return

    def close(self) -> None:
        """Save and let go of the file."""
        self.save()
        self._db.close()

    def _settle(self) -> None:
        """Notice a fork: SQLite's connections must not be carried across one."""
        if os.getpid() != self._process:
            self._process = os.getpid()
            self._inherited = self._db  # never closed here: that would drop the parent's locks
            self._lent = self.fresh  # what the parent could not write, on a full disk for instance, is still here
            self.fresh = {}
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2 if os.getpid() == self._owner else 1):
            try:
                return _connect(self.path)
            except (sqlite3.Error, OSError):
                if os.getpid() == self._owner:
                    self._forget()
        self._lasting = False
        return _connect(Path(":memory:"))

    def _forget(self) -> None:
        """Delete the file; a folder in its place stays, and nothing is remembered."""
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(str(path), timeout=10, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")  # a lost cache costs time; the portal itself is written elsewhere
        db.execute("CREATE TABLE IF NOT EXISTS shelf (key BLOB PRIMARY KEY, value BLOB NOT NULL)")
        db.execute("SELECT key, value FROM shelf LIMIT 1").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db
