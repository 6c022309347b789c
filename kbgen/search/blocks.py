"""
Articles -> blocks: how much each form weighs in each article, for some sixty neighbours at a time.

A block is a pure function of the counted terms of its articles, their slots and the site's rounded average lengths, so one edited
article weighs one block anew.  Its forms lie in cells by their first letters: only cells that changed are merged again (`shards`).

value(form, article) = sum over fields of boost * (k1+1) * tf / (k1 * (1 - b + b * length/average) + tf), k1 1.2, b 0.75, as lunr has it;
the ratio of lengths is rounded to a quarter of a doubling, so that a sentence more or less seldom moves the other words of an article.
A pair of words weighs boost * (k1+1) * tf / (k1 + tf): its length is of no account.  Values are written in twentieths.
Source: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import log2

from kbgen.digests import digest
from kbgen.search.analyze import FIELDS, PAIR, groups_of, lengths_of, utf16

BOOSTS: Mapping[str, float] = {"title": 3.0, "keywords": 3.0, "headings": 1.5, "description": 1.5, "tags": 1.5, "body": 1.0}
K1, B = 1.2, 0.75
STEPS = 20  # of a value, in a unit
LENGTH_STEPS = 4  # of a ratio of lengths, in a doubling
SLOTS = 256  # numbers that a block has for its articles
FILL, LEAST, MOST = 64, 32, 128  # articles in a block: on average, except at the end, and at most
SHIFT = 256  # what the letters of postings begin with: no control characters, no tabs
MOST_VALUE = 20_000  # what a letter can hold before surrogates begin
WIDE = "\u2e80"  # from here on, scripts of many letters


def dealt(ids: Sequence[str]) -> list[dict[str, int]]:
    """
    Deal articles into blocks whose borders and slots hang on the ids alone.

    Args:
        ids: In the order of the portal, categories together; each once.

    Returns: Blocks of id -> slot, sorted by slot.  A new article takes a free slot of one block and seldom moves another.
    """
    blocks: list[dict[str, int]] = []
    some: list[tuple[int, str]] = []
    for one in ids:
        number = int(digest(one)[:12], 16)
        some.append((number, one))
        if len(some) >= MOST or (len(some) >= LEAST and number // SLOTS % (FILL - LEAST) == 0):
            blocks.append(_slots(some))
            some = []
    return [*blocks, _slots(some)] if some else blocks


def _slots(some: list[tuple[int, str]]) -> dict[str, int]:
    taken: dict[int, str] = {}
    for number, one in sorted(some):
        slot = number % SLOTS
        while slot in taken:
            slot = (slot + 1) % SLOTS
        taken[slot] = one
    return {taken[slot]: slot for slot in sorted(taken)}


def totals(packed: Iterable[bytes]) -> list[int]:
    """Return the sum of the lengths of some articles for each of FIELDS, from what `analyze.pack` made of them."""
    return [sum(column) for column in zip(*map(lengths_of, packed), strict=True)] or [0] * len(FIELDS)


def averages_of(sums: Sequence[int], count: int) -> list[float]:
    """Return the average length of each of FIELDS over all articles, rounded to two digits so that an edit seldom moves it."""
    return [float(f"{total / max(count, 1):.2g}") for total in sums]


def weighed(
    packed: bytes, averages: Sequence[float], boosts: Mapping[str, float], *, exact: bool = False
) -> Iterator[tuple[float, Iterable[str]]]:
    """
    Weigh the forms of an article.

    Args:
        packed: Its counted terms.
        averages: See `averages_of`.
        boosts: Field -> weight of a word in it; a word is not found by a field whose boost is 0.
        exact: Do not round the ratio of lengths.

    Yields: A value and the forms that have it; each form once.
    """
    norms = dict(zip(FIELDS, map(_share if exact else _rounded, lengths_of(packed), averages), strict=True))
    several: dict[str, float] = {}  # of forms outside the body
    body: list[tuple[float, list[str]]] = []
    for name, times, forms in groups_of(packed):
        boost = boosts.get(name.removesuffix(PAIR), 0.0)
        if boost <= 0:
            continue
        value = boost * (K1 + 1) * times / (K1 * norms.get(name, 1.0) + times)
        if name == "body":
            body.append((value, forms))
        else:
            for form in forms:
                several[form] = several.get(form, 0.0) + value
    for value, forms in body:
        for form in several.keys() & forms:
            several[form] += value
        yield value, [form for form in forms if form not in several]
    for form, value in several.items():
        yield value, (form,)


def _share(length: int, average: float) -> float:
    return 1 - B + B * length / average if length and average else 1 - B


@lru_cache(maxsize=4096)
def _rounded(length: int, average: float) -> float:
    ratio = 2 ** (round(LENGTH_STEPS * log2(length / average)) / LENGTH_STEPS) if length and average else 0.0
    return 1 - B + B * ratio


def block(packed: Sequence[bytes], slots: Sequence[int], averages: Sequence[float], boosts: Mapping[str, float] = BOOSTS) -> bytes:
    """
    Weigh a block.

    Args:
        packed: The counted terms of its articles.
        slots: Their slots, rising.
        averages, boosts: See `weighed`.

    Returns: A line of JSON, {first letters: [digest of the cell, where it begins, its bytes]}, and the cells; `Cells` reads them.
        A line of a cell is a form, a tab, and two letters for each article: its slot, and the value there.
    """
    rows: defaultdict[str, str] = defaultdict(str)
    for one, slot in zip(packed, slots, strict=True):
        for value, forms in weighed(one, averages, boosts):
            posting = chr(SHIFT + slot) + chr(SHIFT + min(MOST_VALUE, max(1, round(STEPS * value))))
            for form in forms:
                rows[form] += posting
    cells: dict[str, list[str]] = {}
    for form in ordered(rows):
        cells.setdefault(letters_of(form), []).append(f"{form}\t{rows[form]}")
    header, bodies, at = {}, [], 0
    for letters, lines in cells.items():
        body = "\n".join(lines).encode("utf-8", "surrogatepass")
        header[letters] = [blake2b(body, digest_size=8).hexdigest(), at, len(body)]
        bodies.append(body)
        at += len(body)
    return json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n" + b"".join(bodies)


def ordered(forms: Iterable[str]) -> list[str]:
    """Sort forms as JavaScript compares them; only letters beyond the first 65,536 make that differ from what Python does."""
    plain = sorted(forms)
    return sorted(plain, key=utf16) if any(not form.isascii() and max(form) > "\uffff" for form in plain) else plain


def letters_of(form: str) -> str:
    """
    Name the cell of a form, so that the names sort as the forms do.

    It is the first two letters and the row of eight that the third stands in; in scripts of many letters, the row of 32 of the first.
    """
    if form[0] >= WIDE:
        return chr(ord(form[0]) & ~31)
    return form[:2] + chr(ord(form[2]) & ~7) if len(form) > 2 else form  # noqa: PLR2004 - a third letter


class Cells:
    """A block, opened as far as is asked for."""

    def __init__(self, data: bytes) -> None:
        head, _, self._body = data.partition(b"\n")
        self.header: dict[str, tuple[str, int, int]] = json.loads(head)

    def lines(self, letters: str) -> Iterator[tuple[str, str]]:
        """Yield form and postings of a cell."""
        _, at, size = self.header[letters]
        for line in self._body[at : at + size].decode("utf-8", "surrogatepass").split("\n"):
            form, _, postings = line.partition("\t")
            yield form, postings
