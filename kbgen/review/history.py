"""
When articles began, were published and last changed for readers, and who wrote and reviewed them.

A branch is read along its own line: a merge counts on the day on which this branch got it, and what it smuggles in counts too.  What a
shallow or blobless clone cannot know is left out: a page that says nothing is better than a page that says something wrong.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kbgen.cache import Shelf
    from kbgen.review.lives import Lives

CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Past:
    """What is known, by file relative to the knowledge base.  Times are ISO, in UTC; what is unknown is left out."""

    created: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)  # when it was first published on this branch
    updated: dict[str, str] = field(default_factory=dict)  # the last change that readers notice: no move, no date, no white space
    authors: dict[str, list[str]] = field(default_factory=dict)  # names, in the order of their first change
    reviewers: dict[str, list[str]] = field(default_factory=dict)
    revisions: dict[str, list[str]] = field(default_factory=dict)  # git's names of its texts, the newest first, twenty at most


def head_of(root: Path) -> str:
    """
    Name the commit that is checked out without starting git.

    Returns: The object name, or "" outside git, or before the first commit.
    """
    folder = _git_folder(root)
    if folder is None:
        return ""
    try:
        head = (folder / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        common = _common(folder)
        loose = common / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()
        for line in (common / "packed-refs").read_text(encoding="utf-8").splitlines():
            if line.endswith(f" {name}"):
                return line.split(" ", 1)[0]
    except (OSError, UnicodeDecodeError):
        return ""
    return ""


def known(root: Path, shelf: Shelf) -> Past:
    """
    Tell what git knows of the articles at HEAD.

    The last answer is kept on the shelf; when the branch has moved forward since, only its new commits are read.

    Args:
        root: A folder inside a git work tree, or any other: then nothing is known.
        shelf: The memory between builds.
    """
    head = head_of(root)
    if not head:
        return Past()
    from kbgen.review import git  # noqa: PLC0415 - not for a build that finds nothing changed

    key = shelf.key("history", (shallow_mark(root),))
    record = _kept(shelf.get(key))
    if record is None or record.head != head:
        try:
            record = _read(root, head, record)
        except git.GitError:
            return Past()
        shelf.put(key, json.dumps(record.plain(), ensure_ascii=True, separators=(",", ":")).encode())
    return _told(record)


def _kept(row: bytes | None) -> Lives | None:
    from kbgen.review.lives import Lives  # noqa: PLC0415

    try:
        return Lives.restored(json.loads(row)) if row else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _read(root: Path, head: str, record: Lives | None) -> Lives:
    """Go from the commit of a record to the tip; without a record, or where that is not on the way, from the beginning."""
    from kbgen.review import git  # noqa: PLC0415
    from kbgen.review.glance import glance  # noqa: PLC0415
    from kbgen.review.lives import Lives, is_article  # noqa: PLC0415
    from kbgen.review.log import UnrelatedError, steps  # noqa: PLC0415

    try:
        way = steps(root, CONTENT, head, record.head if record else "")
    except (UnrelatedError, git.GitError):
        if record is None:
            raise
        return _read(root, head, None)
    record = record or Lives()
    folder = _common(_git_folder(root) or root)
    border = _shallow(folder)
    touches = (one for step in way for commit in (step.commit, *step.along) for one in commit.touches)
    names = {one.after for one in touches if one.after and is_article(one.path)}
    if partial(root):
        names &= git.held(root)
    texts = {name: glance(data) for name, data in git.each(root, sorted(names))}
    for step in way:
        record.add(step, texts, border=step.commit.oid in border)
    record.blind = record.blind or bool(border)
    record.head = head
    people = {one for life in record.lives.values() for one in (*life.authors, *life.reviewers)}
    record.names = git.mapped(root, people) if _mailmap(root) else {}
    return record


def _mailmap(root: Path) -> bool:
    """Say whether the repository tells what people are called."""
    place = root.resolve()
    return any((folder / ".mailmap").is_file() for folder in (place, *place.parents) if (folder / ".git").exists())


def _told(record: Lives) -> Past:
    """Say it by file; what is not known is left out."""
    past = Past()
    for path, key in record.paths.items():
        life = record.lives[key]
        past.revisions[path] = life.revisions
        if life.updated:
            past.updated[path] = _iso(life.updated)
        if not life.whole:
            continue
        past.created[path] = _iso(life.created)
        if life.published:
            past.published[path] = _iso(life.published)
        past.authors[path] = _names(life.authors, record.names)
        past.reviewers[path] = _names(life.reviewers, record.names)
    return past


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _names(people: list[str], mapped: dict[str, str]) -> list[str]:
    """Return names without addresses, each once."""
    return [one for one in dict.fromkeys(mapped.get(one, one).partition("<")[0].strip() for one in people) if one]


def notices(root: Path) -> tuple[str, ...]:
    """Say what keeps the pages from telling dates, in a sentence for who builds; nothing in a full clone."""
    if _git_folder(root) is None:
        return ("This knowledge base is not in git, so its pages tell no dates and no names",)
    if shallow_mark(root):
        return ("This clone is shallow: dates that lie beyond its border are left out. Fetch the whole history to have them",)
    return ()


def partial(root: Path) -> bool:
    """Say whether a clone lacks objects, which git would fetch one by one when they are asked for."""
    top = _git_folder(root)
    return top is not None and any((_common(top) / "objects" / "pack").glob("*.promisor"))


def shallow_mark(root: Path) -> str:
    """Name the border of a shallow clone, "" for a full one: a clone that is deepened knows more dates at the same commit."""
    top = _git_folder(root)
    return "" if top is None else " ".join(sorted(_shallow(_common(top))))


def refs_are_files(root: Path) -> bool:
    """Tell whether git keeps branches and tags as files here, as it does by default; in a reftable only git finds them."""
    top = _git_folder(root)
    return top is not None and not (_common(top) / "reftable").is_dir()


def tags_mark(root: Path, folder: str) -> str:
    """
    Name the tags below a folder and what they lead to, without starting git.

    Args:
        folder: "refs/tags/reviewed/".
    Returns: "" when there are none, or outside git.
    """
    top = _git_folder(root)
    if top is None:
        return ""
    common, found = _common(top), {}
    with suppress(OSError, UnicodeDecodeError):
        for line in (common / "packed-refs").read_text(encoding="utf-8").splitlines():
            oid, _, name = line.partition(" ")
            if name.startswith(folder):
                found[name] = oid
    with suppress(OSError, UnicodeDecodeError):  # a loose one is newer
        found |= {file.relative_to(common).as_posix(): file.read_text().strip() for file in (common / folder).rglob("*") if file.is_file()}
    return "\n".join(f"{name} {oid}" for name, oid in sorted(found.items()))


def _git_folder(root: Path) -> Path | None:
    for folder in (root, *root.resolve().parents):
        mark = folder / ".git"
        if mark.is_dir():
            return mark
        if mark.is_file():  # a worktree or submodule: the file names the folder
            try:
                return (folder / mark.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")).resolve()
            except OSError:
                return None
    return None


def _common(folder: Path) -> Path:
    try:
        return (folder / (folder / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except OSError:
        return folder


def _shallow(folder: Path) -> frozenset[str]:
    try:
        return frozenset((folder / "shallow").read_text(encoding="ascii").split())
    except OSError:
        return frozenset()
