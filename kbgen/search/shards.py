"""
Cells of all blocks -> merged rows -> shards.

A shard is a run of forms in UTF-16 order, all that begin with the same three letters together where that is possible, and its borders
hang on the letters themselves, so one edit leaves the others' bytes alone.  As a file it is

    [forms, postings, kin]

forms front-coded; postings as numbers: for each form the articles that it stands in (the true count), then for each article its distance
from the one before (the first from 0) and the value; kin as numbers: for each form, how many places before it the nearest form of the
same stem stands, 0 for none (`kbgen.search.numbers` tells how both are written).  Of a form in more than `cut` articles, the postings
that `kbgen.search.kept` chooses stand there, and before them how many more than `cut` they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from kbgen.search.blocks import SHIFT, SLOTS, Cells, ordered
from kbgen.search.kept import Choices, kept
from kbgen.search.numbers import front_coded, written

CUT, CUT_LARGE = 512, 1024  # postings kept of a form
SIZE, SIZE_LARGE = 2_500, 8_000  # letters of a shard, on average
LARGE = 20_000  # articles


@dataclass(frozen=True, slots=True)
class Row:
    """A form with all its postings."""

    form: str
    df: int  # in how many articles it stands
    text: str  # distances and values, written; before them, of a form that is cut, how many more than the cut they are

    @property
    def size(self) -> int:
        """Letters that it takes in a shard, about."""
        return len(self.text) + 4 + max(0, len(self.form) - 3)


def merged(letters: str, blocks: Sequence[Cells], cut: int, choices: Choices) -> list[Row]:
    """
    Bring the cells of all blocks together.

    Args:
        letters: Which cells.
        blocks: All of a locale, in their order.
        cut, choices: See `kbgen.search.kept`; no form of up to *cut* articles looks at the choices.
    """
    rows: dict[str, list[tuple[int, str]]] = {}
    for number, cells in enumerate(blocks):
        if letters in cells.header:
            for form, postings in cells.lines(letters):
                rows.setdefault(form, []).append((number * SLOTS - SHIFT, postings))
    found = []
    for form in ordered(rows):
        parts = rows[form]
        df = sum(len(postings) for _, postings in parts) // 2
        found.append(Row(form, df, _text(parts) if df <= cut else _cut(parts, cut, choices)))
    return found


def _cut(parts: Iterable[tuple[int, str]], cut: int, choices: Choices) -> str:
    postings = ((base + ord(slot), value) for base, its in parts for slot, value in zip(its[::2], its[1::2], strict=True))
    few = kept(postings, cut, choices)
    return written(len(few) - cut) + _text((number, "\0" + value) for number, value in few)


def _text(parts: Iterable[tuple[int, str]]) -> str:
    """Write postings, given as what to add to the letter of a slot, and the letters."""
    text, last = [], 0
    for base, postings in parts:
        for slot, value in zip(postings[::2], postings[1::2], strict=True):
            number = base + ord(slot)
            text.append(written(number - last) + _VALUES[value])
            last = number
    return "".join(text)


class _Values(dict[str, str]):
    """How values are written; there are few different ones."""

    def __missing__(self, letter: str) -> str:
        self[letter] = text = written(ord(letter) - SHIFT)
        return text


_VALUES = _Values()


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
        if some and (total + weight > 2 * size or (total >= size // 2 and is_border(letters))):
            yield some
            some, total = [], 0
        some.append(letters)
        total += weight
    if some:
        yield some


def is_border(letters: str) -> bool:
    """Say whether a run may end before some letters: by their own look, in two cases of five."""
    return blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] < 100  # of 256


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
