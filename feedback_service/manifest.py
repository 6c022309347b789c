"""Reads the portal's manifest, `kb-manifest.json`: which articles there are, who answers for them, and the canned replies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback_service.intake import Known

SCHEMA = 1


class ManifestError(ValueError):
    """A file that is no manifest, or one of a newer kbgen; says so in one line."""


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """An article in one language, as the portal shows it."""

    id: str
    locale: str
    title: str
    url: str  # below the portal's base_url
    category: str
    queue: str  # the team that answers for its category; "": none
    revision: str
    description: str = ""  # this and what follows: older builds of the portal do not tell
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A canned reply in one language."""

    id: str
    locale: str
    title: str
    revision: str
    text: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the portal told on its last build."""

    base_url: str = ""
    articles: Mapping[tuple[str, str], ArticleEntry] = field(default_factory=dict)  # by id and locale
    replies: tuple[Reply, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)  # url without slashes at its ends -> id
    known: Known = field(default_factory=lambda: Known({}, {}, frozenset()))
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what others have counted out of it

    def named(self, name: str) -> str | None:
        """Return the id of today of an article that a page calls by an id it has or had, or by its address in the portal."""
        return self.known.articles.get(name) or self.places.get(name.partition("#")[0].strip("/"))

    def find(self, article: str, locale: str) -> ArticleEntry | None:
        """Find an article in a language, or in any other if it has none in this one."""
        exact = self.articles.get((article, locale))
        return exact or next((entry for (name, _), entry in sorted(self.articles.items()) if name == article), None)


def read_manifest(text: str) -> Manifest:
    """
    Read a manifest.  Old ids (`ids`) and older revisions (`revisions`) of an article are taken where the file tells them.

    Raises: ManifestError: If it is none, or of another schema.
    """
    try:
        plain = json.loads(text)
        if plain["schema"] != SCHEMA:
            raise ManifestError(f"The manifest has schema {plain['schema']}, this program reads {SCHEMA}.")
        articles = plain["articles"][:]  # of a mapping, which would look like no articles at all, there is no slice
        entries = [_entry(one) for one in articles]
        replies = tuple(Reply(**{name: str(one[name]) for name in Reply.__slots__}) for one in plain["replies"])
        base_url = str(plain["base_url"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, ManifestError):
            raise
        raise ManifestError(f"This is no manifest of a portal: {error!r}.") from None
    by_name = {(entry.id, entry.locale): entry for entry in entries}
    return Manifest(base_url, by_name, replies, {entry.url.strip("/"): entry.id for entry in entries}, _known(articles))


def _entry(one: dict[str, Any]) -> ArticleEntry:
    needed = {name: str(one[name]) for name in ("id", "locale", "title", "url", "category", "queue", "revision")}
    return ArticleEntry(**needed, description=str(one.get("description", "")), keywords=tuple(map(str, one.get("keywords", ()))))


def _known(articles: list[dict[str, Any]]) -> Known:
    ids: dict[str, str] = {}
    revisions: dict[str, set[str]] = {}
    for one in articles:
        for old in one.get("ids", ()):
            ids.setdefault(str(old), str(one["id"]))
        revisions.setdefault(str(one["id"]), set()).update({str(one["revision"]), *map(str, one.get("revisions", ()))})
    ids |= {name: name for name in revisions}
    return Known(ids, {name: frozenset(each) for name, each in revisions.items()}, frozenset(str(one["locale"]) for one in articles))
