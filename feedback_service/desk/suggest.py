"""
Which articles may answer a case: the one that the requester came from, then those whose own words the case shares.

An article speaks by its title, its keywords and its description; a word that many articles have counts little.  In the requester's
language, and in all others where it has no articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from feedback_service.lexis import words
from feedback_service.manifest import ArticleEntry, Manifest

MOST = 4
LOOKED_AT = 4_000  # characters of what the requester wrote
STEM = 6  # characters by which words are compared: roughly without their endings
SHORTEST = 3
NAMED, TOLD = 3.0, 1.0  # how much a word of title or keywords counts, and one of the description
NEIGHBOUR = 1.25  # an article of the case's own topic is as much likelier
FAIR = 0.3  # of the best one's score; what has less is no help


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a case: the fewer words somebody chose, the more each of them says."""

    query: str = ""  # what they had searched for
    subject: str = ""
    text: str = ""
    category: str = ""
    source: str | None = None  # the article from which they wrote


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The articles of a language, with the weight of each of their words."""

    entries: Mapping[str, ArticleEntry]
    terms: Mapping[str, Mapping[str, float]]
    rarity: Mapping[str, float]


def suggest(manifest: Manifest, locale: str, asked: Asked, linked: Iterable[str] = ()) -> tuple[ArticleEntry, ...]:
    """
    Find articles for a case, the best first, at most MOST.

    Args:
        linked: Articles that stand beside the case already.
    """
    shelf, gone = _shelf(manifest, locale), set(linked)
    source = manifest.find(asked.source, locale) if asked.source and asked.source not in gone else None
    first = [source] if source else []
    left = {name: entry for name, entry in shelf.entries.items() if name not in gone and entry != source}
    topic = asked.category or (source.category if source else "")
    wanted = _wanted(asked)
    scores = {}
    for name, entry in left.items():
        terms = shelf.terms[name]
        score = sum(weight * terms[term] * shelf.rarity[term] for term, weight in wanted.items() if term in terms)
        scores[name] = score * (NEIGHBOUR if topic and entry.category == topic else 1)
    enough = max(scores.values(), default=0) * FAIR
    best = sorted((name for name, score in scores.items() if score > 0 and score >= enough), key=lambda name: (-scores[name], name))
    return tuple([*first, *(left[name] for name in best)][:MOST])


def _wanted(asked: Asked) -> dict[str, float]:
    """Weigh the words of a case: chosen ones more; what stands in several places adds up."""
    found: dict[str, float] = {}
    for text, weight in ((asked.query, 2.0), (asked.subject, 2.0), (asked.text[:LOOKED_AT], 1.0)):
        for term in _stems(text):
            found[term] = found.get(term, 0) + weight
    return found


def _shelf(manifest: Manifest, locale: str) -> _Shelf:
    """Count the words of a language's articles, once for each manifest."""
    key = f"suggest {locale}"
    if key not in manifest.memory:
        entries = {entry.id: entry for entry in manifest.articles.values() if entry.locale == locale}
        entries = entries or {entry.id: entry for entry in manifest.articles.values()}
        terms = {name: _terms(entry) for name, entry in entries.items()}
        counts = Counter(term for each in terms.values() for term in each)
        rarity = {term: log(1 + (len(entries) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}
        manifest.memory[key] = _Shelf(entries, terms, rarity)
    shelf: _Shelf = manifest.memory[key]
    return shelf


def _terms(entry: ArticleEntry) -> dict[str, float]:
    """Weigh the words of an article; one with many words says less with each."""
    named = _stems(" ".join([entry.title, *entry.keywords]))
    found = dict.fromkeys(_stems(entry.description), TOLD) | dict.fromkeys(named, NAMED)
    length = 1 + 0.02 * len(found)
    return {term: weight / length for term, weight in found.items()}


def _stems(text: str) -> set[str]:
    """Cut words to their beginnings; pairs of Han characters are as they are, and what is shorter than SHORTEST tells nothing."""
    return {word[:STEM] for word in words(text) if len(word) >= SHORTEST or (len(word) == 2 and not word.isascii() and word[0] >= "\u3040")}
