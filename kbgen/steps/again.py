"""
A save that only rewrites texts, in a process that has built before.

What the pages of other articles are made of is an article's shape: its head, its place, its headings, where its links and pictures
lead.  When nothing but texts is new, the site, its problems and every other page stay as the last build left them, and only the pages
that hold those texts are planned.  A clean build gives the same bytes; tests/test_incremental.py goes both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kbgen.cache import Shelf
from kbgen.check import structure
from kbgen.model import Article, Job, Output, Place, Problem, Site
from kbgen.plan import Ground, article_files, article_pages
from kbgen.steps import outputs, world
from kbgen.steps.around import Seen
from kbgen.steps.upkeep import follows, upkeep

FEW = 64  # texts; with more of them a whole build is as quick


@dataclass(frozen=True, slots=True)
class Kept:
    """What a build leaves to the next one in its process, once everything that it planned is written."""

    wish: Job
    seen: Seen
    parsed: Sequence[Article]  # sorted by path
    ground: Ground
    problems: list[Problem]  # of the site as a whole
    pages: frozenset[str]  # the files of the portal but for those of search
    mark: str  # of the tree that holds them


@dataclass(frozen=True, slots=True)
class Texts:
    """A site in which only texts are new."""

    ground: Ground
    places: Sequence[Place]  # where readers meet them
    problems: list[Problem]  # of the site as a whole
    rest: frozenset[str]  # the files of the portal, theirs among them, but for those of search

    def outputs(self, seen: Seen, shelf: Shelf) -> dict[str, Output]:
        """Plan their pages, and their Markdown twins."""
        pages = article_pages(self.ground, self.places)
        found = outputs.outputs_of(pages, seen.look, shelf.code + seen.hooks.digest)
        return found | {one.path: one for one in article_files(self.ground, self.places)}


def rewritten(kept: Kept | None, job: Job, seen: Seen, parsed: Sequence[Article], shelf: Shelf) -> Texts | None:
    """
    Find out whether only texts are new.

    Args:
        kept: What the build before left.
        job, seen, parsed: What is asked for and what was read now.

    Returns: None when anything else is new, or when an article whose text is new has a problem that lies between it and others.
    """
    fresh = None if kept is None else _fresh(kept, job, seen, parsed)
    if kept is None or fresh is None:
        return None
    site = _site(kept.ground.site, fresh)
    places = [place for place in site.places.values() if place.article.path in fresh]
    own = {(place.locale, place.article.head.id): place for place in places if not place.fallback}
    others = [problem for problem in kept.problems if problem.path not in fresh or problem.rule in structure.RULES]
    if len(others) < len(kept.problems):
        return None
    others = [problem for problem in others if problem.path not in fresh]
    if follows(parsed, fresh) and upkeep(job, parsed, seen.config, seen.world, shelf)[0] != kept.ground.upkeep:
        return None
    ground = replace(kept.ground, site=site, job=job, load=world.loader(shelf), memo=shelf.memo)
    return Texts(ground, places, [*others, *structure.check(replace(site, places=own, by_path=fresh))], kept.pages)


def _fresh(kept: Kept, job: Job, seen: Seen, parsed: Sequence[Article]) -> dict[str, Article] | None:
    """Return the articles with another text, by path; None when more than that differs."""
    until = world.next_change(kept.parsed, kept.wish, kept.ground.until)
    if seen.hooks.doors or len(parsed) != len(kept.parsed) or (until and job.as_of.isoformat() >= until):
        return None
    if replace(job, as_of=kept.wish.as_of) != kept.wish or not seen.like(kept.seen):
        return None
    pairs = [(was, now) for was, now in zip(kept.parsed, parsed, strict=True) if was is not now]
    if len(pairs) > FEW or any(_shape(was) != _shape(now) for was, now in pairs):
        return None
    return {now.path: now for _, now in pairs}


def _shape(article: Article) -> tuple[Any, ...]:
    body = article.body
    return (
        (article.path, article.slug, article.head, article.signature),
        body.headings,
        [(link.kind, link.target, link.anchor) for link in body.links],
        [image.target for image in body.images],
        [film.video for film in body.films],
    )


def _site(site: Site, fresh: Mapping[str, Article]) -> Site:
    def swapped(places: Mapping[tuple[str, str], Place]) -> dict[tuple[str, str], Place]:
        return dict(_swapped(places, fresh))

    return replace(site, places=swapped(site.places), archived=swapped(site.archived), by_path={**site.by_path, **fresh})


def _swapped(places: Mapping[tuple[str, str], Place], fresh: Mapping[str, Article]) -> Iterator[tuple[tuple[str, str], Place]]:
    for key, place in places.items():
        path = place.article.path
        yield key, replace(place, article=fresh[path]) if path in fresh else place
