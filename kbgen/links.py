"""What a link of an article means on the finished site: one answer for the check that warns and for the page that shows."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from kbgen.model import Answer, Article, Link, Place, Site


def beside(path: str, target: str) -> str:
    """Return the path, relative to the root, of what an article names relative to its own folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def answer(site: Site, article: Article, locale: str, link: Link) -> Answer:
    """
    Follow a link of an article as `locale` shows it.

    Articles are found in the reader's locale first, fall-backs included; a file link names one text and finds its translation.
    """
    if link.kind == "asset":
        path = beside(article.path, link.target)
        return Answer(asset=path) if path in site.assets else Answer(why="missing")
    if link.kind == "file":
        named = site.by_path.get(beside(article.path, link.target))
        if named is None:
            return Answer(why="missing")
        key = named.head.id
    else:
        key = link.target
    place = site.places.get((locale, key))
    if place is not None:
        return Answer(place)
    left = site.archived.get((locale, key))
    if left is not None:
        return Answer(left, why="archived")  # its page is still there, but a writer is told
    return Answer(why=site.hidden.get((locale, key)) or site.hidden.get((article.locale, key)) or "missing")


def address_of(site: Site, place: Place, link: Link) -> str:
    """Return the URL of a link as the article's page shows it; "" when it leads nowhere."""
    return url_of_answer(answer(site, place.article, place.locale, link), link)


def url_of_answer(found: Answer, link: Link) -> str:
    """Return the URL that a link's answer stands for; "" when it leads nowhere."""
    if found.place is not None:
        return found.place.url + (f"#{quote(link.anchor)}" if link.anchor else "")
    return asset_url(found.asset) if found.asset else ""


def asset_url(path: str) -> str:
    """Return where a file of content/ is published."""
    return quote(path.partition("/")[2] or path)
