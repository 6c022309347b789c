"""
Cells of all blocks -> merged rows -> shards.

A shard is a run of forms in UTF-16 order, all that begin with the same three letters together where that is possible, and its borders
hang on the letters themselves, so one edit leaves the others' bytes alone.  As a file it is

    [forms, postings, kin]

forms front-coded; postings as numbers: for each form the articles that it stands in (the true count), then for each article, or the
best `cut` of them, its distance from the one before (the first from 0) and the value; kin as numbers: for each form, how many places
before it the nearest form of the same stem stands, 0 for none (`kbgen.search.numbers` tells how both are written).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from kbgen.search.blocks import SHIFT, SLOTS, Cells, ordered
from kbgen.search.numbers import BASE, DIGITS, front_coded, read, written

CUT, CUT_LARGE = 512, 1024  # postings kept of a form
SIZE, SIZE_LARGE = 8_000, 16_000  # letters of a shard, on average
LARGE = 20_000  # articles
_NUMBER = f"[{re.escape(DIGITS[BASE:])}]*[{re.escape(DIGITS[:BASE])}]"
_POSTINGS = re.compile(f"({_NUMBER})({_NUMBER})")


@dataclass(frozen=True, slots=True)
class Row:
    """A form with all its postings."""

    form: str
    df: int  # in how many articles it stands
    text: str  # distances and values, written

    @property
    def size(self) -> int:
        """Letters that it takes in a shard, about."""
        return len(self.text) + 4 + max(0, len(self.form) - 3)


def merged(letters: str, blocks: Sequence[Cells], cut: int) -> list[Row]:
    """
    Bring the cells of all blocks together.

    Args:
        letters: Which cells.
        blocks: All of a locale, in their order.
        cut: How many postings of a form are kept: those of the greatest value, and of equal ones the first.
    """
    rows: dict[str, list[int]] = {}  # form -> its last article, in how many it stands
    texts: dict[str, str] = {}
    for number, cells in enumerate(blocks):
        if letters not in cells.header:
            continue
        base = number * SLOTS - SHIFT
        for form, piece in cells.lines(letters):
            row = rows.get(form)
            if row is None:
                texts[form] = written(base + ord(piece[0])) + piece[3:]
                rows[form] = [base + ord(piece[1]), ord(piece[2]) - SHIFT]
            else:
                texts[form] += written(base + ord(piece[0]) - row[0]) + piece[3:]
                row[0] = base + ord(piece[1])
                row[1] += ord(piece[2]) - SHIFT
    return [Row(form, rows[form][1], texts[form] if rows[form][1] <= cut else _best(texts[form], cut)) for form in ordered(rows)]


def _best(text: str, cut: int) -> str:
    """Keep the postings of the greatest values."""
    postings = _POSTINGS.findall(text)
    known = {value: read(value)[0] for value in {value for _, value in postings}}
    marks = [known[value] for _, value in postings]
    least = sorted(marks, reverse=True)[cut - 1]
    spare = cut - sum(mark > least for mark in marks)  # how many of the least still fit
    kept, dropped = [], 0
    for (gap, value), mark in zip(postings, marks, strict=True):
        if mark < least or (mark == least and spare == 0):
            dropped += read(gap)[0]
            continue
        if mark == least:
            spare -= 1
        kept.append((written(dropped + read(gap)[0]) if dropped else gap) + value)
        dropped = 0
    return "".join(kept)


def borders(groups: Iterable[tuple[str, int]], size: int) -> Iterator[list[str]]:
    """
    Cut a run of groups into shards where the letters say so.

    Args:
        groups: Letters that forms begin with and the letters that their rows take, in UTF-16 order.
        size: Letters of a shard, on average.

    Yields: The groups of each shard.
    """
    some: list[str] = []
    total = 0
    for letters, weight in groups:
        if some and (total + weight > 2 * size or (total >= size // 2 and _is_border(letters))):
            yield some
            some, total = [], 0
        some.append(letters)
        total += weight
    if some:
        yield some


def _is_border(letters: str) -> bool:
    return blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] < 100


def parted(rows: Sequence[Row], size: int, depth: int = 3) -> Iterator[list[Row]]:
    """Cut the rows of a group that is too large for one shard: by three letters, by four where that is not enough, and so on."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.form[:depth], []).append(row)
    weights = {letters: sum(row.size for row in found) for letters, found in groups.items()}
    for run in borders(weights.items(), size):
        if len(run) == 1 and weights[run[0]] > 2 * size and len(groups[run[0]]) > 1:
            yield from parted(groups[run[0]], size, depth + 1)
        else:
            yield [row for letters in run for row in groups[letters]]


def shard(rows: Sequence[Row], stem: Callable[[str], str]) -> bytes:
    """Write a shard; `stem` gives the stem of a form, "" for a form that has none."""
    places: dict[str, int] = {}
    kin = []
    for place, row in enumerate(rows):
        root = stem(row.form)
        kin.append(written(place - places[root] if root in places else 0))
        if root:
            places[root] = place
    content = [front_coded(row.form for row in rows), "".join(written(row.df) + row.text for row in rows), "".join(kin)]
    return as_json(content)


def separator(before: str, first: str) -> str:
    """Return the shortest text that begins `first` and comes after `before`."""
    end = 0
    while end < len(before) and end < len(first) and before[end] == first[end]:
        end += 1
    return first[: end + 1]


def as_json(content: object) -> bytes:
    """Write a file of the index."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
