"""
What results show: records in chunks of some four neighbours, and the facets by which filters choose.

A chunk is a list of [slot, url, title, description, category, kind, [tag ..], [heading ..]], and its language behind them where an
article is lent from another locale; a heading is its text when its anchor is
its forms with hyphens between them, else [text, anchor].  The chunks of a block are named NAME + digit, the hexadecimal digit being
slot // 16; they share their name, so that the manifest stays small.  The facets are [[category URL ..], [kind ..], [tag ..],
numbers]: for each block how many articles it has, and for each its slot, category, kind, how many tags, and the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kbgen.search.blocks import SLOTS
from kbgen.search.numbers import written
from kbgen.search.shards import as_json

CHUNKS = 16  # in a block
SPAN = SLOTS // CHUNKS  # slots of a chunk
DIGITS = "0123456789abcdef"  # of a chunk
DESCRIPTION = 160  # characters shown of a description, half as many in scripts of wide characters
LONG_WORD = 30  # a description is cut within a word only if it is longer
HEADINGS = 24  # that a record holds


@dataclass(frozen=True, slots=True)
class Record:
    """What a result shows of an article."""

    url: str  # relative to the top of the portal
    title: str
    description: str
    category: str  # its title
    kind: str
    tags: tuple[str, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()  # anchor, text
    lang: str = ""  # of an article that is lent from another locale


def chunks(records: Mapping[int, Record], forms: Callable[[str], list[str]]) -> dict[int, bytes]:
    """
    Write the chunks of a block.

    Args:
        records: By slot.
        forms: The analyser of the locale.

    Returns: Chunk number -> file, for the chunks that hold anything.
    """
    found: dict[int, list[Any]] = {}
    for slot, record in sorted(records.items()):
        headings = [text if anchor == "-".join(forms(text)) else [text, anchor] for anchor, text in record.headings[:HEADINGS]]
        row = [slot, record.url, record.title, shortened(record.description), record.category, record.kind, list(record.tags), headings]
        row += [record.lang] if record.lang else []
        found.setdefault(slot // SPAN, []).append(row)
    return {number: as_json(rows) for number, rows in found.items()}


def facets(blocks: Iterable[Mapping[int, tuple[str, str, Sequence[str]]]]) -> bytes:
    """
    Write the facets.

    Args:
        blocks: Slot -> URL of the category, kind, tags.
    """
    tables: list[dict[str, int]] = [{}, {}, {}]
    numbers: list[int] = []

    def place(table: int, value: str) -> int:
        return tables[table].setdefault(value, len(tables[table]))

    for block in blocks:
        numbers.append(len(block))
        for slot, (category, kind, tags) in sorted(block.items()):
            numbers += [slot, place(0, category), place(1, kind), len(tags), *(place(2, tag) for tag in tags)]
    return as_json([*map(list, tables), "".join(map(written, numbers))])


def shortened(text: str) -> str:
    """Cut a description to what a result has room for, between words where there are any; Han and kana take twice the room."""
    room = 0
    for at, letter in enumerate(text):
        room += 2 if "\u2e80" <= letter <= "\u9fff" else 1
        if room > DESCRIPTION:
            kept, _, word = text[: at + 1].rpartition(" ")
            return (kept if kept and len(word) <= LONG_WORD else text[:at]).rstrip(" ,;:–—.،؛。") + "…"
    return text
