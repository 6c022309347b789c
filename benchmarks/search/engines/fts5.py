"""SQLite's FTS5, the engine of a server: bm25 with our weights of fields, any word may match, the last one as a prefix."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence

from sources import Article

_TOKENIZERS = {"en": "porter unicode61 remove_diacritics 2", "zh-Hant": "trigram"}
_LENGTH = 3  # of the pieces into which FTS5 cuts Chinese


def asked(text: str, locale: str) -> str:
    """Return a query in FTS5's language: its words, or its pieces of three characters, with OR between."""
    words = re.findall(r"\w+", text)
    if locale == "zh-Hant":
        words = [word[at : at + _LENGTH] for word in words for at in range(max(1, len(word) - _LENGTH + 1))]
    if not words:
        return '""'
    return " OR ".join(f'"{word}"' for word in words) + ("" if locale == "zh-Hant" else "*")


def hits(articles: Sequence[Article], locale: str, queries: Sequence[str]) -> tuple[list[list[str]], list[float]]:
    """Return for each query the ids of the best ten articles, and the milliseconds that each took."""
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, headings, description, body, tokenize='{_tokenizer(locale)}')")
    rows = ((one.id, one.title, "\n".join(one.headings), one.description, one.body) for one in articles)
    base.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    found, times = [], []
    for query in queries:
        start = time.perf_counter()
        sql = "SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t, 0, 3.0, 1.5, 1.5, 1.0), rowid LIMIT 10"
        found.append([str(row[0]) for row in base.execute(sql, (asked(query, locale),))])
        times.append((time.perf_counter() - start) * 1000)
    return found, times


def _tokenizer(locale: str) -> str:
    return _TOKENIZERS.get(locale, "unicode61 remove_diacritics 2")
