"""How articles are cared for: which reviews are overdue, which translations are behind; for readers, and for those who ask for advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kbgen import l10n
from kbgen.cache import Shelf
from kbgen.config import Config
from kbgen.l10n.status import Row, rows
from kbgen.model import Article, Head, Job, Problem
from kbgen.plan.ground import Upkeep
from kbgen.review import due
from kbgen.steps.translating import comparer, locales, versions
from kbgen.steps.world import World

RULES = due.RULES | l10n.RULES


def upkeep(
    job: Job, articles: Sequence[Article], config: Config, world: World, shelf: Shelf
) -> tuple[dict[str, Upkeep], str, list[Problem]]:
    """
    Say what readers are told of articles beyond their text.

    Returns: Path -> what is worth saying; the ISO time from which on that may differ, "" for never; and advice, if the job asks for it.
    """
    now, zone = job.as_of.isoformat(), config.site.time_zone
    subjects = [due.Subject(one.path, one.locale, one.head, one.revision) for one in articles]
    items = due.items(subjects, world.reviews, config.review.every, now, zone)
    late = {one.subject.path for one in items if one.state == "overdue"} if "overdue" in config.review.notices else set()
    found = _translations(job, articles, config, shelf)
    behind = {cell.version.path for row in found for cell in row.cells if cell.state == "behind" and cell.version}
    behind = behind if "outdated" in config.review.notices else set()
    told = {}
    for one in articles:
        review = world.reviews.reviews.get((one.head.id, one.locale))
        notices = tuple(name for name, paths in (("outdated", behind), ("overdue", late)) if one.path in paths)[:1]  # one says enough
        if review or notices:
            told[one.path] = Upkeep(review.at if review else "", notices)
    ends = [due.over(one.due, zone) for one in items if one.due] if "overdue" in config.review.notices else []
    until = min((moment for moment in (*ends, world.reviews.until) if moment > now), default="")
    advice = [*due.problems(items), *l10n.problems(found)] if job.advice else []
    return told, until, advice


def follows(articles: Iterable[Article], fresh: Mapping[str, Article]) -> bool:
    """Say whether a translation that names its source may follow, or be, one of the articles whose text is new."""
    keys = {one.head.id for one in fresh.values()}
    return any(one.head.id in keys and one.head.translation.source_blob for one in articles)


def _translations(job: Job, articles: Sequence[Article], config: Config, shelf: Shelf) -> list[Row]:
    if not job.advice and not any(one.head.translation.source_blob for one in articles):
        return []
    tags = locales(config)
    found = versions(_facts(articles), job.as_of.isoformat())
    return rows(found, tags, comparer(job.root, found, tags, shelf))


def _facts(articles: Iterable[Article]) -> Iterator[tuple[str, str, Head, str]]:
    for one in articles:
        yield one.path, one.locale, one.head, one.revision
