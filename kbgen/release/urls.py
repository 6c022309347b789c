"""What becomes of the addresses that customers know: where an article went, and what a writer has to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from urllib.parse import quote, unquote

from kbgen.model import Place, Problem, Site
from kbgen.urls import path_of

RULES = {
    "KB412": "An article that customers know at an address which its text no longer has: it was moved without an alias, deleted, or made a "
    "draft again. Nothing dies: the address leads to where the article is now, or says that it is no longer kept. Write the old "
    "address into `aliases`, as `kbgen move` does, or archive the article instead.",
    "KB413": "Archived articles that replace one another in a circle, so none of their addresses leads anywhere. Name an article in "
    "`replaced_by` that is shown.",
}


def heir(site: Site, locale: str, key: str) -> Place | None:
    """Return the article that stands for one: itself if it is shown, else what replaced it, at the end of the chain."""
    seen = set[str]()
    while key not in seen:
        seen.add(key)
        place = site.places.get((locale, key))
        if place is not None:
            return place
        left = site.archived.get((locale, key))
        if left is None:
            return None
        key = left.article.head.replaced_by
    return None


def page_url(old: str) -> str:
    """Return the URL of the page that stands at an old address: a folder, unless it names an HTML file."""
    url = quote(unquote(old))
    return url if url.endswith(("/", ".html")) else f"{url}/"


def folders_of(paths: Iterable[str]) -> set[str]:
    """Name every folder above some files."""
    found = set[str]()
    for path in paths:
        step = path.rpartition("/")[0]
        while step and step not in found:
            found.add(step)
            step = step.rpartition("/")[0]
    return found


def room_for(path: str, live: AbstractSet[str], folders: AbstractSet[str]) -> bool:
    """Tell whether a file can stand at a path: nothing else does, and no file stands where one of its folders would."""
    return path not in live and path not in folders and live.isdisjoint(folders_of([path]))


def above(url: str, live: AbstractSet[str]) -> str:
    """Return the nearest page above an address among some files; "" for the top."""
    step = url.rstrip("/").rpartition("/")[0]
    while step and path_of(f"{step}/") not in live:
        step = step.rpartition("/")[0]
    return f"{step}/" if step else ""


def check(site: Site, former: Mapping[str, tuple[str, str, bool]]) -> Iterator[Problem]:
    """
    Yield what a writer can mend about addresses.

    Args:
        former: Published URL -> id and title of what stood there, and whether it was another locale's text.
    """
    yield from _circles(site)
    live = {path_of(place.url) for places in (site.places, site.archived) for place in places.values()}
    live |= {path_of(page_url(old)) for old in site.redirects}
    shown = {(one.locale, one.head.id): one for one in site.by_path.values()}
    for url, (key, title, lent) in former.items():
        locale = url.split("/", 1)[0]
        if not key or lent or locale not in site.locales or path_of(url) in live or not url.endswith("/"):
            continue
        article = shown.get((locale, key))
        if article is None:
            message = f"the article {key}, {title}, is gone, and customers know it at /{unquote(url)}"
            remedy = "Bring its file back with  status: archived , or name the address in the  aliases  of the article that replaces it"
            yield Problem("content", 0, 0, "KB412", message, remedy, "warning")
        elif (locale, key) in site.places or (locale, key) in site.archived:
            remedy = f"Write  aliases: [/{unquote(url)}]  , as  kbgen move  does"
            yield Problem(article.path, 1, 0, "KB412", f"customers know this article at /{unquote(url)}", remedy, "warning")
        else:
            message = (
                f"customers know this article at /{unquote(url)}, and it is no longer shown ({site.hidden.get((locale, key), 'hidden')})"
            )
            yield Problem(
                article.path, 1, 0, "KB412", message, "Write  status: archived , and  replaced_by  if there is a successor", "warning"
            )


def _circles(site: Site) -> Iterator[Problem]:
    for (locale, key), place in site.archived.items():
        step, seen = place.article.head.replaced_by, {key}
        while step not in seen and (locale, step) in site.archived:
            seen.add(step)
            step = site.archived[locale, step].article.head.replaced_by
        if step == key:
            message = f"{key} is replaced by {place.article.head.replaced_by}, which leads back to it"
            yield Problem(place.article.path, 1, 0, "KB413", message, "Name an article in  replaced_by  that is shown")
