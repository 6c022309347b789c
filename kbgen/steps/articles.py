"""read and parse, for all articles: what the shelf knows is not read again, what it does not know is parsed on all cores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kbgen.cache import Shelf
from kbgen.model import Article, Fact, Job, Problem
from kbgen.parse import article_key, given_up, locale_of, parse, recall
from kbgen.read import known, source_of
from kbgen.steps.around import Seen
from kbgen.steps.world import World
from kbgen.workers import each

Remembered = dict[str, tuple[tuple[str, str], Article | None, tuple[Problem, ...]]]
Step = Callable[[str, int, int], None]


def read_articles(
    job: Job,
    seen: Seen,
    shelf: Shelf,
    last: Mapping[str, list[Any]],
    memory: Remembered,
    progress: Step,
) -> tuple[list[Article], list[Problem], dict[str, list[Any]]]:
    """
    Turn the files that were found into articles.

    Args:
        last: Facts and digests of the files of the last build.
        memory: Articles of the last build in this process; filled.

    Returns: Articles sorted by path, their problems, and the facts and digests for the next build.
    """
    articles: list[Article] = []
    problems: list[Problem] = []
    facts: dict[str, list[Any]] = {}
    todo: list[tuple[Fact, str]] = []
    rows = []
    world = seen.world
    for fact in seen.reading.articles:
        around = world.around.get(locale_of(fact.path))
        if around is None:
            continue
        digest, held = known(last, fact), memory.get(fact.path)
        held = held if held and held[0] == (digest, around.digest) else None
        rows.append((fact, around, digest, held, article_key(digest, fact.path, around, shelf) if digest and not held else b""))
    shelf.fetch([key for *_, key in rows if key])
    for fact, around, digest, held, key in rows:
        if held:
            result: tuple[Article | None, tuple[Problem, ...]] | None = held[1:]
            if held[1]:
                shelf.used.update((bytes.fromhex(held[1].heavy), bytes.fromhex(held[1].terms)))
        else:
            result = recall(key, digest, fact.path, shelf) if key else None
            result = None if given_up(result) else result
        if result is None:
            todo.append((fact, digest))
            continue
        facts[fact.path] = [fact.size, fact.mtime, fact.inode, digest]
        _keep(fact.path, (digest, around.digest), result, articles, problems, memory)
    for number, (fact, digest, made, problem) in enumerate(each(_work(job, world, shelf), [fact for fact, _ in todo], job.jobs), 1):
        shelf.adopt(made)
        progress("articles", number, len(todo))
        if problem is not None:
            problems.append(problem)
            continue
        around = world.around[locale_of(fact.path)]
        result = recall(article_key(digest, fact.path, around, shelf), digest, fact.path, shelf)
        if result is not None:
            facts[fact.path] = [fact.size, fact.mtime, fact.inode, digest]
            _keep(fact.path, (digest, around.digest), result, articles, problems, memory)
        if len(shelf.fresh) > 4096:  # noqa: PLR2004 - rows: keeps the memory of a first build small
            shelf.save()
    articles.sort(key=lambda article: article.path)
    return articles, problems, facts


def _keep(
    path: str,
    name: tuple[str, str],
    result: tuple[Article | None, tuple[Problem, ...]],
    articles: list[Article],
    problems: list[Problem],
    memory: Remembered,
) -> None:
    article, found = result
    memory[path] = (name, article, found)
    problems += found
    if article is not None:
        articles.append(article)


def _work(job: Job, world: World, shelf: Shelf) -> Callable[[Fact], tuple[Fact, str, dict[bytes, bytes], Problem | None]]:
    """Return what a worker does with one file: it answers with the rows that it made."""

    def work(fact: Fact) -> tuple[Fact, str, dict[bytes, bytes], Problem | None]:
        source, problem = source_of(job.root, fact)
        if source is None:
            return fact, "", {}, problem
        around = world.around[locale_of(fact.path)]
        known_result = recall(article_key(source.digest, source.path, around, shelf), source.digest, source.path, shelf)
        if known_result is None or given_up(known_result):
            parse(source, around, shelf)
        return fact, source.digest, shelf.handover(), None

    return work
