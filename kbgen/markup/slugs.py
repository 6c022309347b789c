"""Anchors of headings: made of their words, unique in an article, and never one of the theme's."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

_NO_WORD = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[-\s]+")
_NUMBERED = re.compile(r"(.*)_([0-9]+)", re.DOTALL)
_RESERVED = "kb-"  # ids of the theme begin so


class Anchors:
    """The ids of one article; values are escaped as in HTML."""

    def __init__(self, explicit: Iterable[str]) -> None:
        self.taken = {own(value) for value in explicit}
        self._used: set[str] = set()

    def explicit(self, value: str) -> str:
        """Return the id that a writer has set, moved out of the theme's way; "" when another element has it already."""
        value = own(value.strip())
        if not value or value in self._used:
            return ""
        self._used.add(value)
        return value

    def made(self, text: str) -> str:
        """Return the id of a heading by its visible text, as Python-Markdown's table of contents would."""
        anchor = own(html.escape(slug(text), quote=True))
        if not anchor or anchor in self.taken:
            match = _NUMBERED.fullmatch(anchor)
            base, count = (match[1], int(match[2])) if match else (anchor, 0)
            count += 1
            while f"{base}_{count}" in self.taken:
                count += 1
            anchor = f"{base}_{count}"
        self.taken.add(anchor)
        self._used.add(anchor)
        return anchor


def slug(text: str) -> str:
    """Return a heading's words in lower case with hyphens, in their own script, NFC."""
    return _GAPS.sub("-", _NO_WORD.sub("", unicodedata.normalize("NFC", text)).strip().lower())


def own(value: str) -> str:
    """Return an id or anchor that is not one of the theme's."""
    return f"h-{value}" if value.lower().startswith(_RESERVED) else value
