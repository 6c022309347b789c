"""What stands at addresses that customers know and that nothing of today answers to: the way on, or a page that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, unquote

from kbgen.digests import digest
from kbgen.model import Output, Page
from kbgen.plan.articles import left_page
from kbgen.plan.feeds import redirect_page
from kbgen.plan.ground import Ground
from kbgen.release.urls import above, folders_of, heir, page_url, room_for
from kbgen.urls import path_of, up

_PROGRAMS = ("assets/",)  # names made of contents: no page of today points at an old one
_TWIN = "/index.md"


@dataclass(frozen=True, slots=True)
class Left:
    """Pages and files at old addresses, and where those that lead on lead to."""

    pages: list[Page]
    files: list[Output]
    redirects: dict[str, str]


def addresses(paths: AbstractSet[str], offered: AbstractSet[str]) -> Iterator[str]:
    """
    Name the URLs among the files of a portal that people keep: pages, their Markdown twins, and files that articles offer.

    Args:
        offered: Paths of the writers' own files.
    """
    for path in paths:
        name = path.rpartition("/")[2]
        if path.startswith(_PROGRAMS) or name == "404.html":
            continue
        if path.endswith((".html", _TWIN)) or path in offered:
            yield quote(path.removesuffix("index.html") if name == "index.html" else path)


def left_of(ground: Ground, live: AbstractSet[str]) -> Left:
    """
    Plan what stands at the addresses that nothing else answers to.

    Args:
        live: Paths of every other file of the portal.
    """
    found = Left([], [], {})
    if ground.job.owed is None:
        return found
    taken, folders = set[str](live), folders_of(live)
    for url, (key, title, _) in ground.job.owed.former.items():
        if path_of(url) in live:
            continue
        if url.endswith(_TWIN):
            _twin(ground, url, key, found, taken)
            continue
        place = path_of(page_url(url))
        if place not in taken and room_for(place, live, folders):
            taken.add(place)
            _page(ground, page_url(url), (key, title), found, live)
    return found


def _page(ground: Ground, url: str, was: tuple[str, str], found: Left, live: AbstractSet[str]) -> None:
    key, title = was
    locale = url.split("/", 1)[0]
    if key and locale in ground.site.locales:
        place = heir(ground.site, locale, key) or ground.site.archived.get((locale, key))
        if place is None:
            found.pages.append(left_page(ground, url, locale, title))
            return
        target = place.url
    else:
        target = above(url, live)
        target = led_on(ground).get(target, target)  # an old address may stand there
    found.redirects[url] = target
    found.pages.append(redirect_page(ground, url, target))


def _twin(ground: Ground, url: str, key: str, found: Left, taken: set[str]) -> None:
    """A program that kept the address of a Markdown text gets the way on in Markdown."""
    path = path_of(url)
    place = heir(ground.site, url.split("/", 1)[0], key) if key else None
    if path in taken:
        return
    taken.add(path)
    target = f"{place.url}index.md" if place and not place.fallback else url.removesuffix("index.md")
    if place and not place.fallback:
        found.redirects[url] = target
    text = f"<{up(url)}{target}>\n"
    found.files.append(Output(path, digest("left twin", text), partial(str.encode, text)))


def led_on(ground: Ground) -> Mapping[str, str]:
    """Return old URL -> URL of today, for aliases and for archived articles that another replaces; each in one step."""
    live = {place.url for place in ground.site.places.values()}
    pairs = {quote(unquote(old)): new for old, new in sorted(ground.site.redirects.items())}
    for (locale, key), place in sorted(ground.site.archived.items()):
        successor = heir(ground.site, locale, key)
        if successor and place.url not in live:
            pairs[place.url] = successor.url
    return pairs
