"""
Make a locale's index straight from a corpus, without building pages: the same files as `kbgen build`, in a few seconds.

For synthetic sizes, and for relevance without five builds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sources import ROOT, Article

sys.path.insert(0, str(ROOT))

from kbgen.cache import Shelf
from kbgen.search import analyze
from kbgen.search.blocks import BOOSTS
from kbgen.search.index import Entry, index, row_of
from kbgen.search.records import Record


@dataclass(frozen=True, slots=True)
class Made:
    """What an index took."""

    files: dict[str, bytes]  # by path, "en/search/index.json" among them
    counting: float  # seconds of CPU, text to counted terms
    merging: float  # seconds of CPU, counted terms to files


def make(locale: str, articles: Sequence[Article], shelf_path: Path) -> Made:
    """
    Make the index of some articles; a shelf that was used before is used again.

    Args:
        shelf_path: Where the memory between builds lies; made when missing.
    """
    shelf = Shelf(shelf_path)
    start = time.process_time()
    entries = list(_entries(locale, articles, shelf))
    counted = time.process_time()
    files = {path: row_of(shelf, key) for path, key in index(locale, entries, BOOSTS, shelf)}
    merged = time.process_time()
    shelf.save()
    shelf.close()
    return Made(files, counted - start, merged - counted)


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of an index below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _entries(locale: str, articles: Sequence[Article], shelf: Shelf) -> Iterator[Entry]:
    for article in articles:
        shown = (article.title, article.description, *article.headings)
        key = shelf.key("bench", (locale, *shown, article.text))
        if shelf.get(key) is None:
            fields = {"title": article.title, "description": article.description, "headings": article.headings, "body": article.text}
            shelf.put(key, analyze.pack(analyze.terms(fields, locale)))
        url = f"{locale}/{article.category}/{article.id}/"
        name = "\0".join((*shown, url))
        yield Entry(
            article.id, article.category, key.hex(), name, f"{locale}/{article.category}/", "guide", (), partial(_record, article, url)
        )


def _record(article: Article, url: str) -> Record:
    headings = tuple((f"h{number}", text) for number, text in enumerate(article.headings))
    return Record(url, article.title, article.description, article.category, "guide", (), headings)
