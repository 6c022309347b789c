"""
index, for all locales: a block of the search file is aggregated again only when one of its articles has other words.

Articles are dealt into blocks by the digest of their id, so that a new article changes one block and moves no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from kbgen.cache import Shelf
from kbgen.digests import digest
from kbgen.model import Output, Place, Site
from kbgen.search import plain
from kbgen.workers import each

FILL = 64  # articles aimed at in a block: fewer make an edit cheaper and the file larger (+28 % against 256)


def index_files(site: Site, boosts: Mapping[str, float], shelf: Shelf, jobs: int) -> Iterator[Output]:
    """
    Plan the search file of each locale.

    Args:
        boosts: Field -> how much a word in it weighs.
    """
    weighed = digest(*(f"{name}={boost}" for name, boost in sorted(boosts.items())))
    dealt = {locale: _deal([place for (tag, _), place in site.places.items() if tag == locale]) for locale in site.locales}
    blocks = [block for found in dealt.values() for block in found]
    missing = [block for block in blocks if shelf.get(_key(block, weighed, shelf)) is None]
    shelf.save()  # children read the counted terms from the disk

    def make(block: list[Place]) -> tuple[bytes, bytes]:
        return _key(block, weighed, shelf), plain.block([_terms(place, shelf) for place in block], boosts)

    for key, row in each(make, missing, jobs, few=2):
        shelf.put(key, row)
    for locale, found in dealt.items():
        heads = [
            f"{place.url}\0{site.categories[place.locale, place.folder].title}\0{place.article.head.kind}\0{place.article.head.title}"
            for block in found
            for place in block
        ]
        name = digest(*heads, *(_key(block, weighed, shelf).hex() for block in found))
        yield Output(f"{locale}/search.json", name, partial(_file, locale, site, found, weighed, shelf))


def _deal(places: list[Place]) -> list[list[Place]]:
    """Return blocks of at most plain.BLOCK articles; their number is a power of two, so it seldom changes."""
    count = 1
    while count * FILL < len(places):
        count *= 2
    while True:
        blocks: list[list[Place]] = [[] for _ in range(count)]
        for place in sorted(places, key=lambda one: one.article.head.id):
            blocks[int(digest(place.article.head.id)[:8], 16) % count].append(place)
        if all(len(block) <= plain.BLOCK for block in blocks):
            return [block for block in blocks if block]
        count *= 2


def _key(block: list[Place], weighed: str, shelf: Shelf) -> bytes:
    return shelf.key("block", [weighed, *(place.article.terms for place in block)])


def _terms(place: Place, shelf: Shelf) -> bytes:
    row = shelf.get(bytes.fromhex(place.article.terms))
    if row is None:
        raise LookupError(place.article.path)
    return row


def _file(locale: str, site: Site, blocks: list[list[Place]], weighed: str, shelf: Shelf) -> bytes:
    records = [_record(site, place) for block in blocks for place in block]
    return plain.index(locale, records, [shelf.get(_key(block, weighed, shelf)) or b"" for block in blocks])


def _record(site: Site, place: Place) -> plain.Record:
    head = place.article.head
    return plain.Record(
        url=place.url,
        title=head.title,
        description=head.description,
        category=site.categories[place.locale, place.folder].title,
        kind=head.kind,
        tags=head.tags,
        headings=tuple((heading.id, heading.text) for heading in place.article.body.headings),
    )
