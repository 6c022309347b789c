"""Everything that only PostgreSQL needs: a pool, and other tries when two transactions stood in each other's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from feedback_service.store.errors import NotThereError, StoreError, UnavailableError

T = TypeVar("T")

CONNECTIONS = 8
STATEMENT = 5_000  # milliseconds that one statement may take
_AGAIN = {"40001", "40P01", "23505"}  # serialization failure, deadlock, a row that somebody else wrote since we looked for it
TRIES = 4  # one transaction may lose a race for a key, a number and a requester, each once


class PostgresDatabase:
    """
    A database that several processes share.

    Args:
        url: postgresql://user:password@host/name
    Raises: StoreError: In one line, if it cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            hide_parameters=True,  # in errors, which are logged
            connect_args={"connect_timeout": 5, "options": f"-c statement_timeout={STATEMENT}"},
        )
        try:
            with self._engine.connect():
                pass
        except (DBAPIError, ImportError) as error:
            raise StoreError(f"PostgreSQL cannot be reached: {str(getattr(error, 'orig', error)).splitlines()[0]}") from None
        self._pool = ThreadPoolExecutor(CONNECTIONS, "store")

    def migrate(self, change: Callable[[Connection], None]) -> None:
        """Change the schema in one transaction; a second process waits for the first."""
        with self._engine.begin() as conn:
            conn.exec_driver_sql("SELECT pg_advisory_xact_lock(4242)")
            change(conn)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do a job and wait until it is committed.  Not from an event loop."""
        for tries in range(1, TRIES + 1):
            try:
                with self._engine.begin() as conn:
                    return work(conn)
            except (DBAPIError, PoolTimeoutError) as error:
                if tries == TRIES or getattr(getattr(error, "orig", None), "sqlstate", "") not in _AGAIN:
                    raise _unavailable(error) from error
        raise AssertionError  # the last try returns or raises

    async def write_soon(self, work: Callable[[Connection], T]) -> T:
        """Do a job, and answer when it is committed."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.write, work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Look at one moment of the database, in a transaction that cannot write."""
        try:
            with self._engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as conn:
                return work(conn)
        except (DBAPIError, PoolTimeoutError) as error:
            raise _unavailable(error) from error

    async def read_soon(self, work: Callable[[Connection], T]) -> T:
        """Look, from an event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.read, work)

    def sweep(self, patience: float) -> bool:  # noqa: ARG002 - nobody is waited for
        """Let PostgreSQL use the place of removed rows again.  Its pages and logs keep their bytes until they are written over."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("SET statement_timeout = 0")
            conn.exec_driver_sql("VACUUM")
            conn.invalidate()  # the next one has the time limit again
        return True

    def is_writable(self) -> bool:
        """Tell whether the database answers."""
        try:
            return bool(self.read(lambda conn: conn.exec_driver_sql("SELECT NOT pg_is_in_recovery()").scalar()))
        except UnavailableError:
            return False

    def waiting(self) -> int:
        """Count the jobs that wait: none that we could count."""
        return 0

    def close(self) -> None:
        """Let the connections go."""
        self._pool.shutdown()
        self._engine.dispose()


def _unavailable(error: SQLAlchemyError) -> Exception:
    if isinstance(error, DataError):  # such as a NUL in a text: trying again never helps, and nothing of that name is there
        return NotThereError("No column holds such a value.")
    return error if isinstance(error, IntegrityError) else UnavailableError(str(getattr(error, "orig", error)).splitlines()[0])
