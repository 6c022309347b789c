"""
Values that know where they were written, and the problems found in them.

`yaml` and `toml` make them, `typed` checks them.  Lines and columns count from 1, columns in characters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kbgen.model import Problem, Severity

Loc = tuple[str | int, ...]  # the way to a value: ("sources", 0, "url")

SOURCE_WIDTH = 200  # characters of a line that a Problem carries
WORDS_WIDTH = 300  # characters of a message or a remedy
MOST = 100  # problems of one file: more help nobody
MARKS_IN_A_ROW = 8  # combining marks that a letter of any living script may need, with room

_MARK = "\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u115f\u1160\u180e\u200b-\u200d\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
    f"|[{_MARK}]{{{MARKS_IN_A_ROW + 1},}}"
)
_ISOLATES = {"\u2066": 1, "\u2067": 1, "\u2068": 1, "\u2069": -1}
_ARABIC_MARK = "\u061c"
_JOINERS = "\u200c\u200d"


class Span(NamedTuple):
    """A place in a text."""

    line: int
    column: int
    width: int


class Hidden(NamedTuple):
    """Something in a text that readers cannot see or that breaks its neighbours."""

    at: int  # offset in the text
    what: str


@dataclass(slots=True)
class Marked:
    """A tree of plain values with the places of its keys and values."""

    value: Any
    keys: dict[Loc, Span] = field(default_factory=dict)
    values: dict[Loc, Span] = field(default_factory=dict)
    texts: dict[Loc, str] = field(default_factory=dict)  # as written, of unquoted scalars that are not text: "1.10"

    def at(self, loc: Loc, *, key: bool = False) -> Span:
        """Return the place of a value, or of its key; of the nearest thing around it when it is not written."""
        while loc:
            first, second = (self.keys, self.values) if key else (self.values, self.keys)
            span = first.get(loc) or second.get(loc)
            if span is not None:
                return span
            loc, key = loc[:-1], True
        return self.values.get((), Span(1, 1, 1))


class Findings:
    """
    The problems of one text.

    Args:
        path: Of the file, relative to the root.
        text: The whole text, or a part of the file.
        first_line: The file's line on which the text begins.
    """

    def __init__(self, path: str, text: str, first_line: int = 1) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.first_line = first_line
        self.problems: list[Problem] = []
        self.errors = 0

    def add(self, span: Span | None, rule: str, message: str, remedy: str, severity: Severity = "error", edit: str | None = None) -> None:
        """Note a problem; without a place it concerns the whole file.  Those beyond the first MOST errors are only counted."""
        if severity == "error":
            self.errors += 1
        if len(self.problems) >= MOST:
            return
        message, remedy = (text[:WORDS_WIDTH].replace("\n", " ") for text in (message, remedy))
        if span is None:
            self.problems.append(Problem(self.path, 0, 0, rule, message, remedy, severity))
            return
        row = min(max(span.line, 1), len(self.lines))
        line = self.lines[row - 1]
        column = min(max(span.column, 1), len(line) + 1)
        width = max(1, min(span.width, len(line) + 1 - column))
        self.problems.append(
            Problem(self.path, row + self.first_line - 1, column, rule, message, remedy, severity, line[:SOURCE_WIDTH], width, edit)
        )

    @property
    def failed(self) -> bool:
        """Whether one of the problems is an error."""
        return self.errors > 0

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems in the order of the text, each once."""
        return tuple(sorted(set(self.problems)))


class Places:
    """Turns offsets in a text into places; only line feeds end a line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        """Return the place of text[start:end], cut at the end of its first line."""
        start = min(max(start, 0), len(self.text))
        line = bisect_right(self._starts, start)
        first = self._starts[line - 1]
        last = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return Span(line, start - first + 1, max(1, min(end, last) - start))


def hidden(text: str) -> list[Hidden]:
    """
    Find characters that deceive: controls, bidirectional overrides, zero-width ones, piles of combining marks.

    What languages need is left alone: LRM and RLM, a joiner after a letter that is not ASCII or after an emoji, balanced isolates,
    tab and line feed.
    """
    if text.isascii() and text.isprintable():
        return []
    found: list[Hidden] = []
    balanced = _isolates_balanced(text)
    for match in _HIDDEN.finditer(text):
        mark, at = match[0], match.start()
        if len(mark) > 1:
            found.append(Hidden(at, f"a pile of {len(mark)} combining marks"))
        elif not (_joins(mark, text, at) or mark == _ARABIC_MARK or (balanced and mark in _ISOLATES)):
            found.append(Hidden(at, f"the invisible character {code_point(mark)}"))
    return found


def code_point(character: str) -> str:
    """Name a character: "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def ascii_form(text: str) -> str:
    """Write the digits and the full-width signs of a text in ASCII; other characters stay."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(sign)) if not sign.isascii() and sign.isdecimal() else sign for sign in folded)


def _joins(mark: str, text: str, at: int) -> bool:
    """Say whether a sign is a joiner that the letter or emoji before it needs."""
    return mark in _JOINERS and at > 0 and not text[at - 1].isascii() and not _HIDDEN.match(text[at - 1])


def _isolates_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += _ISOLATES.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0
