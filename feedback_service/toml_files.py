"""
Reads reviewed TOML files: every mistake is collected with its line and column, and all of them are told in one go.

A file's own reader (sla_file.py, rules/file.py) walks the tables and says what may stand there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from feedback_service.toml_places import Key, Places

LARGEST = 256 * 1024  # characters of a file

_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One mistake in a file.  Never raised alone: collected, sorted, shown."""

    line: int  # from 1
    column: int  # from 1, in characters
    key: str  # "policies.0.calendar"
    message: str  # what is wrong, no full stop
    remedy: str  # what to type instead
    source: str = ""  # the line itself

    def text(self, path: str) -> str:
        """Write the flaw as compilers do, with its line and the remedy."""
        return f"{path}:{self.line}:{self.column}: error: {self.key}: {self.message}\n    {self.source.strip()}\n  {self.remedy}"


class FlawedFileError(ValueError):
    """A file that is refused; `flaws` holds every reason, in the order of its lines."""

    def __init__(self, path: str, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(sorted(set(flaws)))
        super().__init__("\n".join(flaw.text(path) for flaw in self.flaws))


class TomlReader:
    """
    Walks the tables of one file and collects what is wrong.

    Args:
        text, path: The file, and how errors call it.
        tables: What may stand on top.
    Raises: FlawedFileError: At once if it is no TOML, or too long.
    """

    error: ClassVar[type[FlawedFileError]] = FlawedFileError

    def __init__(self, text: str, path: str, tables: tuple[str, ...]) -> None:
        self.places, self.flaws = Places(text), list[Flaw]()
        if len(text) > LARGEST:
            raise self.error(path, [Flaw(1, 1, "file", f"is longer than {LARGEST} characters", f"Keep {', '.join(tables)} only")])
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.error(path, [self._no_toml(error)]) from None
        self.only((), self.data, tables)

    def flaw(self, key: Key, message: str, remedy: str, value: object = None) -> None:
        """Note a mistake at a key, or at the value that is written there."""
        line, column = self.places.of(key, value)
        self.flaws.append(Flaw(line, column, ".".join(map(str, key)), message, remedy, self.places.line(line)))

    def only(self, key: Key, table: dict[str, Any], known: Iterable[str]) -> None:
        """Note every key that nobody knows."""
        names = tuple(known)
        for name in table:
            if name not in names:
                self.flaw((*key, name), f"there is no key {name}", one_of(names, name))

    def table(self, key: Key, value: Any) -> dict[str, Any]:
        """Take a table; {} where there is none."""
        if isinstance(value, dict):
            return value
        self.flaw(key, "is no table", f"Write [{'.'.join(map(str, key))}]")
        return {}

    def tables(self, name: str) -> list[Any]:
        """Take the tables of an array on top of the file."""
        found = self.data.get(name, [])
        if isinstance(found, list):
            return found
        self.flaw((name,), "is no list of tables", f"Write [[{name}]] above each {singular(name)}")
        return []

    def words(self, key: Key, wanted: Any) -> frozenset[str]:
        """Take a list of at least one text."""
        if not isinstance(wanted, list) or not wanted or not all(isinstance(each, str) and each for each in wanted):
            self.flaw(key, "is no list of words", 'Write ["…", "…"]', wanted)
            return frozenset()
        return frozenset(wanted)

    def choices(self, key: Key, wanted: Any, known: tuple[str, ...]) -> frozenset[str]:
        """Take a list of known words."""
        if not isinstance(wanted, list):
            self.flaw(key, "is no list", f'Write a list, such as ["{known[0]}"]', wanted)
            return frozenset()
        for each in wanted:
            if each not in known:
                self.flaw(key, f"{each} is not known", one_of(known, each), each)
        return frozenset(each for each in known if each in wanted)

    def _no_toml(self, error: Exception) -> Flaw:
        place = _AT.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        message = "is nested too deeply" if isinstance(error, RecursionError) else _AT.sub("", str(error)).strip()
        remedy = "See toml.io for how tables, lists and texts are written"
        return Flaw(line, column, "file", f"is no TOML: {message}", remedy, self.places.line(line))


def one_of(names: Iterable[str], wrong: object) -> str:
    """Write a remedy: the nearest of these names, or all of them."""
    known = list(names)
    near = get_close_matches(str(wrong), known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Choose among {', '.join(known)}"


def singular(name: str) -> str:
    """Write the name of one table of an array: "policies" -> "policy", "rules" -> "rule"."""
    return f"{name[:-3]}y" if name.endswith("ies") else name[:-1]
