"""The door: opens a database, keeps its schema and the SLA book, and runs verbs in transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from feedback_service.rules import NO_RULES, Rules
from feedback_service.sla import Book, Sla, book
from feedback_service.store.schema import bring_up
from feedback_service.store.tx import Tx

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from feedback_service.store.onlooker import Onlooker

T = TypeVar("T")
P = ParamSpec("P")

NO_PROMISES = book(Sla("none"))


class Database(Protocol):
    """What a kind of database must be able to do."""

    def migrate(self, change: Callable[[Connection], None]) -> None:
        """Change the schema in one transaction."""

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do a job; it is on the disk when this returns."""

    async def write_soon(self, work: Callable[[Connection], T]) -> T:
        """Do the same in an event loop."""

    def read(self, work: Callable[[Connection], T]) -> T:
        """Look at one moment."""

    async def read_soon(self, work: Callable[[Connection], T]) -> T:
        """Do the same in an event loop."""

    def sweep(self, patience: float) -> bool:
        """Leave nothing in the files of what was removed."""

    def is_writable(self) -> bool:
        """Tell whether it would write."""

    def waiting(self) -> int:
        """Count the jobs that wait."""

    def close(self) -> None:
        """Write what waits, then close."""


class Store:
    """
    Runs verbs: functions that take a Tx first.  One call is one transaction, on the disk before it returns.

    `write` and `read` wait, for threads and commands; `write_soon` and `read_soon` are awaited, in the event loop.
    Several verbs that belong together are one function: `def both(tx): assign(tx, ...); note(tx, ...)`.

    Raises (all four): UnavailableError: Nothing was written, try later.  And whatever the verb raises: nothing was written either.
    """

    def __init__(self, database: Database, promises: Book = NO_PROMISES, rules: Rules = NO_RULES) -> None:
        self.database, self.promises, self.rules = database, promises, rules
        bring_up(database.migrate)

    def write(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Do, and wait until it is committed."""
        return self.database.write(lambda conn: verb(Tx(conn, self.promises, self.rules), *args, **more))

    async def write_soon(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Do, and answer when it is committed."""
        return await self.database.write_soon(lambda conn: verb(Tx(conn, self.promises, self.rules), *args, **more))

    def read(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Look at one moment."""
        return self.database.read(lambda conn: verb(Tx(conn, self.promises, self.rules), *args, **more))

    async def read_soon(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Look at one moment, in another thread."""
        return await self.database.read_soon(lambda conn: verb(Tx(conn, self.promises, self.rules), *args, **more))

    def close(self) -> None:
        """Write what waits, then close."""
        self.database.close()


@contextmanager
def reading(folder: Path, url: str = "") -> Iterator[Store | Onlooker]:
    """
    Open a store to look at it only, beside a service that runs.  Gives something with `read`.

    Raises: StoreError: In one line; also if the schema is not that of this program.
    """
    from feedback_service.store.onlooker import Onlooker

    with closing(open_store(None, url) if url else Onlooker(folder)) as store:
        yield store


def open_store(
    folder: Path | None, url: str = "", promises: Book = NO_PROMISES, rules: Rules = NO_RULES, *, patience: float = 0.0
) -> Store:
    """
    Open a store, and bring its schema up to date.

    Args:
        folder: Where SQLite's file is; must exist.  Not needed with *url*.
        url: Of a PostgreSQL database; "": SQLite.
        patience: Seconds that a command waits for a service to let it write to SQLite beside it; 0: a service itself.
    Raises: StoreError: In one line.
    """
    if url:
        from feedback_service.store.postgres import PostgresDatabase

        return Store(PostgresDatabase(url), promises, rules)
    from feedback_service.store.sqlite import SqliteDatabase

    assert folder is not None
    database = SqliteDatabase(folder, patience)
    try:
        return Store(database, promises, rules)
    except BaseException:
        database.close()
        raise
