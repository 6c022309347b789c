"""
Everything in a store as lines of JSON that either kind of database takes: the way from SQLite to PostgreSQL, and back.

The first line names format and schema; then a line a row, tables after those that they refer to; the last line has the number of rows
and the SHA-256 of all lines before it.  A file that was cut or changed is refused, and nothing of it is taken.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import LargeBinary, Table, false, func, select
from sqlalchemy.exc import DataError, IntegrityError

from feedback_service.store.errors import StoreError
from feedback_service.store.schema import HEAD
from feedback_service.store.tables import metadata
from feedback_service.store.tx import Tx

FORMAT = "kbgen-feedback-export 1"
LONGEST_LINE = 64 * 2**20  # characters; a mail of 10 MiB in base64 is 14
_AT_ONCE = 500  # rows


@dataclass(frozen=True, slots=True)
class Moved:
    """What was written, or taken."""

    rows: int
    cases: int


def write_to(tx: Tx, file: IO[str], now: datetime) -> Moved:
    """Write a store as it is at one moment."""
    digest, rows, cases = hashlib.sha256(), 0, 0

    def put(line: dict[str, Any]) -> None:
        written = json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
        digest.update(written.encode())
        file.write(written)

    put({"format": FORMAT, "schema": HEAD, "made_at": now.isoformat(timespec="seconds")})
    for table in metadata.sorted_tables:
        for row in _rows(tx, table):
            put({"table": table.name, "row": row})
            rows += 1
            cases += table.name == "cases"
    file.write(json.dumps({"rows": rows, "sha256": digest.hexdigest()}) + "\n")
    return Moved(rows, cases)


def take(tx: Tx, lines: Iterable[str]) -> Moved:
    """
    Take what `write_to` wrote into an empty store.

    Raises: StoreError: In one line: the file is damaged, of another schema, or the store is not empty.  Nothing is taken then.
    """
    if (found := _first_row(tx)) is not None:
        raise StoreError(f"The store is not empty: it has {found}. Import into a new one.")
    read = _Reading()
    try:
        for number, line in enumerate(lines, 1):
            read.line(tx, line, number)
    except IntegrityError as error:
        raise StoreError(
            f"This is no whole export: a row is there twice, or refers to nothing ({_first_line(error.orig)}). Nothing was taken."
        ) from None
    except DataError as error:
        raise StoreError(f"This is no whole export: a value fits no column ({_first_line(error.orig)}). Nothing was taken.") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise StoreError(f"This is no whole export: {error}. Nothing was taken.") from None
    if read.waiting or not read.ended:
        raise StoreError("The export ends in the middle. Nothing was taken.")
    _count_on(tx)
    return Moved(read.rows, read.cases)


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


class _Reading:
    """An export on its way in: what was read, and rows that wait to be put in together."""

    def __init__(self) -> None:
        self.digest, self.rows, self.cases, self.ended = hashlib.sha256(), 0, 0, False
        self.waiting: list[dict[str, Any]] = []
        self.table: Table | None = None

    def line(self, tx: Tx, line: str, number: int) -> None:
        """Read one line."""
        if self.ended:
            raise ValueError(f"line {number} stands behind its end")
        plain = json.loads(line)
        if number == 1:
            _check_head(plain)
        elif "sha256" in plain:
            self._end(tx, plain)
            return
        else:
            self._row(tx, plain, number)
        self.digest.update(line.encode())

    def _row(self, tx: Tx, plain: dict[str, Any], number: int) -> None:
        table = metadata.tables.get(plain["table"])
        if table is None or set(plain["row"]) != set(table.c.keys()):
            raise ValueError(f"line {number} is no row of a table that this program knows")
        if table is not self.table or len(self.waiting) == _AT_ONCE:
            self._flush(tx)
            self.table = table
        self.waiting.append(_from_plain(table, plain["row"]))
        self.rows += 1
        self.cases += table.name == "cases"

    def _flush(self, tx: Tx) -> None:
        if self.table is not None:
            tx.put(self.table, *self.waiting)
        self.waiting = []

    def _end(self, tx: Tx, plain: dict[str, Any]) -> None:
        if plain["sha256"] != self.digest.hexdigest() or plain["rows"] != self.rows:
            raise ValueError("its digest is not that of its lines: it was changed or damaged")
        self._flush(tx)
        self.ended = True


def _check_head(plain: dict[str, Any]) -> None:
    if plain["format"] != FORMAT:
        raise ValueError(f"its format is {plain['format']}, not {FORMAT}")
    if plain["schema"] != HEAD:
        raise StoreError(
            f"The export has schema {plain['schema']}, this program {HEAD}: export it with the program that imports it. Nothing was taken."
        )


def _rows(tx: Tx, table: Table) -> Iterator[dict[str, Any]]:
    found = tx.conn.execute(select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": _AT_ONCE})
    for row in found.mappings():
        yield {name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in row.items()}


def _from_plain(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    if not all(value is None or isinstance(value, str | int | float) for value in row.values()):
        raise ValueError(f"a row of {table.name} holds what no column takes")
    raw = [column.name for column in table.c if isinstance(column.type, LargeBinary)]
    return row | {name: base64.b64decode(row[name], validate=True) for name in raw}


def _first_row(tx: Tx) -> str | None:
    """Name a table that has rows."""
    return next((table.name for table in metadata.sorted_tables if tx.one(select(table).limit(1)) is not None), None)


def _count_on(tx: Tx) -> None:
    """Let PostgreSQL number new rows behind those that came with numbers of their own; SQLite does so by itself."""
    if tx.conn.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            last = select(func.coalesce(func.max(column), 0)).scalar_subquery()
            tx.conn.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last + 1, false())))
