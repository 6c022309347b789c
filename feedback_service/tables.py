"""Tables as CSV, which spreadsheets open: a cell that would run as a formula there is shown as the text it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # the wide ones count as the narrow ones in some East Asian settings


def guarded(cell: Cell) -> str:
    """
    Write one cell.  A text that begins as a formula does, also behind spaces, gets an apostrophe; numbers stay numbers.

    Source: OWASP, "CSV Injection"; CWE-1236.
    """
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    start = cell.lstrip(" \u00a0\u3000\ufeff\0")
    return f"'{cell}" if start[:1] in _FORMULA and start else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """
    Write a table: every cell in quotes, lines ended by CR LF as RFC 4180 asks.

    Raises: ValueError: If a row has another number of cells than the header.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"A row of {len(row)} cells stands under a header of {len(header)}.")
        writer.writerow([guarded(cell) for cell in row])
    return text.getvalue()
