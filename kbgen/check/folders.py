"""KB41x: the folders of categories."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from kbgen.head.names import slug_fault
from kbgen.model import Problem, Reading, Site
from kbgen.urls import url_of

RULES = {
    "KB410": "A `_category.toml` in a folder without articles. Readers are not shown an empty category. Write an article, or delete "
    "the file.",
    "KB411": "A folder whose name cannot be a part of a URL on every system. It obeys the rules of a slug: letters, digits, hyphens; no "
    "spaces, no signs such as ? or :, no names that Windows keeps for devices.",
}


def check(site: Site, reading: Reading) -> Iterator[Problem]:
    """Yield folders that cannot be published, that collide, or that are empty."""
    folders = sorted({(article.locale, step) for article in site.by_path.values() for step in _steps(article.folder)})
    yield from _names(folders)
    yield from _collisions(site, folders)
    held = {folder for _, folder in (*folders, *site.categories)} | {""}  # of any locale: one without texts borrows those of others
    for fact in reading.categories:
        if "/".join(fact.path.split("/")[2:-1]) not in held:
            yield Problem(fact.path, 0, 0, "KB410", "this category has no articles", "Write one, or delete this file", "warning")


def _steps(folder: str) -> list[str]:
    """Return a folder with all above it, the top first; nothing for the top of a locale."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _names(folders: list[tuple[str, str]]) -> Iterator[Problem]:
    for locale, folder in folders:
        message, remedy = slug_fault(unicodedata.normalize("NFC", folder.rpartition("/")[2]))
        if message:
            yield Problem(
                f"content/{locale}/{folder}", 0, 0, "KB411", f"the folder's name {message}", remedy.replace("Write  ", "Name it  ")
            )


def _collisions(site: Site, folders: list[tuple[str, str]]) -> Iterator[Problem]:
    """Two folders that are one on other systems, or a folder where an article stands."""
    seen: dict[tuple[str, str], str] = {}
    for locale, folder in folders:
        if folder.rpartition("/")[0] and seen.get((locale, _form(folder.rpartition("/")[0]))) != folder.rpartition("/")[0]:
            continue  # what holds it is told already
        first = seen.setdefault((locale, _form(folder)), folder)
        if first != folder:
            message = f"the folder {folder} differs from {first} only in letters' form"
            yield Problem(f"content/{locale}/{folder}", 0, 0, "KB407", message, "Move the articles of one into the other")
    for article in site.by_path.values():
        name = unquote(url_of(article)).partition("/")[2].rstrip("/")
        taken = seen.get((article.locale, _form(name)))
        if taken and (article.locale, article.head.id) not in site.hidden:
            message = f"the folder content/{article.locale}/{taken}/ has the same address, /{article.locale}/{name}/"
            yield Problem(article.path, 1, 0, "KB402", message, "Give the article another  slug , or rename the folder")


def _form(folder: str) -> str:
    return unicodedata.normalize("NFC", folder).casefold()
