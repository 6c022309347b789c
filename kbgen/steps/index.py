"""index, for all locales: which articles stand in it, and what a result shows of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from kbgen.cache import Shelf
from kbgen.model import Output, Place, Site
from kbgen.search.index import Entry, index, row_of
from kbgen.search.records import Record


def index_files(site: Site, boosts: Mapping[str, float], shelf: Shelf, jobs: int) -> Iterator[Output]:
    """
    Plan the files of search of each locale.

    Args:
        boosts: Field -> how much a word in it weighs.
    """
    entries: dict[str, list[Entry]] = {locale: [] for locale in site.locales}
    for (locale, _), place in site.places.items():
        entries[locale].append(_entry(site, place))
    for locale, some in entries.items():
        for path, key in index(locale, some, boosts, shelf, jobs):
            yield Output(path, key.hex(), partial(row_of, shelf, key))


def _entry(site: Site, place: Place) -> Entry:
    article = place.article
    category = site.categories[place.locale, place.folder]
    name = f"{article.revision}\0{place.url}\0{category.title}\0{category.url}"
    return Entry(
        article.head.id,
        place.folder,
        article.terms,
        name,
        category.url,
        article.head.kind,
        article.head.tags,
        partial(_record, site, place),
    )


def _record(site: Site, place: Place) -> Record:
    head = place.article.head
    headings = tuple((heading.id, heading.text) for heading in place.article.body.headings)
    return Record(
        place.url, head.title, head.description, site.categories[place.locale, place.folder].title, head.kind, head.tags, headings
    )
