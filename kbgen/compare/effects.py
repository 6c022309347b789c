"""What a proposal does around its texts: addresses, links of others, search, days on which something appears or leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from kbgen.compare.sides import Side, Sides
from kbgen.compare.subjects import Subject
from kbgen.model import Job, Problem, Site

DEEP = 20  # results that are looked through for an article
LINKS = ("KB32", "KB330")  # rules about links and files that lead nowhere


@dataclass(frozen=True, slots=True)
class Answered:
    """What a URL answers: "page" (of an article, a category …), "redirect", "archived" or "nothing"."""

    kind: str
    name: str = ""  # id of the article, or what a redirect leads to


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that answers something else than before."""

    url: str  # decoded
    before: Answered
    after: Answered
    elsewhere: str = ""  # where the article stands now that stood here, decoded; "" when it does not, or when this leads there

    @property
    def change(self) -> str:
        """Name what happened: "added", "lost", "redirected", "archived", "taken" (by another article) or "changed"."""
        if self.before.kind == "nothing":
            return "added"
        if self.after.kind == "nothing":
            return "lost"
        if self.after.kind in {"redirect", "archived"} and self.before.kind != self.after.kind:
            return f"{self.after.kind}ed" if self.after.kind == "redirect" else "archived"
        return "taken" if self.after.kind == "page" == self.before.kind else "changed"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A query that people wrote down, with the place of its article among the results; 0 for not among the first twenty."""

    locale: str
    query: str
    article: str
    within: int
    before: int
    after: int

    @property
    def lost(self) -> bool:
        """Whether the article is no longer where it has to be."""
        return not 0 < self.after <= self.within and 0 < self.before <= self.within


@dataclass(frozen=True, slots=True)
class Day:
    """A moment at which an article appears or leaves by itself."""

    at: str  # ISO 8601 in UTC
    kind: str  # "appears" or "leaves"
    id: str
    locale: str
    title: str


NOTHING = Answered("nothing")


def addresses(sides: Sides) -> tuple[list[Address], int]:
    """
    Compare what every URL answers.

    Returns: Those that answer something else, the lost ones first; and how many that answered before still answer the same.
    """
    old, new = answers(sides.before.site), answers(sides.after.site)
    found = [Address(unquote(url), old.get(url, NOTHING), new.get(url, NOTHING)) for url in sorted({*old, *new})]
    now = {(place.locale, key): unquote(place.url) for (_, key), place in sides.after.site.places.items()}
    changed = [
        replace(one, elsewhere=now.get((one.url.partition("/")[0], one.before.name), "")) if one.change == "lost" else one
        for one in found
        if one.before != one.after
    ]
    order = ("lost", "taken", "archived", "redirected", "changed", "added")
    same = sum(one.before == one.after for one in found)
    return sorted(changed, key=lambda one: (order.index(one.change), one.url)), same


def answers(site: Site) -> dict[str, Answered]:
    """Say what each URL of a site answers."""
    found: dict[str, Answered] = {url: Answered("redirect", unquote(target)) for url, target in site.redirects.items()}
    found |= {place.url: Answered("archived", key) for (_, key), place in site.archived.items()}
    found |= {one.url: Answered("page", f"{one.locale}/{one.folder}") for one in site.categories.values()}
    found |= {place.url: Answered("page", key) for (_, key), place in site.places.items()}
    return found


def broken(sides: Sides) -> list[Problem]:
    """List links and pictures that lead nowhere now and did not before."""
    return [one for one in worse(sides) if one.rule.startswith(LINKS)]


def worse(sides: Sides) -> list[Problem]:
    """List what is wrong after and was not before; lines do not count, for text above may have moved them."""
    old = Counter((one.rule, one.path, one.message) for one in sides.before.problems)
    found = []
    for one in sorted(set(sides.after.problems)):
        name = (one.rule, one.path, one.message)
        if old[name]:
            old[name] -= 1
        else:
            found.append(one)
    return found


def ranks(sides: Sides) -> tuple[list[Ranked], int]:
    """
    Ask both indexes the queries of search-tests.toml.

    Returns: Those whose article stands in another place now, the lost ones first; and how many were asked.
    """
    found = []
    for locale, tests in sides.after.tests.items():
        for test in tests:
            place = [_rank(side, locale, test.query, test.article) for side in (sides.before, sides.after)]
            found.append(Ranked(locale, test.query, test.article, test.within, *place))
    moved = [one for one in found if one.before != one.after]
    return sorted(moved, key=lambda one: (not one.lost, one.locale, one.query)), len(found)


def _rank(side: Side, locale: str, query: str, article: str) -> int:
    place = side.site.places.get((locale, article))
    if place is None or locale not in side.indexes:
        return 0
    hits = side.indexes[locale].query(query, limit=DEEP)
    return next((at for at, hit in enumerate(hits, 1) if hit.record.url == place.url), 0)


def days(subjects: Sequence[Subject], job: Job) -> list[Day]:
    """List the moments to come at which an article of the proposal appears or leaves, the next one first."""
    return sorted(_days(subjects, job), key=lambda one: (one.at, one.id, one.locale))


def _days(subjects: Sequence[Subject], job: Job) -> Iterator[Day]:
    now = job.as_of.isoformat()
    for one in subjects:
        if one.after is None or one.after.head.status != "published":
            continue
        head = one.after.head
        for at, kind in ((head.publish_at, "appears"), (head.expire_at, "leaves")):
            if at > now:
                yield Day(at, kind, one.id, one.locale, head.title)


def behind(subject: Subject, sides: Sides, touched: Mapping[tuple[str, str], Subject]) -> list[tuple[str, bool]]:
    """
    List the translations of an article whose sections changed: locale, and whether this proposal edits it too.

    Only a text in the site's default language is what others are translated from.
    """
    if subject.sections is None or subject.locale != sides.after.config.site.default_locale:
        return []
    others = [locale for locale, key in sides.after.articles if key == subject.id and locale != subject.locale]
    return [(locale, (other := touched.get((locale, subject.id))) is not None and other.own) for locale in sorted(others)]
