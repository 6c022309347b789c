"""
Which articles belong together.

Method: an article is known by its signature, the two dozen forms that weigh most in its title, keywords, tags, headings and
description.  Two articles are as near as the rarity of the forms that they share (the sum of squared inverse document frequencies,
as in the cosine measure), a little nearer in the same category.  Forms that more than COMMON articles have say nothing and are left
out, so an article meets at most 24 x COMMON others and the whole takes O(n), whatever the site's size.
Source: G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval", Information Processing & Management 24(5), 1988.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import log

from kbgen.model import Article

COMMON = 40  # articles that may share a form before it counts as common
SHOWN = 4
SAME_CATEGORY = 1.3
SAME_BRANCH = 1.1
LEAST = 2.0  # below this nearness two articles have nothing to say to each other


def related_of(articles: Sequence[Article]) -> dict[str, list[list[str]]]:
    """
    Choose the neighbours of each article.

    Args:
        articles: Of one locale, sorted by id.

    Returns: id -> up to four rows of id, reason ("chosen", "tag", "category", "text"), shared tag.
    """
    postings: dict[str, list[int]] = defaultdict(list)
    for number, article in enumerate(articles):
        for form in article.signature:
            postings[form].append(number)
    weights = {form: log(1 + len(articles) / len(found)) ** 2 for form, found in postings.items() if 1 < len(found) <= COMMON}
    known = {article.head.id for article in articles}
    neighbours = _category_neighbours(articles)
    result = {}
    for number, article in enumerate(articles):
        scores: dict[int, float] = defaultdict(float)
        for form in article.signature:
            weight = weights.get(form)
            if weight:
                for other in postings[form]:
                    scores[other] += weight
        scores.pop(number, None)
        rows = [[key, "chosen", ""] for key in article.head.related if key in known and key != article.head.id]
        ranked = sorted(((-_nearness(article, articles[other], score), other) for other, score in scores.items() if score >= LEAST))
        candidates = [articles[other] for _, other in ranked[: SHOWN * 2]] + [articles[other] for other in neighbours[number]]
        result[article.head.id] = _fill(rows, article, candidates)
    return result


def _nearness(one: Article, other: Article, score: float) -> float:
    if one.folder == other.folder:
        return round(score * SAME_CATEGORY, 6)
    same_branch = one.folder.split("/", 1)[0] == other.folder.split("/", 1)[0]
    return round(score * SAME_BRANCH if same_branch else score, 6)


def _category_neighbours(articles: Sequence[Article]) -> list[list[int]]:
    """Return for each article those that follow it in its category, for sites too small or too varied to share words."""
    folders: dict[str, list[int]] = defaultdict(list)
    for number, article in enumerate(articles):
        folders[article.folder].append(number)
    places = {number: place for found in folders.values() for place, number in enumerate(found)}
    result = []
    for number, article in enumerate(articles):
        found = folders[article.folder]
        step = places[number]
        result.append([found[(step + distance) % len(found)] for distance in range(1, min(SHOWN, len(found)))])
    return result


def _fill(rows: list[list[str]], article: Article, candidates: Sequence[Article]) -> list[list[str]]:
    taken = {row[0] for row in rows} | {article.head.id}
    for other in candidates:
        if len(rows) >= SHOWN:
            break
        if other.head.id not in taken:
            taken.add(other.head.id)
            rows.append([other.head.id, *_reason(article, other)])
    return rows


def _reason(one: Article, other: Article) -> tuple[str, str]:
    shared = sorted(set(one.head.tags) & set(other.head.tags))
    if shared:
        return "tag", shared[0]
    return ("category", "") if one.folder == other.folder else ("text", "")
