"""Everything that only SQLite needs: how its file is opened, locked and looked at before it is trusted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool, QueuePool

from feedback_service.store.errors import StoreError, UnavailableError
from feedback_service.store.schema import HEAD, version_of
from feedback_service.store.turn import Turn, move_in, sign, signed
from feedback_service.store.writer import Job, Writer

T = TypeVar("T")

NAME = "service.db"
READERS = 4
BUSY = 5_000  # milliseconds to wait for a lock that somebody else holds
PAUSE = 0.1  # seconds between two looks whether the log may be emptied
CACHE = 8_192  # KiB of pages that one connection remembers
_NEW = "new"  # in the lock while a first start is not through: an empty file is no loss then
_MAGIC = b"SQLite format 3\0"
_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"}


class SqliteDatabase:
    """
    One file in a folder, written by one thread of one process and read by a few connections that cannot write.

    Args:
        folder: Must exist.  The file is made if the folder never had one.
        patience: Seconds to wait for a service that has the file to let a command write; 0: it is not asked.
    Raises: StoreError: In one line, if the file is not to be trusted or somebody else has it.
    """

    def __init__(self, folder: Path, patience: float = 0.0) -> None:
        self.path = folder / NAME
        self._turn = Turn(self.path)
        self._lock = self._turn.ask(patience) if patience else move_in(self.path)
        try:
            _look_at(self.path, self._lock)
            if not self.path.exists():
                sign(self._lock, _NEW)
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))  # SQLite's log goes by it
            self._engine = engine_of(self.path)
            try:
                with self._engine.connect() as conn:  # makes the file, and its WAL, for the readers
                    conn.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            except OperationalError as error:
                raise StoreError(f"{self.path} cannot be opened: {error.orig}.") from None
            except DatabaseError as error:
                raise StoreError(f"{self.path} is damaged: {error.orig}. Restore it from a backup.") from None
            if not self._turn.is_guest:
                sign(self._lock, str(os.getpid()))
        except BaseException:
            os.close(self._lock)
            self._turn.leave()
            raise
        self._reading = engine_of(self.path, is_reader=True)
        self._pool = ThreadPoolExecutor(READERS, "store-reader")
        self._writer: Writer | None = None
        self._starting = threading.Lock()

    @property
    def writer(self) -> Writer:
        """The one who writes; started when first asked for, after the migrations."""
        with self._starting:
            if self._writer is None:
                self._writer = Writer(self._engine.connect, self._turn.give)
        return self._writer

    def migrate(self, change: Callable[[Connection], None]) -> None:
        """Change the schema in one transaction, before anybody writes.  A guest finds the schema that it knows, or leaves."""
        with self._engine.connect() as conn, conn.begin():
            if self._turn.is_guest and (version := version_of(conn)) != HEAD:
                raise StoreError(f"The service has schema {version}, this command knows {HEAD}. Use the program that the service runs.")
            change(conn)
        self.is_writable()  # starts the writer, who also lets commands in when there is nothing to write

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do a job and wait until it is on the disk.  Not from an event loop."""
        waiter: Future[T] = Future()
        self.writer.submit(Job(work, waiter))
        return waiter.result()

    async def write_soon(self, work: Callable[[Connection], T]) -> T:
        """Do a job, and answer when it is on the disk."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        self.writer.submit(Job(work, waiter, loop))
        return await waiter

    def read(self, work: Callable[[Connection], T]) -> T:
        """Look at one moment of the database."""
        try:
            with self._reading.connect() as conn, conn.begin():
                return work(conn)
        except (OperationalError, PoolTimeoutError) as error:
            raise UnavailableError(str(getattr(error, "orig", error))) from error

    async def read_soon(self, work: Callable[[Connection], T]) -> T:
        """Look, from an event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.read, work)

    def sweep(self, patience: float) -> bool:
        """
        Write the file anew without what was removed from it, and empty its log.

        Args:
            patience: Seconds to wait for who reads an older state, such as a backup.
        Returns: False if the log could not be emptied in that time: it still holds what was removed.
        """
        self._alone(_write_anew)
        until = time.monotonic() + patience
        while not self._alone(_empty_log):
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE)
        return True

    def _alone(self, work: Callable[[Any], T]) -> T:
        """Let the writer do something outside of transactions, with the driver's own connection."""
        waiter: Future[T] = Future()
        self.writer.submit(Job(lambda conn: work(conn.connection.driver_connection), waiter, is_alone=True))
        return waiter.result()

    def is_writable(self) -> bool:
        """Tell whether somebody is there to write."""
        return self.writer.is_alive()

    def waiting(self) -> int:
        """Count the jobs in the queue."""
        return self.writer.waiting()

    def close(self) -> None:
        """Write what waits, and let others have the file.  Twice is once."""
        if self._lock < 0:
            return
        self._pool.shutdown()
        self._reading.dispose()  # before the writer, so that its connection is the last one, which brings the log into the file
        if self._writer is not None:
            self._writer.close()
        self._engine.dispose()
        os.close(self._lock)
        self._lock = -1
        self._turn.leave()


def _write_anew(conn: Any) -> None:
    """Make the index of words anew, which remembers words that were taken out of it, then the file."""
    conn.execute("INSERT INTO findable_index(findable_index) VALUES ('rebuild')")
    conn.execute("VACUUM")


def _empty_log(conn: Any) -> bool:
    """Move the log into the file and cut it to nothing; False if somebody reads what it holds.  Nobody who posts waits for them."""
    conn.execute("PRAGMA busy_timeout=0")
    return bool(conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def engine_of(path: Path, *, is_reader: bool = False) -> Engine:
    """Make an engine whose transactions begin when we say so."""
    mode = "ro" if is_reader else "rwc"
    engine = create_engine(
        f"sqlite:///file:{path}?mode={mode}&uri=true",
        poolclass=QueuePool if is_reader else NullPool,
        hide_parameters=True,  # in errors, which are logged
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": BUSY / 1000},
        **({"pool_size": READERS, "max_overflow": 0} if is_reader else {}),
    )
    pragmas = _READER if is_reader else _WRITER

    def connected(dbapi: Any, _record: Any) -> None:
        for pragma in pragmas:
            dbapi.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", connected)
    begin = "BEGIN" if is_reader else "BEGIN IMMEDIATE"
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql(begin))
    return engine


_WRITER = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", f"cache_size=-{CACHE}")
_READER = ("query_only=ON", f"cache_size=-{CACHE}")


def _look_at(path: Path, lock: int) -> None:
    """Refuse a file that is not to be trusted, and one that was there once and is gone: a new one in its place would hide the loss."""
    if (remote := _file_system(path.parent)) in _REMOTE:
        raise StoreError(f"{path} lies on {remote}, where SQLite can lose data. Use a local disk, or PostgreSQL.")
    log = path.with_name(f"{path.name}-wal")
    if not path.exists():
        if signed(lock) not in {"", _NEW} or log.exists():
            raise StoreError(f"{path} is gone, though this folder was used before. Restore it from a backup, or use an empty folder.")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(f"{path} cannot be read and written by user {os.geteuid()}. Give it to the user that runs the service.")
    head = _head(path)
    if not head and signed(lock) == _NEW:
        return
    if not head.startswith(_MAGIC):
        what = "is empty" if not head else "is no SQLite database"
        raise StoreError(f"{path} {what}. Restore it from a backup, or use an empty folder.")
    if (missing := _missing(head, path.stat().st_size)) and not (log.exists() and log.stat().st_size):  # a log may hold its end
        raise StoreError(f"{path} is damaged: {missing} bytes of its end are missing. Restore it from a backup.")


def _missing(head: bytes, size: int) -> int:
    """Count the bytes that a database has less than its head says."""
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    return max(0, pages * (65_536 if page == 1 else page) - size)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _file_system(folder: Path) -> str:
    """Name the kind of file system a folder lies on; "" where the system does not tell."""
    with contextlib.suppress(OSError):
        device = f"{os.major(folder.stat().st_dev)}:{os.minor(folder.stat().st_dev)}"
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            fields = line.split()
            if fields[2] == device:
                return fields[fields.index("-") + 1]
    return ""
