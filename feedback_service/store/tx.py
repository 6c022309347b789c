"""One transaction, as the verbs of the store see it: a connection, what was promised, and small helpers that both databases take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, insert, select, update

from feedback_service.sla import Book
from feedback_service.store.tables import counters

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tx:
    """
    One transaction.  It ends with the verb that it was given to: committed, or undone if that raised.

    `book` holds every revision of the SLA file that clocks may ask for.
    """

    conn: Connection
    book: Book

    def put(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows that all have the same columns.  The statement is written once; there is no quicker way that both databases know."""
        if rows:
            text, names = _insert(table, tuple(rows[0]), self.conn.dialect)
            filled = [tuple(row[name] for name in names) if names else dict(row) for row in rows]
            self.conn.exec_driver_sql(text, filled[0] if len(filled) == 1 else filled)

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
        counted = update(counters).where(counters.c.name == name).values(value=counters.c.value + 1).returning(counters.c.value)
        number = self.conn.execute(counted).scalar()
        if number is None:
            self.put(counters, {"name": name, "value": first})
            return first
        return int(number)

    def is_there(self, table: Table, **facts: Any) -> bool:
        """Tell whether a row has these values."""
        wanted = select(1).where(*(table.c[name] == value for name, value in facts.items()))
        return self.conn.execute(wanted).first() is not None


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
