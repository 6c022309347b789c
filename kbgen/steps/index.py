"""index, for all locales: which articles stand in it, what a result shows of each, and the proof that it finds what it has to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple
from functools import partial
from typing import Any

from kbgen.cache import Shelf
from kbgen.config import SearchSettings
from kbgen.digests import digest
from kbgen.model import Job, Output, Place, Problem, Site
from kbgen.read import CONTENT, data_of
from kbgen.search import proof, wishes
from kbgen.search.analyze import Analyser, rules
from kbgen.search.index import Entry, index, row_of
from kbgen.search.query import Index
from kbgen.search.records import Record

RULES = wishes.RULES
Files = Mapping[str, bytes]  # path -> key of the row on the shelf


def index_files(job: Job, site: Site, settings: SearchSettings, shelf: Shelf) -> tuple[list[Output], list[Problem]]:
    """
    Make the index of each locale and ask it what it has to find.

    Returns: The files to be, and what is wrong with synonyms, with queries that miss and with titles that do not find their article.
    """
    places: dict[str, list[Place]] = {locale: [] for locale in site.locales}
    for (locale, _), place in site.places.items():
        places[locale].append(place)
    outputs: list[Output] = []
    problems: list[Problem] = []
    for locale, some in places.items():
        read = [_text(job, site, locale, name, problems) for name in (wishes.SYNONYMS, wishes.TESTS)]
        said, tests = (wishes.Wishes(path, text) for path, text in read)
        synonyms = said.synonyms(Analyser(rules(locale)))
        entries = [_entry(site, place) for place in some]
        files = dict(index(locale, entries, asdict(settings.boosts), shelf, job.jobs, wishes.table(synonyms)))
        outputs += [Output(path, key.hex(), partial(row_of, shelf, key)) for path, key in files.items()]
        if settings.lunr_index:
            outputs.append(_whole(locale, some, asdict(settings.boosts), shelf))
        paths = (f"{place.article.head.id} {place.article.path}" for place in some)
        hidden = {name: why for (tag, name), why in site.hidden.items() if tag == locale}
        hidden |= {name: "archived" for tag, name in site.archived if tag == locale}
        seen = (f"{name}={why}" for name, why in hidden.items())
        told = (locale, *(key.hex() for key in files.values()), *(text for _, text in read), *sorted(paths), *sorted(seen))
        make = partial(_proved, locale, some, files, hidden, said, synonyms, tests, shelf)
        problems += [Problem(*row) for row in shelf.memo("proof", told, make)]
    return outputs, problems


def _whole(locale: str, some: list[Place], boosts: Mapping[str, float], shelf: Shelf) -> Output:
    """Build the whole index now: a page has five seconds, and a large locale takes a minute."""
    from kbgen.search.whole import whole  # noqa: PLC0415 - few sites want it

    articles = sorted((place.url, place.article.terms) for place in some)
    key = shelf.key("whole", [locale, *(f"{name}={boost}" for name, boost in sorted(boosts.items())), *map("\0".join, articles)])
    if shelf.get(key) is None:
        shelf.put(key, whole(((url, row_of(shelf, bytes.fromhex(terms))) for url, terms in articles), boosts))
    return Output(f"{locale}/search/lunr.json", key.hex(), partial(row_of, shelf, key))


def _proved(  # noqa: PLR0913 - a locale, its files, and what people say of them
    locale: str,
    some: list[Place],
    files: Files,
    hidden: Mapping[str, str],
    said: wishes.Wishes,
    synonyms: list[wishes.Synonym],
    tests: wishes.Wishes,
    shelf: Shelf,
) -> list[tuple[Any, ...]]:
    """Ask an index what it has to find; returns the problems, for the shelf."""
    found = Index(lambda path: row_of(shelf, files[path]), f"{locale}/search/index.json")
    wishes.lead_nowhere(said, synonyms, found.stands)
    proof.ask(found, tests, {place.article.head.id: place.url for place in some}, hidden)
    return [astuple(one) for one in (*said.problems, *tests.problems, *_titles(found, some, files))]


def _titles(found: Index, some: list[Place], files: Files) -> Iterator[Problem]:
    """Say which articles are not found by their own titles."""
    known = [proof.Titled(one.article.head.id, one.url, one.article.head.title, one.article.path) for one in some if not one.fallback]
    seed = digest(*(key.hex() for key in files.values()))
    for article, query in proof.missed(found, sorted(known, key=lambda one: one.id), seed):
        message = f"the article is not among the first {proof.FIRST} results for  {query}"
        yield Problem(article.path, 0, 0, "KB903", message, "Give it a title of its own, or make others' keywords more exact", "warning")


def _text(job: Job, site: Site, locale: str, name: str, problems: list[Problem]) -> tuple[str, str]:
    """Return the path and the text of a file of a locale; "" when there is none."""
    path = f"{CONTENT}/{locale}/{name}"
    fact = site.assets.get(path)
    if fact is None:
        return path, ""
    try:
        return path, data_of(job.root, fact).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(path, 0, 0, "KB141", f"this cannot be read: {error}", "Save it as UTF-8 text"))
        return path, ""


def _entry(site: Site, place: Place) -> Entry:
    article, head = place.article, place.article.head
    category = site.categories[place.locale, place.folder]
    headings = [f"{heading.id}\1{heading.text}" for heading in article.body.headings]  # a variable changes them, and not the file
    shown = [article.locale, place.url, category.title, category.url, head.title, head.description, head.kind, "\1".join(head.tags)]
    name = "\0".join([*shown, *headings])
    record = partial(_record, place, category.title)
    return Entry(head.id, place.folder, article.terms, name, category.url, head.kind, head.tags, record)


def _record(place: Place, category: str) -> Record:
    head = place.article.head
    headings = tuple((heading.id, heading.text) for heading in place.article.body.headings)
    lang = place.article.locale if place.article.locale != place.locale else ""
    return Record(place.url, head.title, head.description, category, head.kind, head.tags, headings, lang)
