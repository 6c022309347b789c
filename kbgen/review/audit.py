"""
Who wrote a sentence, who approved it, and what customers saw on a day: from git, and from the manifests of releases where there are any.

A sentence is found as readers see it: emphasis, the targets of links, line ends and quotation marks do not count.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbgen.release.manifest import ManifestError, Release, Shown
from kbgen.release.manifest import read as read_manifest
from kbgen.review import git, log
from kbgen.review.evidence import reviewers_at
from kbgen.review.glance import glance
from kbgen.review.history import CONTENT, head_of, partial, shallow_mark
from kbgen.review.lives import is_article, key_of
from kbgen.review.log import Commit, Step
from kbgen.review.records import approvals
from kbgen.review.records import read as read_records

_UNSEEN = re.compile(  # each part ends where the next could begin, so that no text takes long
    r"<!--(?:(?!<!--).)*?-->|\]\([^()\s]*(?:\s{1,9}\"[^\"]{0,300}\")?\)|\]\[[^\[\]]*\]|</?[a-zA-Z][^<>]*>|\{[:#][^{}]*\}", re.DOTALL
)
_SIGNS = re.compile(r"[*_`~#>|\[\]\\\"“”„«»‘’']")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class AuditError(Exception):
    """It cannot be told.  The message says why."""


class NotFoundError(Exception):
    """What was asked for is not there.  The message says what is."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a file of an article had on this branch, or its end."""

    step: Step
    path: str
    blob: str  # "" when the article was deleted
    data: bytes


@dataclass(frozen=True, slots=True)
class Past:
    """All texts of one article, the oldest first, and those that commits of merged branches gave it."""

    texts: tuple[Text, ...]
    along: Mapping[str, tuple[tuple[Commit, bytes], ...]]  # merge -> its commits with their text, the oldest first
    border: frozenset[str]  # where a shallow clone ends


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sentence comes from."""

    path: str  # today
    line: int
    commit: Commit
    reached: int  # seconds since 1970: when this branch got it
    text: Text  # the first text of this branch that holds it


def article(root: Path, locale: str, name: str) -> Past:
    """
    Read all that an article ever said on this branch.

    Raises: AuditError: This clone does not hold its texts.  git.GitError.
    """
    return _past(root, lambda path, data: is_article(path) and key_of(path, glance(data).id) == f"{locale}\0{name}")


def file(root: Path, path: str) -> Past:
    """Read all that a file ever said, such as a snippet; else as `article`."""
    return _past(root, lambda other, _: other == path)


def origin(past: Past, sentence: str, values: Mapping[str, str]) -> Origin:
    """
    Find the commit that gave an article a sentence, and did not lose it since.

    Args:
        values: What the variables of the article's language stand for.
    Raises: NotFoundError: Today's text does not hold it.  AuditError: It is older than this clone.
    """
    wanted = _seen(sentence, {})[0]
    if not past.texts or not past.texts[-1].blob:
        raise NotFoundError("git holds no text of it. Commit it first")
    now = past.texts[-1]
    seen, starts = _seen(now.data.decode("utf-8", "replace"), values)
    at = seen.find(wanted) if wanted else -1
    if at < 0:
        raise NotFoundError(f"{now.path} does not say this today. Copy the sentence as the page shows it")
    first = now
    for text in reversed(past.texts):
        if not _says(text.data, wanted, values):
            break
        first = text
    if first.step.commit.oid in past.border:
        raise AuditError("It is older than this clone, which is shallow. Fetch the whole history:  git fetch --unshallow")
    wrote = next((commit for commit, data in past.along.get(first.step.commit.oid, ()) if _says(data, wanted, values)), first.step.commit)
    return Origin(now.path, bisect_right(starts, at), wrote, first.step.commit.seconds, first)


def shown_at(past: Past, seconds: int) -> Text | None:
    """
    Return the text that this branch had at a moment; None before its first one.

    Raises: AuditError: That lies beyond the border of a shallow clone.
    """
    found = None
    for text in past.texts:
        if text.step.commit.seconds <= seconds:
            found = text
    if past.border and (found is None or found.step.commit.oid in past.border):
        raise AuditError("That is older than this clone, which is shallow. Fetch the whole history:  git fetch --unshallow")
    return found


def approvers(root: Path, name: str, blob: str, step: Step | None) -> tuple[tuple[str, str], ...]:
    """
    Say who approved a text, as far as git itself knows.

    Args:
        name: The article's id.
        step: What brought it to the branch: its commits may say so too.
    Returns: Pairs of name and proof: "signed tag", "claimed tag", "told by the commit".
    Raises: git.GitError, EvidenceError.
    """
    reviewers = reviewers_at(root, "HEAD", _prefix(root))
    found: dict[str, str] = {}
    for one in approvals(read_records(root), reviewers):
        if not isinstance(one, str) and (one.article, one.blob) == (name, blob):
            person = reviewers.people[one.person].name
            found[person] = "signed" if "signed" in {one.trust, found.get(person)} else one.trust
    for commit in (step.commit, *step.along) if step else ():
        for who in commit.reviewers:
            found.setdefault(who.partition("<")[0].strip(), "told by the commit")
    return tuple(found.items())


def named(root: Path, keys: Sequence[str]) -> tuple[str, ...]:
    """Return what people are called whom a manifest names by their keys in reviewers.toml; who has gone from there keeps the key."""
    known = reviewers_at(root, "HEAD", _prefix(root)).people if keys else {}
    return tuple(known[one].name if one in known else one for one in keys)


def release_at(folder: Path, moment: str) -> Release | None:
    """
    Return what was published at a moment: the last release until then.

    Args:
        folder: Manifests, each named after its release.
        moment: ISO time in UTC.
    Raises: AuditError: A manifest cannot be read.
    """
    stamp = re.sub(r"[-:]", "", moment)[:15] + "Z"
    names = [one for one in _manifests(folder) if one.name[:16] <= stamp]
    return _release(names[-1]) if names else None


def first_release(folder: Path, path: str, blob: str, since: int) -> Release | None:
    """Return the first release that showed a text; see `release_at`."""
    from datetime import UTC, datetime  # noqa: PLC0415 - beside its only use

    stamp = datetime.fromtimestamp(since, UTC).strftime("%Y%m%dT%H%M%SZ")
    found = (_release(one) for one in _manifests(folder) if one.name[:16] >= stamp)
    return next((one for one in found if one.texts.get(path) == blob or any(page.blob == blob for page in one.pages)), None)


def page_of(release: Release, name: str, locale: str) -> Shown | None:
    """Return the page of an article as readers of a locale saw it."""
    return next((one for one in release.pages if one.id == name and one.locale == locale), None)


def _manifests(folder: Path) -> list[Path]:
    return sorted((one for one in folder.glob("*.json") if re.match(r"\d{8}T\d{6}Z", one.name)), key=lambda one: one.stem)


def _release(place: Path) -> Release:
    try:
        return read_manifest(place.read_bytes())
    except (OSError, ManifestError) as error:
        raise AuditError(f"{place}: {error}") from error


def _past(root: Path, mine: Callable[[str, bytes], bool]) -> Past:
    head = head_of(root)
    way = log.steps(root, CONTENT, head) if head else []
    paths: dict[str, set[str]] = {}
    for step in way:
        for commit in (step.commit, *step.along):
            for one in commit.touches:
                if one.after and one.path.endswith(".md"):
                    paths.setdefault(one.after, set()).add(one.path)
    if partial(root) and not paths.keys() <= git.held(root):
        raise AuditError("This clone lacks old texts. Clone the whole repository, without  --filter")
    kept = {name: data for name, data in git.each(root, sorted(paths)) if any(mine(path, data) for path in paths[name])}
    return Past(tuple(_texts(way, kept, mine)), _along(way, kept, mine), frozenset(shallow_mark(root).split()))


def _texts(way: Sequence[Step], kept: Mapping[str, bytes], mine: Callable[[str, bytes], bool]) -> list[Text]:
    found: list[Text] = []
    here: set[str] = set()  # files that hold it
    for step in way:
        touches = step.commit.touches
        born = [one for one in touches if one.after in kept and mine(one.path, kept[one.after])]
        gone = here.intersection(one.path for one in touches) - {one.path for one in born}
        here = (here - gone).union(one.path for one in born)
        found += [Text(step, one.path, one.after, kept[one.after]) for one in born]
        if gone and not here:
            found.append(Text(step, min(gone), "", b""))
    return found


def _along(
    way: Sequence[Step], kept: Mapping[str, bytes], mine: Callable[[str, bytes], bool]
) -> dict[str, tuple[tuple[Commit, bytes], ...]]:
    found = {}
    for step in way:
        rows = [
            (commit, kept[one.after])
            for commit in sorted(step.along, key=lambda one: (one.seconds, one.oid))
            for one in commit.touches
            if one.after in kept and mine(one.path, kept[one.after])
        ]
        if rows:
            found[step.commit.oid] = tuple(rows)
    return found


def _says(data: bytes, wanted: str, values: Mapping[str, str]) -> bool:
    return wanted in _seen(data.decode("utf-8", "replace"), values)[0]


def _seen(text: str, values: Mapping[str, str]) -> tuple[str, list[int]]:
    """Return a text as readers see it, without white space, and where in it each line of the file begins."""
    text = _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text.replace("\r\n", "\n"))
    text = _UNSEEN.sub(lambda found: "\n" * found[0].count("\n"), text)
    parts, starts, at = [], [], 0
    for line in text.split("\n"):
        starts.append(at)
        parts.append("".join(unicodedata.normalize("NFKC", _SIGNS.sub("", line)).casefold().split()))
        at += len(parts[-1])
    return "".join(parts), starts


def _prefix(root: Path) -> str:
    return git.run(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
