"""
A disk that fails when it is told to, under SQLite and nothing else: its `sync` may fail, and at any moment it tells what a power cut
would have left.

SQLite reaches files through a table of functions (sqlite3_vfs, sqlite3_io_methods).  Here copies of that table with a `sync` of ours are
handed to the SQLite library of this very process.  It stays so until the process ends: use it in a process of its own.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path

BLOCK = 4096  # bytes that a disk writes whole, or not at all
IOERR_FSYNC = 1034
_METHODS = 18  # pointers in version 3 of sqlite3_io_methods, behind iVersion
_SYNC = 4  # which of them is xSync
_SYNC_TYPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_OPEN_TYPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int))


class _Methods(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("functions", ctypes.c_void_p * _METHODS)]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int),
        ("size_of_file", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("functions", ctypes.c_void_p * 15),
    ]


class Disk:
    """
    Stands below SQLite from the moment it is made.

    `before_sync` is called with the number of the sync, from 1, before anything reaches the disk; True makes that sync fail.
    """

    def __init__(self, before_sync: Callable[[int], bool]):
        self.before_sync, self.syncs = before_sync, 0
        self.synced: dict[str, bytes] = {}  # file -> what a power cut leaves of it at least
        self._lock = threading.RLock()
        self._kept: list[object] = []  # the library keeps pointers to these
        self._paths: dict[int, str] = {}
        self._originals: dict[int, Callable[[int, int], int]] = {}
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        vfs = library.sqlite3_vfs_find(None).contents
        self._open = _OPEN_TYPE(vfs.open)
        mine = _OPEN_TYPE(self._opened)
        self._kept.append(mine)
        vfs.open = ctypes.cast(mine, ctypes.c_void_p).value

    def image(self, chosen: random.Random | None = None) -> dict[str, bytes]:
        """Tell what a power cut would leave now: what was synced; with *chosen*, also some blocks of what was written since."""
        with self._lock:
            return {path: _mixed(path, kept, chosen) if chosen else kept for path, kept in self.synced.items()}

    def _opened(self, vfs: int, name: int | None, file: int, flags: int, out: object) -> int:
        code = self._open(vfs, name, file, flags, out)  # the pointer itself: SQLite goes on reading the name from there
        table = ctypes.cast(file, ctypes.POINTER(ctypes.c_void_p))
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        if code == 0 and path and table[0] and not path.endswith("-journal"):
            self._paths[file] = path
            methods = _Methods.from_buffer_copy(ctypes.string_at(table[0], ctypes.sizeof(_Methods)))
            original = _SYNC_TYPE(methods.functions[_SYNC])
            mine = _SYNC_TYPE(lambda which, how: self._sync(original, which, how))
            methods.functions[_SYNC] = ctypes.cast(mine, ctypes.c_void_p).value
            self._kept += [methods, mine, original]
            table[0] = ctypes.addressof(methods)
        return code

    def _sync(self, original: Callable[[int, int], int], file: int, how: int) -> int:
        with self._lock:
            self.syncs += 1
            if self.before_sync(self.syncs):
                return IOERR_FSYNC
            code = original(file, how)
            path = self._paths[file]
            self.synced[path] = Path(path).read_bytes()
            return code


def _mixed(path: str, kept: bytes, chosen: random.Random) -> bytes:
    """Take each block as it was synced or as it was written since, as a disk that was cut off does."""
    try:
        now = Path(path).read_bytes()
    except FileNotFoundError:
        now = kept
    blocks = range(0, min(len(kept), len(now)), BLOCK)  # a length is changed whole: where the new one is longer, its end may be missing
    return b"".join(chosen.choice((kept, now))[start : start + BLOCK] for start in blocks)
