"""assemble, check, plan: the whole site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kbgen import plan
from kbgen.assemble import assemble
from kbgen.cache import Shelf
from kbgen.check import check
from kbgen.model import Article, Job, Output, Problem
from kbgen.plan import Ground
from kbgen.release import urls
from kbgen.steps import files, outputs, world
from kbgen.steps.around import Seen
from kbgen.steps.upkeep import upkeep


def site(
    job: Job, seen: Seen, parsed: Sequence[Article], shelf: Shelf, last: Mapping[str, list[Any]], facts: dict[str, list[Any]]
) -> tuple[Ground, list[Problem]]:
    """
    Assemble the site and check it.

    Args:
        last: Facts and digests of the files of the last build.
        facts: Filled for the next build.

    Returns: The ground that pages are planned on, and what only the site can tell.
    """
    articles = [seen.hooks.article(one) for one in parsed]
    made = assemble(articles, seen.world.categories, seen.config, job, world.for_site(seen.world, seen.reading, shelf))
    made = seen.hooks.site(made)
    shown, problems = files.read_files(job, made, seen.world.around, last, facts, shelf)
    ground = world.ground_of(job, made, seen.config, seen.world, shown, shelf)
    known = urls.check(made, job.owed.former if job.owed else {})
    told, until, advice = upkeep(job, articles, seen.config, seen.world, shelf)
    ground = replace(ground, hooked=bool(seen.hooks.doors), upkeep=told, until=until)
    older = {path for path in job.owed.instead if not (job.root / path).exists()} if job.owed else set[str]()
    return ground, [*problems, *advice, *check(made, seen.config, seen.reading, older), *known]


def pages(job: Job, seen: Seen, ground: Ground, shelf: Shelf) -> dict[str, Output]:
    """Plan every file of the portal but those of search, by path."""
    found = outputs.outputs_of(seen.hooks.pages(list(plan.pages(ground))), seen.look, shelf.code + seen.hooks.digest)
    origins = seen.config.suggest.origins if ground.offering else ()
    theme = outputs.theme_files(seen.look, seen.config.feedback.url, seen.config.markdown.allowed_hosts, origins)
    for one in (*plan.files(ground), *seen.badge, *files.copies(job, ground.site, ground.files, shelf), *theme):
        found.setdefault(one.path, one)
    left = plan.left_of(ground, found.keys())
    for one in (*left.files, *plan.redirect_files({**plan.led_on(ground), **left.redirects})):
        found.setdefault(one.path, one)
    return {**outputs.outputs_of(left.pages, seen.look, shelf.code), **found}
