"""Ranges of characters, as the rule book writes them: "41-5A 61"."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence


class Table(dict[int, str]):
    """For str.translate: characters in ranges become one text, others stay; a character is looked up once."""

    def __init__(self, lines: Sequence[str], by: str, kept: str, pairs: Mapping[str, str] | None = None) -> None:
        super().__init__({ord(letter): text for letter, text in (pairs or {}).items()} | {ord(letter): letter for letter in kept})
        self._spans, self._by = spans(lines), by

    def __missing__(self, code: int) -> str:
        text = self._by if inside(self._spans, code) else chr(code)
        self[code] = text
        return text


def spans(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the first and last code point of each range of lines such as "41-5A 61", sorted."""
    ends = ([int(end, 16) for end in span.split("-")] for line in lines for span in line.split())
    return sorted((pair[0], pair[-1]) for pair in ends)


def inside(ranges: Sequence[tuple[int, int]], code: int) -> bool:
    """Say whether a code point lies in one of some ranges."""
    at = bisect_right(ranges, (code, 0x110000))
    return at > 0 and code <= ranges[at - 1][1]
