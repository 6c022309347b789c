"""What is translated into which language, and how far it is behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["original", "current", "behind", "unknown", "unmarked", "missing"]

BLOB = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Version:
    """An article in one language."""

    id: str
    locale: str
    path: str
    title: str
    blob: str  # git's name for its text
    source_blob: str = ""  # for the text that it was translated from, whole or its beginning
    shown: bool = True  # False for drafts and what is scheduled


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the original, and what became of it since it was translated."""

    state: str
    heading: str
    line: int  # in the original as it is, or was


@dataclass(frozen=True, slots=True)
class Cell:
    """An article in one language, as far as its original has come."""

    locale: str
    state: State
    version: Version | None  # None where it is missing
    parts: tuple[Part, ...] = ()  # of the original, where both texts are known

    @property
    def changed(self) -> int:
        """How many sections a translator has to look at."""
        return sum(part.state != "same" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Row:
    """An article in all languages."""

    id: str
    original: Version
    cells: tuple[Cell, ...]  # in the order of the languages

    @property
    def work(self) -> int:
        """How many languages wait for somebody."""
        return sum(cell.state not in {"original", "current"} for cell in self.cells)


Compare = Callable[[str, Version], "tuple[Part, ...] | None"]


def original_of(versions: Iterable[Version], locales: Sequence[str]) -> Version | None:
    """
    Return the text that the others follow: the first in the order of the languages that names no source, else the first.

    Args:
        locales: The site's own first.
    """
    order = {tag: at for at, tag in enumerate(locales)}
    return min((one for one in versions if one.locale in order), key=lambda one: (bool(one.source_blob), order[one.locale]), default=None)


def rows(versions: Iterable[Version], locales: Sequence[str], compare: Compare) -> list[Row]:
    """
    Say what is translated into what.

    Args:
        versions: All that are not archived; an article whose original is not shown is left out.
        locales: The site's own first.
        compare: Says what became of each section between the text that a translation names and its original; None where it is unknown.
    Returns: In the order of the originals' paths.
    """
    found = [
        Row(original.id, original, tuple(_cell(tag, group.get(tag), original, compare) for tag in locales))
        for original, group in _groups(versions, locales)
    ]
    return sorted(found, key=lambda row: row.original.path)


def pairs(versions: Iterable[Version], locales: Sequence[str]) -> dict[tuple[str, str], Version]:
    """Return what `rows` will ask to compare: the text that a translation names and that of its original -> the original."""
    return {
        (one.source_blob, original.blob): original
        for original, group in _groups(versions, locales)
        for one in group.values()
        if one is not original and BLOB.fullmatch(one.source_blob) and not original.blob.startswith(one.source_blob)
    }


def _groups(versions: Iterable[Version], locales: Sequence[str]) -> Iterator[tuple[Version, dict[str, Version]]]:
    """Yield the originals that are shown, each with all its languages."""
    groups: dict[str, dict[str, Version]] = {}
    for one in versions:
        groups.setdefault(one.id, {}).setdefault(one.locale, one)
    for group in groups.values():
        original = original_of(group.values(), locales)
        if original and original.shown:
            yield original, group


def behind(versions: Iterable[Version], locales: Sequence[str], compare: Compare) -> set[str]:
    """Return the paths of translations that are known to be behind."""
    found = (cell for row in rows(versions, locales, compare) for cell in row.cells)
    return {cell.version.path for cell in found if cell.state == "behind" and cell.version}


def counts(found: Iterable[Row]) -> Mapping[str, Mapping[State, int]]:
    """Count the states of each language."""
    sums: dict[str, dict[State, int]] = {}
    for row in found:
        for cell in row.cells:
            mine = sums.setdefault(cell.locale, {})
            mine[cell.state] = mine.get(cell.state, 0) + 1
    return sums


def _cell(tag: str, version: Version | None, original: Version, compare: Compare) -> Cell:
    if version is None:
        return Cell(tag, "missing", None)
    if version is original:
        return Cell(tag, "original", version)
    source = version.source_blob
    if not source:
        return Cell(tag, "unmarked", version)
    if not BLOB.fullmatch(source):
        return Cell(tag, "unknown", version)
    if original.blob.startswith(source):
        return Cell(tag, "current", version)
    parts = compare(source, original)
    if parts is None:
        return Cell(tag, "unknown", version)
    return Cell(tag, "behind" if any(part.state != "same" for part in parts) else "current", version, parts)
