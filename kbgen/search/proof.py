"""
Proof that search finds: the queries that people wrote down, and articles by their own titles, asked of the very files that are published.

All titles of a small locale are tried; of a larger one a sample that changes with the index, so that a build stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kbgen.digests import digest
from kbgen.search.query import Hit, Index
from kbgen.search.wishes import Wishes

FIRST = 3  # results among which an article has to be for its title
SAMPLE, LEAST = 12_000, 4  # titles of a large locale: so many divided by its articles, because an edit has to wait for them
SMALL = 64  # a locale of so many articles has all its titles tried
WORDS = 3
DEEP = 20  # results that are looked at for namesakes


@dataclass(frozen=True, slots=True)
class Titled:
    """An article that has to be found by its title."""

    id: str
    url: str
    title: str
    path: str


def ask(index: Index, wishes: Wishes, urls: dict[str, str]) -> None:
    """
    Ask the queries of a search-tests.toml; a miss is noted in it.

    Args:
        urls: Id -> URL of the articles of the locale.
    """
    for test in wishes.tests():
        url = urls.get(test.article)
        if url is None:
            wishes.problem(
                test.loc, "KB901", f"there is no article {test.article} for the query  {test.query}", "Correct the id, or take the test out"
            )
            continue
        hits = [hit.record.url for hit in index.query(test.query, limit=max(10, test.within))]
        if url in hits[: test.within]:
            continue
        place = f"it stands in place {hits.index(url) + 1}" if url in hits else "it is not found"
        message = f"the query  {test.query}  has to find {test.article} among the first {test.within}: {place}"
        wishes.problem(test.loc, "KB901", message, "Give the article that word as a keyword, or add a synonym")


def missed(index: Index, articles: Sequence[Titled], seed: str) -> Iterator[tuple[Titled, str]]:
    """
    Ask for articles by their titles.

    Args:
        articles: All of a locale.
        seed: Chooses the sample of a large one.

    Yields: An article that its title, or three words of it, does not find, and that query.
    """
    count = len(articles)
    size = count if count <= SMALL else max(LEAST, min(SMALL // 4, SAMPLE // count))
    chosen = sorted(articles, key=lambda one: digest(seed, one.id))[:size]
    for article in chosen:
        for query in dict.fromkeys((article.title, _three(article.title))):
            if not _found(index, query, article):
                yield article, query
                break


def _three(title: str) -> str:
    """Return the three longest words of a title, in its order."""
    words = title.split()
    longest = sorted(range(len(words)), key=lambda at: (-len(words[at]), at))[:WORDS]
    return " ".join(words[at] for at in sorted(longest))


def _found(index: Index, query: str, article: Titled) -> bool:
    """Say whether an article is among the first, or behind others whose titles hold the words too."""
    asked = set(index.analyser.forms(query)) - index.light
    if not asked:
        return True
    if any(hit.record.url == article.url for hit in index.query(query, limit=FIRST)):
        return True
    before = 0
    hits = index.query(query, limit=DEEP)
    for hit in hits:
        if hit.record.url == article.url:
            return True
        before += not _holds(index, hit, asked)
        if before >= FIRST:
            return False
    return before == 0 and len(hits) == DEEP  # all that came before are called so too


def _holds(index: Index, hit: Hit, asked: set[str]) -> bool:
    return asked <= set(index.analyser.forms(hit.record.title))
