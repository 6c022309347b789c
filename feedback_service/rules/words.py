"""How words of a rule are found in what somebody wrote: whole words, letters of either case, one form of what Unicode writes in several."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

LONGEST = 100  # characters of one word or phrase
LOOKED_AT = 20_000  # characters of a text

_SHARED = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "\u200c": " ", "\u0640": None})  # letters that Persian and Arabic share
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def folded(text: str) -> str:
    """Write a text the one way it is compared."""
    return " ".join(unicodedata.normalize("NFKC", text[:LOOKED_AT]).casefold().translate(_SHARED).split())


def holds(text: str, words: Collection[str]) -> bool:
    """Tell whether a folded text holds one of these words or phrases; Chinese ones also inside a longer run of characters."""
    return any(plain in text and (pattern is None or pattern.search(text) is not None) for plain, pattern in map(_wanted, words))


@lru_cache(maxsize=2_000)
def _wanted(word: str) -> tuple[str, re.Pattern[str] | None]:
    """Fold a word, and make the pattern that finds it whole; the pattern is asked only where the letters are there at all."""
    plain = folded(word)
    return plain, None if _HAN.search(word) else re.compile(rf"(?<!\w){re.escape(plain)}(?!\w)")
