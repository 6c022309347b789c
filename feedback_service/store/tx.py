"""One transaction, as the verbs of the store see it: a connection, what was promised, and small helpers that both databases take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    Dialect,
    Executable,
    Select,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from feedback_service.rules import NO_RULES, Rules
from feedback_service.sla import Book
from feedback_service.store.tables import counters

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tx:
    """
    One transaction.  It ends with the verb that it was given to: committed, or undone if that raised.

    `book` holds every revision of the SLA file that clocks may ask for, `rules` what follows events.
    """

    conn: Connection
    book: Book
    rules: Rules = NO_RULES

    def put(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows that all have the same columns."""
        if rows:
            text, names = _insert(table, tuple(rows[0]), self.conn.dialect)
            filled = [tuple(row[name] for name in names) if names else dict(row) for row in rows]
            self._ask(text, filled)

    def quick(self, statement: ClauseElement, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement that stands at the top of a module, its bindparams filled in; returns its rows."""
        text, names = _written(statement, self.conn.dialect)
        return self._ask(text, [tuple(values[name] for name in names) if names else values])

    def one(self, statement: Executable) -> dict[str, Any] | None:
        """Return the first row, or None."""
        row = self.conn.execute(statement).mappings().first()
        return None if row is None else dict(row)

    def all(self, statement: Executable) -> list[dict[str, Any]]:
        """Return all rows."""
        return [dict(row) for row in self.conn.execute(statement).mappings()]

    def run(self, statement: Executable) -> int:
        """Change rows; returns how many."""
        return self.conn.execute(statement).rowcount

    def next_number(self, name: str, first: int = 1) -> int:
        """Count up under a name.  Who counts waits for whoever counted before them to end, so there are no two alike."""
        counted = self.quick(_COUNT, counter=name)
        if not counted:
            self.put(counters, {"name": name, "value": first})
            return first
        return int(counted[0][0])

    def is_there(self, table: Table, **facts: Any) -> bool:
        """Tell whether a row has these values."""
        return self.quick(_there(table, tuple(facts)), **facts) != []

    def _ask(self, text: str, filled: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Ask the driver itself, which costs a fifth of SQLAlchemy's way; its errors are SQLAlchemy's all the same."""
        cursor = self.conn.connection.cursor()
        dbapi = self.conn.dialect.loaded_dbapi
        try:
            cursor.execute(text, filled[0]) if len(filled) == 1 else cursor.executemany(text, filled)
            return list(cursor.fetchall()) if cursor.description else []
        except dbapi.Error as error:
            raise DBAPIError.instance(text, None, error, dbapi.Error, dialect=self.conn.dialect) from error
        finally:
            cursor.close()


_COUNT = (
    update(counters)
    .where(counters.c.name == bindparam("counter"))
    .values(value=counters.c.value + literal_column("1"))
    .returning(counters.c.value)
)


def micros(moment: datetime) -> int:
    """Write a moment as the tables keep it."""
    return (moment - _EPOCH) // _MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    """Write a moment that may be missing."""
    return None if moment is None else micros(moment)


def moment(value: int) -> datetime:
    """Read a moment out of a table."""
    return _EPOCH + value * _MICROSECOND


def moment_or_none(value: int | None) -> datetime | None:
    """Read a moment that may be missing."""
    return None if value is None else moment(value)


@lru_cache(maxsize=200)
def _insert(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Write an INSERT for a driver; with the order of its values, or () where they are named."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    return str(compiled), tuple(compiled.positiontup or ())


@lru_cache(maxsize=200)
def _written(statement: ClauseElement, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Write a statement for a driver, likewise."""
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    return str(compiled), tuple(compiled.positiontup or ())


@lru_cache(maxsize=200)
def _there(table: Table, names: tuple[str, ...]) -> Select[tuple[int]]:
    return select(literal_column("1")).select_from(table).where(*(table.c[name] == bindparam(name) for name in names))
