"""What is known of the reviews of all articles, put together from front matter, history and what was attested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbgen.cache import Shelf
from kbgen.model import Job
from kbgen.read import CONTENT
from kbgen.review import attest, git, history
from kbgen.review.due import Item, Subject, items, planned
from kbgen.start.words import ids_below, locales_of
from kbgen.steps import attested
from kbgen.steps.roll import Entry, read_roll


@dataclass(frozen=True, slots=True)
class Care:
    """The reviews of a knowledge base."""

    items: list[Item]  # in the order of their weeks
    notes: list[str]  # what was not believed or not read
    edit_url: str  # {path} stands for the file


def care(job: Job, shelf: Shelf) -> Care:
    """
    Say which article has to be read again, by whom and in which week.

    Raises: roll.SettingsError: kbgen.toml cannot be used.  git.GitError: git cannot answer.
    """
    config, entries, left = read_roll(job, shelf)
    past = history.known(job.root, shelf)
    found, notes = attested.reviews(job.root, job.trusted, shelf)
    now, zone = job.as_of.isoformat(), config.site.time_zone
    known = attested.known(job.root, past, found, now)
    listed = items(_subjects(entries, past), known, config.review.every, now, zone)
    return Care(planned(listed, now, zone), [*(f"not believed: {note}" for note in notes), *left], config.site.edit_url)


def _subjects(entries: Iterable[Entry], past: history.Past) -> Iterable[Subject]:
    """Name each article's text as the branch has it, whatever line ends it has on this disk."""
    for one in entries:
        yield Subject(one.path, one.locale, one.head, next(iter(past.revisions.get(one.path, ())), one.blob), one.owner)


class MissingError(Exception):
    """There is no such article, or no such text in git.  The message says what to do."""


def committed_text(root: Path, article: str, locale: str | None) -> tuple[str, str, str]:
    """
    Find an article's text as it is committed.

    Args:
        locale: None for the site's own, or the only one that has it.
    Returns: Path, locale and blob.
    Raises: MissingError; git.GitError; start.StartError: kbgen.toml cannot be read.
    """
    default, _ = locales_of(root)
    places = {path.relative_to(root / CONTENT).parts[0]: path for path, key, _ in ids_below(root / CONTENT) if key == article}
    tag = locale or (default if default in places or len(places) != 1 else next(iter(places)))
    if tag not in places:
        known = ", ".join(places)
        raise MissingError(f"{tag} has no article {article}. " + (f"It is in: {known}" if known else "The id stands in its front matter"))
    path = places[tag].relative_to(root).as_posix()
    if git.run(root, "status", "--porcelain", "-z", "--", f":(literal){path}"):
        raise MissingError(
            f"{path} has changes that are not committed. Commit them first: what is said here holds for a text that others can see"
        )
    blob = git.ids(root, [f"HEAD:./{path}"]).get(f"HEAD:./{path}")
    if not blob:
        raise MissingError(f"git has no {path} at HEAD. Commit it first")
    return path, tag, blob


def attest_one(root: Path, text: tuple[str, str, str], result: attest.Result, checked: Sequence[str], *, sign: bool | None) -> str:
    """Write a review of a text; see `attest.write`."""
    return attest.write(root, text, result, checked, attested.reviewers_here(root), sign=sign)
