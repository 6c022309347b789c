"""
Ask the plain index: the Python twin of query.mjs.  It reads the file and nothing else, so it proves what a reader will find.

Both compute in the same order with whole numbers as long as they can, so both give the same hits in the same order:

    idf(word)  = round(1000 * ln(1 + (N - df + 1/2) / (df + 1/2)))
    score      = sum over the words of idf * best(factor * weight) * (idf of the words found / idf of all words) ** 4

The exponent is 2 where a word is a pair of Han, kana or Thai letters.  Factors, in tenths: the very form 10; a form that begins so 6
(for the last word, and for words that no article has); one slip of the finger 7, or 3 where the word itself is known.  Light words of
the rule book have an eighth of the greatest idf at most, and only the others are asked to be found together.  An article that holds less
than two fifths of what the best one holds is no hit.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Any

from kbgen.search.analyze import Analyser, utf16
from kbgen.search.plain import VERSION, Record

LONGEST = 200  # characters of a query that count
MOST_WORDS = 32
EXACT, PREFIX, SLIP, SLIP_OF_KNOWN = 10, 6, 7, 3
SLIP_FROM = 4  # characters
LIGHT = 8  # the share of the greatest idf that a light word of the rule book may have
SECTIONS = 2
_NO_INDEX = "this is no search index of this version"


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    number: int  # of the article in the index
    score: float
    record: Record
    sections: tuple[tuple[str, str], ...]  # anchor, text of the headings that the query speaks of


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the file, opened: forms in UTF-16 order beside their postings."""

    count: int
    forms: list[str]
    keys: list[bytes]
    posts: list[str]
    base: list[int]


class Index:
    """An index file, opened."""

    def __init__(self, data: bytes) -> None:
        """
        Open a file.

        Raises: ValueError: If it is no index of this version.
        """
        content = json.loads(data)
        if not isinstance(content, dict) or content.get("version") != VERSION:
            raise ValueError(_NO_INDEX)
        try:
            self.analyser = Analyser(content["rules"])
            self.light = frozenset(content["rules"]["light"])
            self.records = [_record(row, content["categories"], content["kinds"]) for row in content["records"]]
            self.scale: list[int] = content["scale"]
            self.blocks = [_opened(one) for one in content["blocks"]]
        except (KeyError, TypeError, IndexError) as error:
            raise ValueError(_NO_INDEX) from error

    def query(self, text: str, limit: int = 10, category: str = "", kind: str = "") -> list[Hit]:
        """
        Return the best articles for what somebody typed.

        Args:
            text: Anything; what looks like an operator is text; cut at LONGEST characters.
            limit: How many hits at most.
            category: Only articles whose URL begins so; empty for all.
            kind: Only articles of this kind; empty for all.

        Returns: Hits, best first; equal scores in the order of the index.
        """
        forms = self.analyser.forms(text[:LONGEST])
        asked = list(dict.fromkeys(forms))[:MOST_WORDS]
        light = frozenset() if self.light.issuperset(asked) else self.light
        sums, found, words = [0] * len(self.records), [0] * len(self.records), []
        total = 0
        for word in asked:
            best, df, matched = self._ask(word, last=word == forms[-1])
            idf = self._idf(df)
            weighty = word not in light
            if not weighty:
                idf = min(idf, self._idf(0) // LIGHT)
            words.append((idf * weighty, matched))
            total += idf * weighty
            for number, weight in best.items():
                sums[number] += idf * weight
                found[number] += idf * weighty
        grams = any(self.analyser.is_gram(word) for word in asked)
        hits = [
            (_score(sums[number], found[number], total, grams=grams), number)
            for number, record in enumerate(self.records)
            if found[number] and record.url.startswith(category) and kind in {"", record.kind}
        ]
        most = max((found[number] for _, number in hits), default=0)
        hits = sorted((-score, number) for score, number in hits if found[number] * 5 >= most * 2)
        return [Hit(number, -score, self.records[number], self._sections(number, found[number], words)) for score, number in hits[:limit]]

    def _idf(self, df: int) -> int:
        return int(1000 * log(1 + (len(self.records) - df + 0.5) / (df + 0.5)) + 0.5)

    def _ask(self, word: str, *, last: bool) -> tuple[dict[int, int], int, set[str]]:
        """Return the best factor * weight of each article for a word, in how many the word stands, and the forms that were meant."""
        places = [_place(one, word) for one in self.blocks]
        known = any(place >= 0 for place in places)
        best: dict[int, int] = {}
        df = first = 0
        matched: set[str] = set()
        for one, place in zip(self.blocks, places, strict=True):
            factors = self._candidates(one, word, prefix=last or not known, slip=SLIP_OF_KNOWN if known else SLIP)
            if place >= 0:
                factors[place] = EXACT
            for row, factor in factors.items():
                matched.add(one.forms[row])
                for number, weight in self._postings(one, row):
                    best[first + number] = max(best.get(first + number, 0), factor * weight)
                    df += row == place
            first += one.count
        return best, df if known else len(best), matched

    def _postings(self, one: Block, row: int) -> Iterable[tuple[int, int]]:
        """Return article and weight of each posting of a form."""
        number = -1
        for letter, gap in re.findall(r"([a-z])(\d*)", one.posts[row].lower()):
            number += 1 + int(gap or 0)
            yield number, one.base[number] * self.scale[ord(letter) - ord("a")]

    def _candidates(self, one: Block, word: str, *, prefix: bool, slip: int) -> dict[int, int]:
        factors: dict[int, int] = {}
        if self._may_slip(word):
            for row in _rows(one, word[0]):
                form = one.forms[row]
                if max(form) <= "\uffff" and one_slip(word, form):
                    factors[row] = slip
        if prefix:
            for row in _rows(one, word):
                factors[row] = max(factors.get(row, 0), PREFIX)
        return factors

    def _may_slip(self, word: str) -> bool:
        """Say whether a word may be a slip of the finger: numbers and pairs of letters are not, nor are words that say little."""
        if len(word) < SLIP_FROM or word in self.light or self.analyser.is_gram(word):
            return False
        return max(word) <= "\uffff" and not set(word) <= set("0123456789")

    def _sections(self, number: int, found: int, words: Sequence[tuple[int, set[str]]]) -> tuple[tuple[str, str], ...]:
        """Return the headings that hold at least half of what was found of the query, best first."""
        rated = []
        for at, (anchor, text) in enumerate(self.records[number].headings):
            forms = set(self.analyser.forms(text))
            rate = sum(idf for idf, matched in words if not forms.isdisjoint(matched))
            if rate and rate * 2 >= found:
                rated.append((-rate, at, anchor, text))
        return tuple((anchor, text) for _, _, anchor, text in sorted(rated)[:SECTIONS])


def query(index_bytes: bytes, text: str, limit: int = 10, category: str = "", kind: str = "") -> list[Hit]:
    """
    Return the best articles of an index file for what somebody typed; see `Index.query`.

    Raises: ValueError: If the bytes are no index.
    """
    return _index(index_bytes).query(text, limit, category, kind)


def one_slip(one: str, other: str) -> bool:
    """Say whether two different forms are one letter put in, left out, changed, or two neighbours swapped apart."""
    if abs(len(one) - len(other)) > 1:
        return False
    shorter = min(len(one), len(other))
    start = end = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    first, second = one[start : len(one) - end], other[start : len(other) - end]
    return max(len(first), len(second)) <= 1 or (len(first) == 2 and first == second[::-1])  # noqa: PLR2004 - two letters


def _score(weights: int, found: int, total: int, *, grams: bool) -> float:
    ratio = found / total
    square = ratio * ratio
    return weights * (square if grams else square * square)


@lru_cache(maxsize=8)
def _index(data: bytes) -> Index:
    return Index(data)


def _record(row: Sequence[Any], categories: Sequence[str], kinds: Sequence[str]) -> Record:
    url, title, description, category, kind, tags, headings = row
    pairs = tuple(zip(headings[::2], headings[1::2], strict=True))
    return Record(url, title, description, categories[category], kinds[kind], tuple(tags), pairs)


def _opened(fragment: dict[str, Any]) -> Block:
    forms: list[str] = []
    before = ""
    for shared, rest in re.findall(r"([A-Z])([^A-Z]*)", fragment["forms"]):
        before = before[: ord(shared) - ord("A")] + rest
        forms.append(before)
    posts = re.findall(r"[A-Z][^A-Z]*", fragment["posts"])
    return Block(fragment["count"], forms, [utf16(form) for form in forms], posts, fragment["base"])


def _place(one: Block, word: str) -> int:
    """Return the row of a form, -1 if the block does not have it."""
    row = bisect_left(one.keys, utf16(word))
    return row if row < len(one.forms) and one.forms[row] == word else -1


def _rows(one: Block, start: str) -> Iterable[int]:
    """Return the rows of the forms that begin with a text."""
    row = bisect_left(one.keys, utf16(start))
    while row < len(one.forms) and one.forms[row].startswith(start):
        yield row
        row += 1
