"""
Text from strangers: what is refused, what is silently mended, and the one spelling under which it is kept.

Refused: NUL and other control characters, lone surrogates, noncharacters, too much of it.  Mended: what turns or hides other text
(bidi overrides, isolates left open, zero-width signs that join nothing), towers of accents, line ends.  The joiners that Persian and
Indic words and emoji need stay.  Markup is no concern of this room: text stays text, and is escaped where it is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 8  # combining marks in a row
SLACK = 2  # how many times the limit is looked at before a text is refused unread

_BREAK = re.compile(r"\r\n|[\r\v\f\u2028\u2029]")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x9f]")
_BROKEN = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef" + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17)) + "]")
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"
_OPENING, _CLOSING = frozenset("\u2066\u2067\u2068"), "\u2069"
_HIDDEN = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
_DROPPED = re.compile(f"[{_OVERRIDES}{_HIDDEN}\U000e0000-\U000e0fff]")
_JOINERS = frozenset("\u200c\u200d")
# A line that has none of these is left alone: joiners and isolates, and runs that may be a tower of marks (a mark is no letter).
_ODD = re.compile(rf"[\u200c\u200d\u2066-\u2069]|[^\w\0-\x7f]{{{MOST_MARKS + 1}}}")
_FIRST_JOINED = 0x0590  # below Hebrew, no script joins by a sign of its own


class TextError(ValueError):
    """A text that is not taken.  `reason` is "required", "too_long", "control_characters" or "broken_characters"."""

    def __init__(self, reason: str, limit: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.limit = reason, limit


def clean_text(text: str, limit: int, *, required: bool = True) -> str:
    """
    Take a text of several lines.

    Args:
        limit: Characters that may be left after cleaning.
        required: At least one letter or digit must be there; otherwise "" is a text too.
    Raises: TextError: With the reason.
    """
    if len(text) > limit * SLACK + 100:
        raise TextError("too_long", limit)
    plain = _BREAK.sub("\n", text)
    if not plain.isascii():
        plain = _DROPPED.sub("", plain)
    if _CONTROL.search(plain):
        raise TextError("control_characters")
    mended = plain if plain.isascii() else _mended(plain)
    cleaned = "\n".join(line.rstrip() for line in mended.split("\n")).strip()
    if len(cleaned) > limit:
        raise TextError("too_long", limit)
    if required and not any(map(str.isalnum, cleaned)):
        raise TextError("required")
    return cleaned


def clean_line(text: str, limit: int, *, required: bool = True) -> str:
    """Take a text of one line, such as a subject: line ends and tabs become spaces, runs of spaces one."""
    spaced = clean_text(text, limit * SLACK + 100, required=required)
    line = " ".join(spaced.split())
    if len(line) > limit:
        raise TextError("too_long", limit)
    return line


def had_line_ends(text: str) -> bool:
    """Tell whether a one-line text came with line ends: an attempt at header injection, worth a line in the log."""
    return any(char in text for char in "\r\n\u2028\u2029\x0b\x0c\x85")


def _mended(plain: str) -> str:
    """Mend what only letters beyond ASCII can get wrong.  Raises: TextError."""
    if _BROKEN.search(plain):
        raise TextError("broken_characters")
    lines = ("".join(_few_marks(_joined(_balanced(line)))) if _ODD.search(line) else line for line in plain.split("\n"))
    return unicodedata.normalize("NFC", "\n".join(lines))


def _balanced(line: str) -> Iterator[str]:
    """Drop isolates that are not both opened and closed in this line."""
    open_at: list[int] = []
    paired: set[int] = set()
    for place, char in enumerate(line):
        if char in _OPENING:
            open_at.append(place)
        elif char == _CLOSING and open_at:
            paired |= {open_at.pop(), place}
    for place, char in enumerate(line):
        if (char not in _OPENING and char != _CLOSING) or place in paired:
            yield char


def _joined(chars: Iterator[str]) -> Iterator[str]:
    """Drop joiners that stand between anything but signs of scripts that join, or pictures."""
    before, waiting = "", ""
    for char in chars:
        if char in _JOINERS:
            waiting = char  # several in a row are one
            continue
        if waiting and _joins(before) and _joins(char):
            yield waiting
        waiting = ""
        yield char
        before = char


def _joins(char: str) -> bool:
    return bool(char) and ord(char) >= _FIRST_JOINED and unicodedata.category(char)[0] in "LMS"


def _few_marks(chars: Iterator[str]) -> Iterator[str]:
    marks = 0
    for char in chars:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= MOST_MARKS:
            yield char
