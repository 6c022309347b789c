"""How far translations are behind: texts from the disk and from git, put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

from kbgen.cache import Shelf
from kbgen.config import Config
from kbgen.digests import blob
from kbgen.l10n.sections import Staleness, compare, sections
from kbgen.l10n.status import BLOB, Compare, Part, Row, Version, pairs, rows
from kbgen.model import Head, Job
from kbgen.read import bytes_of
from kbgen.review import git, history
from kbgen.steps.roll import read_roll


def overview(job: Job, shelf: Shelf) -> tuple[Config, list[Row]]:
    """
    Say what is translated into what.

    Raises: roll.SettingsError: kbgen.toml cannot be used.
    """
    config, entries = read_roll(job, shelf)
    found = versions(((one.path, one.locale, one.head, one.blob) for one in entries), job.as_of.isoformat())
    tags = locales(config)
    return config, rows(found, tags, comparer(job.root, found, tags, shelf))


def locales(config: Config) -> list[str]:
    """List the languages, the site's own first."""
    return sorted(config.locales, key=lambda tag: tag != config.site.default_locale)


def versions(articles: Iterable[tuple[str, str, Head, str]], now: str) -> list[Version]:
    """
    Return what matters to translators of articles that are not archived.

    Args:
        articles: Path, locale, front matter and blob.
        now: ISO time in UTC.
    """
    return [
        Version(
            head.id, locale, path, head.title, name, head.translation.source_blob, head.status == "published" and head.publish_at <= now
        )
        for path, locale, head, name in articles
        if head.status != "archived" and not (head.expire_at and head.expire_at <= now)
    ]


def comparer(root: Path, found: Sequence[Version], tags: Sequence[str], shelf: Shelf) -> Compare:
    """Return what says how far two texts are apart; older ones are read from git at once, in one process, and results are remembered."""
    wanted = pairs(found, tags)
    told: dict[tuple[str, str], tuple[Part, ...]] = {}
    for pair in wanted:
        row = shelf.get(shelf.key("stale", pair))
        if row is not None:
            told[pair] = tuple(Part(*part) for part in json.loads(row))
    left = {pair: original for pair, original in wanted.items() if pair not in told}
    here = {original.blob: data for original in left.values() if (data := _here(root, original))}
    known = here | _from_git(root, {name for pair in left for name in pair} - here.keys())
    for (source, name), original in left.items():
        if source in known and name in known:
            told[source, name] = _parts(compare(sections(known[source], original.path), sections(known[name], original.path)))
            record = json.dumps([astuple(part) for part in told[source, name]], ensure_ascii=False, separators=(",", ":"))
            shelf.put(shelf.key("stale", (source, name)), record.encode("utf-8", "replace"))
    return lambda source, original: told.get((source, original.blob))


def _parts(found: Staleness) -> tuple[Part, ...]:
    return tuple(Part(row.state, row.heading, (row.new or row.old).line if row.new or row.old else 0) for row in found.rows)  # type: ignore[union-attr]


def _here(root: Path, original: Version) -> bytes | None:
    """Read an original from the disk; None where that holds another text, as in a build that keeps to approved ones."""
    try:
        data = bytes_of(root / original.path)
    except OSError:
        return None
    return data if blob(data) == original.blob else None


def _from_git(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Read texts from git; what this clone does not hold is unknown, and never fetched."""
    wanted = sorted(name for name in names if BLOB.fullmatch(name))
    if not wanted or not history.head_of(root):
        return {}
    try:
        if history.partial(root):
            held = git.held(root)
            wanted = [name for name in wanted if name in held]
        return git.objects(root, wanted)
    except git.GitError:
        return {}
