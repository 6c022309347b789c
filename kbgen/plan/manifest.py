"""
handoff/kb-manifest.json: what the feedback service knows of the portal.

It lies outside the public output, because canned replies are in it.

Schema 1: {"schema": 1, "base_url", "articles": [{"id", "locale", "title", "url", "category", "queue", "owner", "revision",
"description", "keywords", "revisions", "ids"}], "replies": [{"id", "locale", "title", "revision", "text"}]}.  A category is the
article's folder in the default locale, so that a topic counts once in all languages.  A revision is named as the article's page names
it.  Pages that readers still have open tell of older texts (`revisions`) and of articles that this one replaces (`ids`).  By
`description` and `keywords` the service finds articles that may answer a case.  A list that would be empty is left out.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache, partial
from typing import Any

from kbgen.model import Article, Body
from kbgen.plan.articles import DISPLAY_REVISION
from kbgen.plan.ground import Ground

SCHEMA = 1
BORDER = ",\n"
_BOX = re.compile(r'<p class="admonition-title">([^<]*)</p>')


def manifest_of(ground: Ground) -> str:
    """Write the manifest; the same text for the same site."""
    articles = []
    above = cache(partial(_above, ground))
    former = _former(ground)
    now = ground.job.as_of.isoformat()
    main = ground.config.site.default_locale
    for (locale, key), place in sorted(ground.site.places.items()):
        if not place.fallback and place.article.head.kind not in {"reply", "exercise"}:
            queue, owner = above(locale, place.folder)
            articles.append(
                {
                    "id": key,
                    "locale": locale,
                    "title": place.article.head.title,
                    "url": place.url,
                    "category": ground.site.places.get((main, key), place).folder,
                    "queue": queue,
                    "owner": place.article.head.owner or owner,
                    "revision": _short(place.article.revision),
                    "description": place.article.head.description,
                    **_if_any("keywords", [*place.article.head.keywords]),
                    **_if_any("revisions", _older(ground, place.article)),
                    **_if_any("ids", sorted(former.get(key, ()))),
                }
            )
    replies = [
        {
            "id": article.head.id,
            "locale": article.locale,
            "title": article.head.title,
            "revision": _short(article.revision),
            "text": _to_send(ground.load(article)),
        }
        for _, article in sorted(ground.site.by_path.items())
        if article.head.kind == "reply" and article.head.status == "published" and _current(article, now)
    ]
    head = f'{{"schema": {SCHEMA}, "base_url": {_json(ground.base)},\n'
    return f'{head}"articles": {_lines(articles)},\n"replies": {_lines(replies)}}}\n'


def _to_send(reply: Body) -> str:
    """Take the text of a canned reply up to its first box: boxes tell the agent what no customer shall read."""
    box = _BOX.search(reply.html)
    return f"\n{reply.text}".partition(f"\n{html.unescape(box[1])}\n")[0].strip() if box else reply.text


_json = json.JSONEncoder(ensure_ascii=False).encode


def _short(revision: str) -> str:
    return revision[:DISPLAY_REVISION]


def _older(ground: Ground, article: Article) -> list[str]:
    return [_short(one) for one in ground.revisions.get(article.path, ()) if one != article.revision]


def _if_any(name: str, texts: list[str]) -> dict[str, list[str]]:
    return {name: texts} if texts else {}


def _former(ground: Ground) -> dict[str, set[str]]:
    """Return the ids that an article of today replaces, by its own: what somebody says of the old page is said of this one."""
    found: dict[str, set[str]] = {}
    for locale, key in ground.site.archived:
        heir, seen = key, set[str]()
        while (left := ground.site.archived.get((locale, heir))) and heir not in seen:
            seen.add(heir)
            heir = left.article.head.replaced_by
        if (locale, heir) in ground.site.places and not any((tag, key) in ground.site.places for tag in ground.site.locales):
            found.setdefault(heir, set()).add(key)
    return found


def _lines(records: list[dict[str, Any]]) -> str:
    """Write one record a line: what changed is seen in a diff, and Python's quick encoder writes no indents."""
    return f"[\n{BORDER.join(map(_json, records))}\n]" if records else "[]"


def _current(article: Article, now: str) -> bool:
    head = article.head
    return head.publish_at <= now and not (head.expire_at and head.expire_at <= now)


def _above(ground: Ground, locale: str, folder: str) -> tuple[str, str]:
    """Return a folder's queue and owner; what is missing is inherited from the nearest category above."""
    parts = folder.split("/") if folder else []
    chain = [ground.category(locale, "/".join(parts[:depth])) for depth in range(len(parts), -1, -1)]
    return next((one.queue for one in chain if one.queue), ""), next((one.owner for one in chain if one.owner), "")
