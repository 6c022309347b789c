"""KB40x: ids and addresses."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterator
from urllib.parse import unquote

from kbgen.config import Config
from kbgen.model import Article, Problem, Site
from kbgen.urls import SYSTEM_PAGES, url_of

RULES = {
    "KB401": "Two articles of one locale have the same id. An id names one article, and its translations, for ever: ratings, cases and "
    "redirects hang on it. Give the newer one an id of its own; `kbgen new` makes one.",
    "KB402": "Two articles have the same address. Give one of them another file name or `slug`, or move it to another category.",
    "KB404": "An alias is the address of a live page, or two articles claim the same alias. An old address can lead to one place only.",
    "KB405": "A category or an article stands where the portal has a page of its own: search, contact, tags, recent. Rename it.",
    "KB407": "Two addresses differ only in capital letters or in how an accented letter is stored. On some systems they are one file.",
    "KB408": "Two articles of one locale have the same title. Readers cannot tell them apart in search results.",
    "KB409": "`default_locale` has no articles, so nothing can stand in for missing translations.",
}

OWN_FILES = (".xml", ".txt", ".json", ".webmanifest", ".map", ".mjs", ".css")  # what the portal writes beside pages


def check(site: Site, config: Config, older: Container[str] = ()) -> Iterator[Problem]:
    """
    Yield collisions of ids, addresses, aliases and titles.

    Args:
        older: Paths at which a text stands only until its move or deletion is approved.
    """
    shown = sorted(
        (article for article in site.by_path.values() if (article.locale, article.head.id) not in site.hidden),
        key=lambda article: article.path,
    )
    yield from _same_ids(site)
    yield from _same_urls(shown)
    yield from _system_pages(shown)
    yield from _aliases(site, shown, older)
    yield from _same_titles(shown)
    if site.by_path and config.site.default_locale not in {article.locale for article in site.by_path.values()}:
        yield Problem(
            "kbgen.toml",
            0,
            0,
            "KB409",
            f"there are no articles in content/{config.site.default_locale}/",
            "Write one, or set  default_locale",
            "warning",
        )


def _same_ids(site: Site) -> Iterator[Problem]:
    groups: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in sorted(site.by_path.values(), key=lambda one: one.path):
        groups[article.locale, article.head.id].append(article)
    for group in groups.values():
        for article, other in _told_of(group):
            yield Problem(
                article.path,
                1,
                0,
                "KB401",
                f"{other.path} has the same id, {article.head.id}",
                "Give the newer of the two an id of its own; `kbgen new` makes one",
            )


def _told_of(group: list[Article]) -> Iterator[tuple[Article, Article]]:
    """Yield each of several articles that collide with one that it collides with: the first with the second, the others with the first."""
    if len(group) > 1:
        yield group[0], group[1]
        for article in group[1:]:
            yield article, group[0]


def _same_urls(shown: list[Article]) -> Iterator[Problem]:
    exact: dict[str, list[Article]] = defaultdict(list)
    folded: dict[str, tuple[str, Article]] = {}
    for article in shown:
        url = url_of(article)
        group = exact[url]
        if all(one.head.id != article.head.id for one in group):  # one id twice is told as KB401
            group.append(article)
        if group[0] is not article:
            continue
        seen_url, seen = folded.setdefault(_folded(url), (url, article))
        if seen_url != url:
            yield Problem(
                article.path,
                1,
                0,
                "KB407",
                f"the address /{unquote(url)} differs from that of {seen.path} only in letters' form",
                "Give one of them another  slug",
            )
    for url, group in exact.items():
        for article, other in _told_of(group):
            message = f"{other.path} has the same address, /{unquote(url)}"
            yield Problem(article.path, 1, 0, "KB402", message, "Give one of them another  slug")


def _system_pages(shown: list[Article]) -> Iterator[Problem]:
    for article in shown:
        top = article.folder.split("/", 1)[0] if article.folder else article.slug
        if top.casefold() in SYSTEM_PAGES:
            yield Problem(
                article.path, 1, 0, "KB405", f"/{article.locale}/{top}/ is a page of the portal itself", "Rename the folder or the article"
            )


def _aliases(site: Site, shown: list[Article], older: Container[str]) -> Iterator[Problem]:
    claims: dict[str, list[tuple[Article, str]]] = defaultdict(list)
    for article in shown:
        for old, alias in {_bare(alias): alias for alias in article.head.aliases}.items():
            claims[old].append((article, alias))
    if not claims:
        return
    live = {_bare(one.url): "a category" for one in site.categories.values()} | {
        _bare(place.url): place.article.path for place in site.places.values()
    }
    live |= {_bare(url_of(article)): article.path for article in shown}
    for old, claim in claims.items():
        owner = live.get(old) or _portal_page(site, old)
        written = {article.path: alias for article, alias in claim}
        if owner:
            remedy, still = "Take it out, or give what stands there another name", ""
            if owner in older:
                still = ", which stands there until the change that takes it away is approved"
                remedy = f"Ask for that approval:  kbgen approve {site.by_path[owner].head.id}  , or take the alias out until then"
            for article, alias in claim:
                yield Problem(article.path, 1, 0, "KB404", f"the alias {alias} is the address of {owner}{still}", remedy)
            continue
        for article, other in _told_of([article for article, _ in claim]):
            message = f"{other.path} claims the alias {written[article.path]} too"
            yield Problem(article.path, 1, 0, "KB404", message, "Leave it in one of them")


def _folded(url: str) -> str:
    """Return an address in the one form in which all that are one file on some system are equal."""
    return url.lower() if "%" not in url and url.isascii() else unicodedata.normalize("NFC", unquote(url)).casefold()


def _bare(url: str) -> str:
    """Return the address of a file in that form, without what servers add."""
    return _folded(url).strip("/").removesuffix("index.html").rstrip("/")


def _portal_page(site: Site, old: str) -> str:
    """Say what of the portal's own stands at an address, or below or above it; "" for nothing."""
    first, _, rest = old.partition("/")
    if not old or (first in {tag.casefold() for tag in site.locales} and rest.partition("/")[0] in {"", "404.html", *SYSTEM_PAGES}):
        return "a page of the portal itself"
    inside = rest.partition("/")[0] if first in {tag.casefold() for tag in site.locales} else first
    return "a file of the portal itself" if inside == "assets" or inside.endswith(OWN_FILES) or inside.startswith("_") else ""


def _same_titles(shown: list[Article]) -> Iterator[Problem]:
    titles: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in shown:
        titles[article.locale, article.head.title.casefold()].append(article)
    for found in titles.values():
        for article in found[1:]:
            if article.head.id != found[0].head.id:
                yield Problem(
                    article.path,
                    1,
                    0,
                    "KB408",
                    f"{found[0].path} has the same title",
                    "Say in one of the titles what is different",
                )
