"""How far translations are behind: texts from the disk and from git, put together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path

from kbgen.cache import Shelf
from kbgen.config import Config
from kbgen.digests import blob
from kbgen.l10n.sections import Section, Staleness, compare, sections
from kbgen.l10n.status import BLOB, Compare, Part, Row, Version, original_of, pairs, rows
from kbgen.model import Head, Job
from kbgen.read import bytes_of
from kbgen.review import git, history, texts
from kbgen.steps.roll import read_roll

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


def overview(job: Job, shelf: Shelf) -> tuple[Config, list[Row], list[str]]:
    """
    Say what is translated into what, with a sentence for each file that cannot be read.

    Raises: roll.SettingsError: kbgen.toml cannot be used.
    """
    config, entries, left = read_roll(job, shelf)
    found = versions(((one.path, one.locale, one.head, one.blob) for one in entries), job.as_of.isoformat())
    tags = locales(config)
    return config, rows(found, tags, comparer(job.root, found, tags, shelf)), left


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


class TranslationError(Exception):
    """It cannot be said, or not be written.  The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Behind:
    """One translation and its original, section by section."""

    original: Version
    translation: Version
    old: tuple[Section, ...]  # of the original, as it was translated
    new: tuple[Section, ...]
    theirs: tuple[Section, ...]  # of the translation


def behind(job: Job, article: str, locale: str, shelf: Shelf) -> Behind:
    """
    Return what a translator has to compare.

    Raises: TranslationError: There is no such translation, it names no source, or git has none of that name.  roll.SettingsError.
    """
    original, translation = _pair(job, article, locale, shelf)
    source = translation.source_blob
    if not source:
        raise TranslationError(
            f"{translation.path} does not say which text it was made from. Say it with  kbgen l10n done {article} -l {locale}"
        )
    older = _from_git(job.root, [source])
    if source not in older:
        raise TranslationError(
            f"git has no text {source} here, which {translation.path} was made from. A shallow clone may lack it: fetch more"
        )
    here = [sections(bytes_of(job.root / one.path), one.path) for one in (original, translation)]
    return Behind(original, translation, sections(older[source], original.path), *here)


def done(job: Job, article: str, locale: str, shelf: Shelf) -> tuple[str, str]:
    """
    Write into a translation's front matter that it has all that its original says now.

    Returns: The translation's path and the original's blob.
    Raises: TranslationError: There is no such translation, or the original is not committed.  roll.SettingsError, git.GitError.
    """
    original, translation = _pair(job, article, locale, shelf)
    if git.run(job.root, "status", "--porcelain", "-z", "--", f":(literal){original.path}"):
        raise TranslationError(
            f"{original.path} has changes that are not committed. Commit them first, so that git can tell later what came after"
        )
    name = git.ids(job.root, [f"HEAD:./{original.path}"]).get(f"HEAD:./{original.path}")
    if not name:
        raise TranslationError(f"git has no {original.path} at HEAD. Commit it first")
    file = job.root / translation.path
    file.write_bytes(_marked(file.read_bytes(), name))
    return translation.path, name


def _marked(data: bytes, name: str) -> bytes:
    """Write the source into an article's front matter; its line ends and all other text stay."""
    text = data.decode("utf-8")
    plain = texts.with_field(text.replace("\r\n", "\n"), "translation", None)
    _, closing = islice(_FENCE.finditer(plain.removeprefix("\ufeff")), 2)
    at = len(plain) - len(plain.removeprefix("\ufeff")) + closing.start()
    value = f'"{name}"' if name.isdecimal() else name  # YAML would take it for a number
    fresh = f"{plain[:at]}translation: {{source_blob: {value}}}\n{plain[at:]}"
    return (fresh.replace("\n", "\r\n") if "\r\n" in text else fresh).encode()


def _pair(job: Job, article: str, locale: str, shelf: Shelf) -> tuple[Version, Version]:
    """Find an original and its translation, shown or not."""
    config, entries, _ = read_roll(job, shelf)
    found = versions(((one.path, one.locale, one.head, one.blob) for one in entries if one.head.id == article), job.as_of.isoformat())
    original = original_of(found, locales(config))
    translation = next((one for one in found if one.locale == locale), None)
    if original is None:
        raise TranslationError(f"No article has the id {article}. It stands in the first lines of the article")
    if translation is None:
        raise TranslationError(f"{locale} has no article {article}. Begin it with  kbgen new TITLE -c CATEGORY -l {locale} --id {article}")
    if translation is original:
        raise TranslationError(f"{original.path} is the original itself. Name a translation with  --locale")
    return original, translation
