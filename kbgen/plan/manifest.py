"""
handoff/kb-manifest.json: what the feedback service knows of the portal.

It lies outside the public output, because canned replies are in it.

Schema 1: {"schema": 1, "base_url", "articles": [{"id", "locale", "title", "url", "category", "queue", "owner", "revision"}],
"replies": [{"id", "locale", "title", "revision", "text"}]}
"""

from __future__ import annotations

import json

from kbgen.model import Article, Category
from kbgen.plan.ground import Ground

SCHEMA = 1


def manifest_of(ground: Ground) -> str:
    """Write the manifest; the same text for the same site."""
    articles = []
    now = ground.job.as_of.isoformat()
    for (locale, key), place in sorted(ground.site.places.items()):
        if not place.fallback and place.article.head.kind not in {"reply", "exercise"}:
            above = _above(ground, locale, place.folder)
            articles.append(
                {
                    "id": key,
                    "locale": locale,
                    "title": place.article.head.title,
                    "url": place.url,
                    "category": place.folder,
                    "queue": next((one.queue for one in above if one.queue), ""),
                    "owner": place.article.head.owner or next((one.owner for one in above if one.owner), ""),
                    "revision": place.article.revision,
                }
            )
    replies = [
        {
            "id": article.head.id,
            "locale": article.locale,
            "title": article.head.title,
            "revision": article.revision,
            "text": ground.load(article).text,
        }
        for _, article in sorted(ground.site.by_path.items())
        if article.head.kind == "reply" and article.head.status == "published" and _current(article, now)
    ]
    record = {"schema": SCHEMA, "base_url": ground.base, "articles": articles, "replies": replies}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _current(article: Article, now: str) -> bool:
    head = article.head
    return head.publish_at <= now and not (head.expire_at and head.expire_at <= now)


def _above(ground: Ground, locale: str, folder: str) -> list[Category]:
    """Return a folder's category and those above it, the nearest first: a queue or an owner that is missing is inherited."""
    parts = folder.split("/") if folder else []
    return [ground.category(locale, "/".join(parts[:depth])) for depth in range(len(parts), -1, -1)]
