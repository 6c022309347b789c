"""KB32x: links between articles."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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

GUESSES = 50  # wrong names for which a near one is looked for: each is compared with all, and who has thousands wants no guesses
CLOSE = 0.8  # how alike two paths have to be; paths of one folder are alike anyway, so the usual 0.6 would name any neighbour


@dataclass(slots=True)
class _Names:
    """What there is, and how many guesses are left."""

    anchors: Mapping[str, frozenset[str]]  # by path
    ids: Sequence[str]  # sorted
    known: frozenset[str]  # ids
    folded: Mapping[str, str]  # paths by their letters, capital or not
    left: int = GUESSES

    def near(self, name: str, all_of: Iterable[str], close: float = 0.6) -> str:
        """Return what is nearly the same; "" when nothing is, or when enough was guessed."""
        self.left -= 1
        return next(iter(get_close_matches(name, all_of, 1, close)), "") if self.left >= 0 else ""


def check(site: Site) -> Iterator[Problem]:
    """Yield what is wrong with links of shown articles."""
    anchors = {path: frozenset(heading.id for heading in article.body.headings) for path, article in site.by_path.items()}
    ids = sorted({article.head.id for article in site.by_path.values()})
    known = frozenset(ids)
    names = _Names(anchors, ids, known, {path.casefold(): path for path in reversed(list(site.by_path))})
    for place in site.places.values():
        if place.fallback:
            continue
        article = place.article
        for link, found in zip(article.body.links, site.led.get((place.locale, article.head.id), ()), strict=False):
            if link.kind != "asset" and (found.place is None or found.why or link.anchor):
                yield from _link(site, article, link, found, names)
        for name, keys in (
            ("related", article.head.related),
            ("replaced_by", (article.head.replaced_by,) if article.head.replaced_by else ()),
        ):
            for key in keys:
                if key not in known:
                    yield Problem(article.path, 1, 0, "KB325", f"{name} names {key}, which is no article", _nearest(key, names))


def _link(site: Site, article: Article, link: Link, found: Answer, names: _Names) -> Iterator[Problem]:
    if found.place is None:
        yield _dead(site, article, link, found.why, names)
    elif found.why == "archived":
        heir = found.place.article.head.replaced_by
        remedy = f"Write  kb:{heir} , which replaces it" if heir else "Take the link out, or give that article a  replaced_by"
        yield Problem(article.path, link.line, 0, "KB322", f"this links to {link.target}, which is archived", remedy)
    elif link.anchor and link.anchor not in names.anchors[found.place.article.path]:
        there = sorted(names.anchors[found.place.article.path])
        near = get_close_matches(link.anchor, there, 1)
        remedy = f"Write  #{near[0]}" if near else f"Its headings are: {', '.join(there[:6]) or 'none'}"
        yield Problem(article.path, link.line, 0, "KB321", f"{found.place.article.path} has no heading #{link.anchor}", remedy)


def _dead(site: Site, article: Article, link: Link, why: str, names: _Names) -> Problem:
    if why != "missing":
        message = f"this links to {link.target}, which {WHY.get(why, f'is {why}')}"
        return Problem(article.path, link.line, 0, "KB322", message, "Publish that article first, or take the link out")
    if link.target in names.known:  # other languages have it; this one lacks it, or its file has an error
        message = f"there is no article {link.target} in {article.locale}"
        return Problem(article.path, link.line, 0, "KB320", message, "Mend or translate that article first, or take the link out")
    if link.kind == "article":
        return Problem(article.path, link.line, 0, "KB320", f"there is no article {link.target}", _nearest(link.target, names))
    path = beside(article.path, link.target)
    same = names.folded.get(path.casefold(), "")
    if same:
        return Problem(
            article.path,
            link.line,
            0,
            "KB324",
            f"the file is called {posixpath.basename(same)}",
            "Write its name with the same capital letters",
        )
    folder, name = posixpath.split(path)
    near = names.near(path, [one for one in site.by_path if one.startswith(f"{folder}/") or one.endswith(f"/{name}")], CLOSE)
    wish = posixpath.relpath(near, posixpath.dirname(article.path)) if near else ""
    remedy = f"Did you mean  {wish}?" if near else "Write  kb:<id>, which survives a move"
    return Problem(article.path, link.line, 0, "KB320", f"there is no file {path}", remedy)


def _nearest(key: str, names: _Names) -> str:
    near = names.near(key.lower(), names.ids)
    return f"Did you mean  {near}?" if near else "Write the id that stands in the front matter of the article"
