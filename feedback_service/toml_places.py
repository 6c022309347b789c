"""Where a key of a TOML file stands: Python's reader gives values without places, and an error without a place is half an error."""

from __future__ import annotations

import re
from collections.abc import Sequence

Key = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]\n]{1,500}?)\s*\]\]?\s*(?:#.*)?$")
_ENTRY = re.compile(r"\s*([A-Za-z0-9_\-.\"' ]{1,200}?)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^.\s]+)")


class Places:
    """
    Finds keys and values in the text of a TOML file, by its lines.

    What it cannot find (a key inside an inline table, say) it places at the nearest table or key above.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._found: dict[Key, int] = {(): 1}
        self._walk()

    def of(self, key: Sequence[str | int], value: object = None) -> tuple[int, int]:
        """Return line and column, from 1, of a value written there, else of its key."""
        known = next(tuple(key[:length]) for length in range(len(key), -1, -1) if tuple(key[:length]) in self._found)
        line = self._found[known]
        for text in _as_written(value) + ([str(key[-1])] if key else []):
            for number in range(line, min(self._end(line), len(self._lines)) + 1):
                column = self._lines[number - 1].find(text)
                if column >= 0:
                    return number, column + len(text) - len(text.lstrip("\"'= ")) + 1
        return line, 1

    def line(self, number: int) -> str:
        """Return a line's text, cut at 200 characters."""
        return self._lines[number - 1][:200] if 0 < number <= len(self._lines) else ""

    def _end(self, line: int) -> int:
        """Return the last line that may belong to the key or header at *line*."""
        later = [other for other in self._found.values() if other > line]
        return min(later, default=len(self._lines) + 1) - 1

    def _walk(self) -> None:
        table: Key = ()
        counts: dict[Key, int] = {}
        for number, text in enumerate(self._lines, 1):
            if header := _HEADER.match(text):
                table = self._table(_parts(header[2]), counts, is_array=header[1] == "[[")
                self._found.setdefault(table, number)
            elif entry := _ENTRY.match(text):
                parts = _parts(entry[1])
                for length in range(1, len(parts) + 1):
                    self._found.setdefault((*table, *parts[:length]), number)

    def _table(self, parts: Key, counts: dict[Key, int], *, is_array: bool) -> Key:
        """Resolve a header: a name of an array of tables means its last one."""
        key: Key = ()
        for part in parts[:-1]:
            key = (*key, part)
            if key in counts:
                key = (*key, counts[key])
        key = (*key, parts[-1]) if parts else key
        if is_array:
            counts[key] = counts.get(key, -1) + 1
            key = (*key, counts[key])
        elif key in counts:
            key = (*key, counts[key])
        return key


def _as_written(value: object) -> list[str]:
    """List how a value may stand in the file: in quotes, behind its key, or anyhow."""
    return [] if value is None or value == "" else [f'"{value}"', f"'{value}'", f"= {value}", str(value)]


def _parts(dotted: str) -> Key:
    return tuple(double or single or bare for double, single, bare in _PART.findall(dotted))
