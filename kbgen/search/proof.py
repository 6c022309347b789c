"""
Proof that search finds: the queries that people wrote down, and articles by their own titles, asked of the very files that are published.

All titles of a small locale are tried; of a larger one a sample that changes with the index, so that a build stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from kbgen.digests import digest
from kbgen.search.query import Hit, Index
from kbgen.search.wishes import Test, Wishes

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


def ask(index: Index, wishes: Wishes, urls: Mapping[str, str], hidden: Mapping[str, str]) -> None:
    """
    Ask the queries of a search-tests.toml; a miss is noted in it.

    Args:
        urls: Id -> URL of the articles of the locale.
        hidden: Id -> why an article of the locale is not shown.
    """
    for test in wishes.tests():
        url = urls.get(test.article)
        named = f"the query  {test.query}  has to find {test.article}"
        if url is None and test.article in hidden:
            message = f"{named}, which is not shown now: {hidden[test.article].replace('_', ' ')}"
            wishes.problem(test.loc, "KB901", message, "The query is asked when the article is shown. Or take the test out", warning=True)
        elif url is None:
            wishes.problem(test.loc, "KB901", f"{named}, and there is no such article", "Correct the id, or take the test out")
        else:
            _ask(index, wishes, test, url, f"{named} among the first {test.within}")


def _ask(index: Index, wishes: Wishes, test: Test, url: str, named: str) -> None:
    hits = index.query(test.query, limit=max(10, test.within))
    found = [hit.record.url for hit in hits]
    if url in found[: test.within]:
        return
    first = ",  ".join(hit.record.title for hit in hits[:FIRST])
    place = f"it stands in place {found.index(url) + 1}" if url in found else "it is not among them"
    message = f"{named}: {place}" + (f"; first come:  {first}" if first else "; nothing is found")
    asking = f'kbgen search "{test.query}" -l {index.locale} --checked --article {unquote(url)}'
    wishes.problem(test.loc, "KB901", message, f"Give the article these words as a keyword, or add a synonym;  {asking}  says why")


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
