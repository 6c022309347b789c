"""
The export that the next build of the portal reads, `feedback.json`, schema 1: votes, searches in vain, approved answers.

It holds no comment, no address and no voter.  A reader of another schema refuses the file, so a change of meaning is a new schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from feedback_service.ratings import Rating, live
from feedback_service.reports import misses
from feedback_service.searches import SearchEvent

SCHEMA = 1
FEWEST_SEARCHES = 3  # a query that fewer searches asked may be somebody's own words


@dataclass(frozen=True, slots=True)
class Answer:
    """A public question with its answer, both approved by a moderator as they stand here."""

    article: str
    locale: str
    question: str
    answer: str
    at: datetime


def feedback_json(ratings: Iterable[Rating], searches: Iterable[SearchEvent], answers: Iterable[Answer], made_at: datetime) -> str:
    """
    Write the export; the same values always give the same text.

    Each article has the sum of its votes, and those of each revision.  Queries are listed from three searches in vain on.
    """
    plain = {
        "schema": SCHEMA,
        "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "ratings": _votes(ratings),
        "misses": [
            {"locale": locale, "query": query, "times": times} for locale, query, times in misses(searches) if times >= FEWEST_SEARCHES
        ],
        "answers": [
            {"article": each.article, "locale": each.locale, "question": each.question, "answer": each.answer, "at": each.at.isoformat()}
            for each in sorted(answers, key=lambda each: (each.article, each.locale, each.at, each.question))
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _votes(ratings: Iterable[Rating]) -> list[dict[str, object]]:
    counts: dict[str, dict[str, list[int]]] = {}
    for rating in live(ratings):
        counts.setdefault(rating.article, {}).setdefault(rating.revision, [0, 0])[not rating.helpful] += 1
    return [
        {
            "article": article,
            "yes": sum(yes for yes, _ in revisions.values()),
            "no": sum(no for _, no in revisions.values()),
            "revisions": [{"revision": name, "yes": yes, "no": no} for name, (yes, no) in sorted(revisions.items())],
        }
        for article, revisions in sorted(counts.items())
    ]
