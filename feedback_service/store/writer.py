"""
The one thread that writes to SQLite.

It takes what waits, does each job inside a savepoint, commits all of them at once, and only then says that anything was done: one
fsync answers many.  A job that fails is undone alone.  If the database fails, every job of that turn is told so and nothing was written.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, IntegrityError

from feedback_service.store.errors import StoreError, UnavailableError

MOST_WAITING = 1_000
MOST_AT_ONCE = 128  # jobs in one commit: beyond it the first ones wait for the last ones longer than the fsync they save
LOOK = 0.25  # seconds between two looks whether a command wants to write

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """One transaction that somebody waits for, in a thread or in an event loop."""

    work: Callable[[Connection], Any]
    waiter: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None = None
    is_alone: bool = False  # wants a new connection and no transaction: what rearranges the file
    result: Any = None
    error: BaseException | None = None


class Writer:
    """
    Runs the thread.

    Args:
        connect: Opens the one connection that writes; called again after the database failed.
        between: Called between two turns, and every LOOK seconds when there is nothing to do.
    """

    def __init__(self, connect: Callable[[], Connection], between: Callable[[], None]) -> None:
        self._connect, self._between = connect, between
        self._jobs: queue.Queue[Job | None] = queue.Queue(MOST_WAITING)
        self._closed = False
        self._conn: Connection | None = connect()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Put a job into the queue.  Raises: UnavailableError: If the queue is full or the writer was closed."""
        if self._closed:
            raise UnavailableError("The store is being closed.")
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise UnavailableError(f"{MOST_WAITING} posts wait to be written already.") from None

    def is_alive(self) -> bool:
        """Tell whether somebody writes."""
        return self._thread.is_alive()

    def waiting(self) -> int:
        """Count the jobs in the queue."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Write what waits, then stop.  Twice is once."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Write until closed.  Whatever goes wrong, the next turn begins with a new connection: nobody else would write."""
        more = True
        while more:
            with contextlib.suppress(StoreError):  # a full disk has no room for a lock: nobody asks then
                self._between()
            batch, more = self._take()
            for jobs in ([job for job in batch if not job.is_alone], *([job] for job in batch if job.is_alone)):
                try:
                    self._commit(jobs)
                except Exception as error:
                    log.exception("The writer begins anew")
                    _fail(jobs, error)
                    self._drop()
                _deliver(jobs)
        self._drop()

    def _take(self) -> tuple[list[Job], bool]:
        """Wait a while for a job, and take those behind it; False: the last turn."""
        batch: list[Job] = []
        try:
            job = self._jobs.get(timeout=LOOK)
        except queue.Empty:
            return batch, True
        while job is not None:
            batch.append(job)
            if len(batch) == MOST_AT_ONCE:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[Job]) -> None:
        if not batch:
            return
        try:
            if batch[0].is_alone:
                self._drop()
                with self._connect() as conn:
                    batch[0].result = batch[0].work(conn)
                return
            if self._conn is None:
                self._conn = self._connect()
            with self._conn.begin():
                for job in batch:
                    _do(self._conn, job)
        except DatabaseError as error:
            log.exception("The database refuses to write")
            _fail(batch, UnavailableError(str(error.orig)))
            self._drop()

    def _drop(self) -> None:
        """Close the connection: after an error nobody knows what it still holds."""
        if self._conn is not None:
            with contextlib.suppress(Exception):
                self._conn.invalidate()
            with contextlib.suppress(Exception):
                self._conn.close()
            self._conn = None


def _do(conn: Connection, job: Job) -> None:
    """Do one job inside a savepoint.  The driver is asked directly: SQLAlchemy's savepoints cost ten times as much as these."""
    ask = conn.connection.cursor().execute
    ask("SAVEPOINT job")
    try:
        job.result = job.work(conn)
    except DatabaseError as error:
        if not isinstance(error, IntegrityError):
            raise
        job.error = error
    except Exception as error:  # noqa: BLE001 - it is raised again where the job came from
        job.error = error
    if job.error is not None:
        ask("ROLLBACK TO job")
    ask("RELEASE job")


def _fail(batch: Iterable[Job], error: Exception) -> None:
    for job in batch:
        job.result, job.error = None, error


def _deliver(batch: Iterable[Job]) -> None:
    """Answer those who wait: threads at once, each event loop with one call for all of its jobs."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in batch:
        if job.loop is None:
            _settle(job)
        else:
            by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, jobs)


def _settle_all(jobs: Iterable[Job]) -> None:
    for job in jobs:
        _settle(job)


def _settle(job: Job) -> None:
    if job.waiter.done():  # who waited has gone
        return
    if job.error is not None:
        job.waiter.set_exception(job.error)
    else:
        job.waiter.set_result(job.result)
