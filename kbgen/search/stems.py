"""
Form -> stem, at build time only: forms that share a stem find one another, so that the browser needs no stemmer.

Stems are remembered for the forms of each group of letters.  Such a row grows; what it says of a form never changes, so a build with
it and one without give the same bytes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from kbgen.cache import Shelf
from kbgen.search.blocks import letters_of

STEMMERS = {"en": "english", "ca": "catalan", "ro": "romanian", "fa": "persian"}
SHORTEST = 4  # letters of a form that has a stem
_WORD = re.compile(r"[^\W\d_]+")


class Stems:
    """The stems of a locale's forms."""

    def __init__(self, locale: str, shelf: Shelf) -> None:
        self._language = STEMMERS.get(locale.partition("-")[0], "")
        self._shelf = shelf
        self._known: dict[str, dict[str, str]] = {}
        self._changed: set[str] = set()
        self._stemmer: Any = None

    def key(self, letters: str) -> bytes:
        """Name the row of a group."""
        return self._shelf.key("stems", [self._language, letters])

    def stem(self, form: str) -> str:
        """Return the stem of a form; "" when it has none: too short, a number, a pair, or of another script."""
        if not self._language or len(form) < SHORTEST or not _WORD.fullmatch(form):
            return ""
        letters = letters_of(form)
        known = self._known.get(letters)
        if known is None:
            row = self._shelf.get(self.key(letters))
            known = self._known[letters] = json.loads(row) if row else {}
        found = known.get(form)
        if found is None:
            if self._stemmer is None:
                import snowballstemmer  # noqa: PLC0415 - only new words are stemmed

                self._stemmer = snowballstemmer.stemmer(self._language)
            found = known[form] = self._stemmer.stemWord(form)
            self._changed.add(letters)
        return found

    def save(self) -> None:
        """Keep what was learned."""
        for letters in self._changed:
            row = json.dumps(self._known[letters], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            self._shelf.put(self.key(letters), row.encode("utf-8", "surrogatepass"))
        self._changed.clear()
