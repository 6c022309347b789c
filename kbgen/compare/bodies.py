"""An article's body as blocks, with the names of what its links and pictures mean in place of their numbers."""

from __future__ import annotations

import html
import re

from kbgen.compare.blocks import Block, blocks_of
from kbgen.compare.sides import Side
from kbgen.links import answer, beside
from kbgen.model import Article, Body, Link

_PLACEHOLDER = re.compile(r' (href|src|poster|data-src|data-embed)="kb-(link|image|film|poster|captions):(\d+)(?::(\d+))?"')


def blocks(side: Side, article: Article) -> Block:
    """
    Read the body of an article.

    A link to an article is named by its id, `kb:id#anchor`, so that a neighbour who moves changes nothing here; a picture is named by
    its path, and by git's name of its content, so that a new picture in an old file is a change.
    """
    body = side.body(article)

    def named(found: re.Match[str]) -> str:
        attribute, kind, number = found[1], found[2], int(found[3])
        listed = {"link": body.links, "image": body.images}.get(kind, body.films)
        if number >= len(listed):
            return found[0]  # a writer quotes the sign itself, in code
        if kind == "link":
            return f' href="{html.escape(target(side, article, body.links[number]))}"'
        path = _path(body, kind, number, int(found[4] or 0))
        path = path if path.startswith("https://") else beside(article.path, path)
        content = f' data-blob="{side.files.get(path, "")}"' if kind in {"image", "film"} else ""
        return f' {attribute}="{html.escape(path)}"{content}'

    return blocks_of(_PLACEHOLDER.sub(named, body.html))


def target(side: Side, article: Article, link: Link) -> str:
    """Name what a link means: `kb:id#anchor`, or the path of a file; what leads nowhere is named as written."""
    if link.kind == "asset":
        return beside(article.path, link.target)
    found = answer(side.site, article, article.locale, link)
    named = side.site.by_path.get(beside(article.path, link.target)) if link.kind == "file" else None
    key = found.place.article.head.id if found.place else named.head.id if named else link.target
    return f"kb:{key}" + (f"#{link.anchor}" if link.anchor else "")


def pictures(side: Side, article: Article) -> tuple[tuple[str, str], ...]:
    """Name the files that a body shows, and their content, without reading the body."""
    paths = [beside(article.path, one.target) for one in article.body.images]
    paths += [beside(article.path, one.video.src) for one in article.body.films]
    return tuple((path, side.files.get(path, "")) for path in paths)


def _path(body: Body, kind: str, number: int, place: int) -> str:
    if kind == "image":
        return body.images[number].target
    video = body.films[number].video
    if kind == "captions":
        return video.captions[place].src
    return video.poster if kind == "poster" else video.src
