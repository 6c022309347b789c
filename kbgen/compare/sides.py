"""
The two states of a proposal, read and assembled as a build would, from git's objects in a folder that lives for a moment.

Both sides obey the settings of the branch that the proposal wants to change: a proposal does not choose what counts as safe HTML.
Hooks do not run.  What nobody reads here (pictures, films) is laid as an empty file of its name.  One shelf serves both sides and
the builds of this checkout, so an article that was rendered before costs nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from kbgen.assemble import assemble
from kbgen.cache import Shelf
from kbgen.check import check
from kbgen.config import Config
from kbgen.hooks import Hooks
from kbgen.model import Article, Body, Job, Problem, Reading, Site
from kbgen.parse import body_of
from kbgen.read import CONTENT, scan
from kbgen.review import git
from kbgen.review.changes import Proposal
from kbgen.review.reviewers import FILE
from kbgen.search.index import last_made
from kbgen.search.query import Index
from kbgen.search.wishes import TESTS, Test, Wishes
from kbgen.state import Memory
from kbgen.steps import articles, index, world
from kbgen.steps.around import Seen
from kbgen.theme import Theme

SETTINGS = "kbgen.toml"
READ = (".md", ".toml", ".txt", ".vtt", ".kbignore")  # names of files whose content matters to the pipeline
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif")
_PLAIN = ("100644", "100755")
_SHA1 = 40  # digits: what articles' digests are


class SettingsError(Exception):
    """The settings of the target branch cannot be used.  The message says why."""


@dataclass(frozen=True, slots=True)
class Side:
    """One state of the knowledge base."""

    site: Site  # as customers see it at the job's moment
    config: Config
    articles: Mapping[tuple[str, str], Article]  # by locale and id; those that are not shown too
    problems: tuple[Problem, ...]
    files: Mapping[str, str]  # path -> git's name of its content
    tests: Mapping[str, tuple[Test, ...]]  # locale -> queries that have to find something
    indexes: Mapping[str, Index]  # by locale
    shelf: Shelf

    def body(self, article: Article) -> Body:
        """Return an article's rendered body."""
        return body_of(article, self.shelf)


@dataclass(frozen=True, slots=True)
class Sides:
    """Before and after, with the bytes of what differs."""

    before: Side
    after: Side
    data: Mapping[str, bytes]  # git's name -> content of texts and changed pictures
    reviewers: str  # reviewers.toml of the target branch


@dataclass(slots=True)
class _Ground:
    """What both sides stand on."""

    job: Job
    config: Config
    theme: Theme
    shelf: Shelf
    memory: Memory = field(default_factory=Memory)


@contextmanager
def opened(root: Path, proposal: Proposal, job: Job, theme: Theme) -> Iterator[Sides]:
    """
    Read both states.

    Args:
        root: The knowledge base's folder, in a work tree.
        proposal: What to compare.
        job: Says which moment, and how many processes; its root is not looked at.
        theme: Any: the pipeline wants one.

    Raises: git.GitError: git cannot tell.  SettingsError: kbgen.toml of the target branch cannot be used.
    """
    before = dict(rows(git.run(root, "ls-tree", "-r", "-z", proposal.base, "--", CONTENT)))
    changed = [row for row in proposal.files if row[0].startswith(f"{CONTENT}/") and safe(row[0])]
    settings, reviewers = (f"{proposal.target}:{proposal.prefix}{name}" for name in (SETTINGS, FILE))
    wanted = [oid for path, oid in before.items() if path.endswith(READ)]
    wanted += [oid for path, *both in changed for oid in both if oid and path.endswith((*READ, *PICTURES))]
    data = git.objects(root, [*wanted, settings, reviewers])
    with tempfile.TemporaryDirectory(prefix="kbgen-") as folder:
        place = Path(folder) / "kb"
        place.mkdir()
        (place / SETTINGS).write_bytes(data.pop(settings, b""))
        own = root / ".kbgen" / "cache.sqlite"
        strange = any(path.startswith(".kbgen/") for path, *_ in proposal.files) or own.parent.is_symlink()
        shelf = Shelf(Path(folder) / "cache.sqlite" if strange else own)
        try:
            job = replace(job, root=place, output=place / "dist")
            config, problems = world.config_of(job, shelf)
            if config is None:
                raise SettingsError(f"{SETTINGS} of the target branch: {problems[0].message}. {problems[0].remedy}")
            ground = _Ground(job, config, theme, shelf)
            _lay(place, before, data)
            first = _side(ground, before)
            after = {**before, **{path: new for path, _, new in changed}}
            for path, _, new in changed:
                if not new:
                    (place / path).unlink(missing_ok=True)
            _lay(place, {path: new for path, _, new in changed if new}, data)
            second = _side(ground, {path: oid for path, oid in after.items() if oid})
            shelf.save()
            yield Sides(first, second, data, data.pop(reviewers, b"").decode("utf-8", "replace"))
        finally:
            shelf.close()


def rows(raw: bytes) -> Iterator[tuple[str, str]]:
    """Read `ls-tree -z`: path -> object of each plain file; what a made-up tree would put elsewhere is left out."""
    for row in raw.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = row.partition("\t")
        if facts.startswith(_PLAIN) and safe(path):
            yield path, facts.split(" ")[2]


def safe(path: str) -> bool:
    """Say whether a path of git stays below the folder that it is laid in."""
    return bool(path) and not path.startswith("/") and not {"..", ".git"} & {part.lower() for part in PurePosixPath(path).parts}


def _lay(place: Path, files: Mapping[str, str], data: Mapping[str, bytes]) -> None:
    """Write files; where a name is taken by a folder, or the other way round, the first one stays."""
    for path, oid in files.items():
        file = place / path
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data.get(oid, b"") if path.endswith(READ) else b"")


def _side(ground: _Ground, files: Mapping[str, str]) -> Side:
    job, config, shelf = ground.job, ground.config, ground.shelf
    reading = scan(job.root)
    around, problems = world.read_world(job, config, reading, shelf)
    seen = Seen(config, reading, around, ground.theme, Hooks(), [], [], "")
    parsed, found, _ = articles.read_articles(job, seen, shelf, _facts(reading, files), ground.memory.articles, lambda *_: None)
    site = assemble(parsed, around.categories, config, job, world.for_site(around, reading, shelf))
    _, missed = index.index_files(job, site, config.search, shelf)
    told = (*reading.problems, *problems, *found, *check(site, config, reading), *missed)
    held: dict[tuple[str, str], Article] = {}
    for one in parsed:
        held.setdefault((one.locale, one.head.id), one)
    indexes = {locale: Index(last_made(shelf, locale), f"{locale}/search/index.json") for locale in site.locales}
    return Side(site, config, held, told, files, _tests(job.root, site), indexes, shelf)


def _facts(reading: Reading, files: Mapping[str, str]) -> dict[str, list[Any]]:
    """Tell the pipeline what git knows: the digest of a file is the name of its blob."""
    return {
        one.path: [one.size, one.mtime, one.inode, files[one.path]]
        for one in reading.articles
        if one.path in files and len(files[one.path]) == _SHA1
    }


def _tests(root: Path, site: Site) -> dict[str, tuple[Test, ...]]:
    return dict(_tests_of(root, site.locales))


def _tests_of(root: Path, locales: Iterable[str]) -> Iterator[tuple[str, tuple[Test, ...]]]:
    for locale in locales:
        path = f"{CONTENT}/{locale}/{TESTS}"
        with suppress(OSError):
            text = os.fsdecode((root / path).read_bytes())
            yield locale, tuple(Wishes(path, text.encode("utf-8", "replace").decode()).tests())
