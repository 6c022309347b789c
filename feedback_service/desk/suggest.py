"""
Which articles may answer a case: the one that the requester came from, then those whose titles share its rarer words.

Titles only, for the manifest holds no texts; in the requester's language, and in the fall-back where there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from feedback_service.manifest import ArticleEntry, Manifest

MOST = 4
_WORD = re.compile(r"\w+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LOOKED_AT = 4_000  # characters of a case


def suggest(manifest: Manifest, locale: str, text: str, source: str | None = None, linked: Iterable[str] = ()) -> tuple[ArticleEntry, ...]:
    """
    Find articles for a case, the best first, at most MOST.

    Args:
        text: What the requester wrote, subject first.
        source: The article from which they wrote.
        linked: Articles that stand beside the case already.
    """
    known = [entry for (_, its), entry in manifest.articles.items() if its == locale] or list(manifest.articles.values())
    left = {entry.id: entry for entry in known}
    for gone in linked:
        left.pop(gone, None)
    first = [entry] if source and (entry := left.pop(source, None)) else []
    asked = set(_words(text[:_LOOKED_AT]))
    terms = {entry.id: set(_words(entry.title)) for entry in known}
    counts = Counter(term for each in terms.values() for term in each)
    scores = {name: _score(asked & terms[name], terms[name], counts, len(known)) for name in left}
    best = sorted((name for name in left if scores[name] > 0), key=lambda name: (-scores[name], name))
    return tuple([*first, *(left[name] for name in best)][:MOST])


def _score(shared: set[str], title: set[str], counts: Counter[str], total: int) -> float:
    """Weigh shared words by their rarity; a long title needs more of them."""
    return sum(log(1 + total / counts[term]) for term in shared) / (1 + 0.1 * len(title))


def _words(text: str) -> Sequence[str]:
    """Cut a text into words without their marks, roughly without endings; Han into pairs of characters."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    found: list[str] = []
    for word in _WORD.findall(folded):
        if _HAN.search(word):
            found += [word[place : place + 2] for place in range(len(word) - 1)]
        elif len(word) > 3:
            found.append(word[:6])
    return found
