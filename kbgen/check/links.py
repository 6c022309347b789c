"""KB32x: links between articles."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from kbgen.links import beside
from kbgen.model import Answer, Article, Link, Problem, Site

RULES = {
    "KB320": "A link to an article that does not exist. `kb:<id>` names an article by its id, `other.md` by its file. The remedy names "
    "an id or a file that is nearly the same.",
    "KB321": "A link to a heading that the other article does not have. Give that heading a fixed anchor, `## Title {#anchor}`, so "
    "that it survives a new wording.",
    "KB322": "A public article links to one that customers cannot open: a draft, a scheduled or expired article, or one for agents "
    "only. The link would show a dead end and give away that the article exists.",
    "KB324": "A path that differs from the file's name only in capital letters. It works on some computers and not on the web server.",
    "KB325": "`related`, `replaced_by` or a category's `featured` names an article that does not exist.",
}

WHY = {
    "draft": "is a draft",
    "in_review": "is still in review",
    "scheduled": "is not published yet",
    "agents": "is for agents only",
    "archived": "is archived",
}

MANY = 500  # ids; of more, only those that begin or end like the wrong one are looked at
CLOSE = 0.8  # how alike two paths have to be; paths of one folder are alike anyway, so the usual 0.6 would name any neighbour


def check(site: Site) -> Iterator[Problem]:
    """Yield what is wrong with links of shown articles."""
    anchors = {path: frozenset(heading.id for heading in article.body.headings) for path, article in site.by_path.items()}
    ids = sorted({article.head.id for article in site.by_path.values()})
    known = frozenset(ids)
    for place in site.places.values():
        if place.fallback:
            continue
        article = place.article
        for link, found in zip(article.body.links, site.led.get((place.locale, article.head.id), ()), strict=False):
            if link.kind != "asset" and (found.place is None or found.why or link.anchor):
                yield from _link(site, article, link, found, anchors, ids)
        for name, keys in (
            ("related", article.head.related),
            ("replaced_by", (article.head.replaced_by,) if article.head.replaced_by else ()),
        ):
            for key in keys:
                if key not in known:
                    yield Problem(article.path, 1, 0, "KB325", f"{name} names {key}, which is no article", _nearest(key, ids))


def _link(site: Site, article: Article, link: Link, found: Answer, anchors: dict[str, frozenset[str]], ids: list[str]) -> Iterator[Problem]:
    if found.place is None:
        yield _dead(site, article, link, found.why, ids)
    elif found.why == "archived":
        heir = found.place.article.head.replaced_by
        remedy = f"Write  kb:{heir} , which replaces it" if heir else "Take the link out, or give that article a  replaced_by"
        yield Problem(article.path, link.line, 0, "KB322", f"this links to {link.target}, which is archived", remedy)
    elif link.anchor and link.anchor not in anchors[found.place.article.path]:
        there = sorted(anchors[found.place.article.path])
        near = get_close_matches(link.anchor, there, 1)
        remedy = f"Write  #{near[0]}" if near else f"Its headings are: {', '.join(there[:6]) or 'none'}"
        yield Problem(article.path, link.line, 0, "KB321", f"{found.place.article.path} has no heading #{link.anchor}", remedy)


def _dead(site: Site, article: Article, link: Link, why: str, ids: list[str]) -> Problem:
    if why != "missing":
        message = f"this links to {link.target}, which {WHY.get(why, f'is {why}')}"
        return Problem(article.path, link.line, 0, "KB322", message, "Publish that article first, or take the link out")
    if link.target in ids:  # other languages have it; this one lacks it, or its file has an error
        message = f"there is no article {link.target} in {article.locale}"
        return Problem(article.path, link.line, 0, "KB320", message, "Mend or translate that article first, or take the link out")
    if link.kind == "article":
        return Problem(article.path, link.line, 0, "KB320", f"there is no article {link.target}", _nearest(link.target, ids))
    path = beside(article.path, link.target)
    same = next((one for one in site.by_path if one.casefold() == path.casefold()), "")
    if same:
        return Problem(
            article.path,
            link.line,
            0,
            "KB324",
            f"the file is called {posixpath.basename(same)}",
            "Write its name with the same capital letters",
        )
    near = get_close_matches(path, _beside(path, site.by_path), 1, CLOSE)
    wish = posixpath.relpath(near[0], posixpath.dirname(article.path)) if near else ""
    remedy = f"Did you mean  {wish}?" if near else "Write  kb:<id>, which survives a move"
    return Problem(article.path, link.line, 0, "KB320", f"there is no file {path}", remedy)


def _beside(path: str, paths: Iterable[str]) -> list[str]:
    """Return the files of the same folder, and those of the same name elsewhere: a text with many dead links is told of quickly too."""
    folder, name = posixpath.split(path)
    return [one for one in paths if one.startswith(f"{folder}/") or one.endswith(f"/{name}")]


def _nearest(key: str, ids: list[str]) -> str:
    half = len(key) // 2
    if len(ids) > MANY:
        ids = [one for one in ids if one[:half] == key[:half] or one[-half:] == key[-half:]]
    near = get_close_matches(key.lower(), ids, 1)
    return f"Did you mean  {near[0]}?" if near else "Write the id that stands in the front matter of the article"
