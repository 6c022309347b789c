"""Hands a writer's work in: a branch, a commit, and where to open the pull request.  Nothing leaves the machine unless it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbgen import head as front_matter
from kbgen.review import git
from kbgen.review.history import head_of
from kbgen.review.remotes import page_of
from kbgen.review.work import Edit, Work

_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")
TITLE = 72  # characters of a commit's first line


class SubmitError(Exception):
    """It cannot be handed in.  The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in."""

    branch: str
    message: str
    commit: str  # "" if all was committed before
    page: str  # where the pull request is opened, "" if that is not known


def submit(root: Path, work: Work, edits: Sequence[Edit], message: str, branch: str) -> Handed:
    """
    Commit edits on a branch of their own.

    Args:
        edits: Those of the work that are to be handed in; none if all is committed already.
        message, branch: "" makes one.  On a branch of one's own, work goes on there.
    Raises: SubmitError, git.GitError.
    """
    if torn := [one.path for one in edits if one.torn]:
        raise SubmitError(f"{torn[0]} holds two texts that git could not put together. Mend the lines between <<<<<<< and >>>>>>> first")
    config = _config(root)
    if not (config.keys() & {"user.email", "author.email"} or os.environ.keys() & {"GIT_AUTHOR_EMAIL", "EMAIL"}):
        remedy = 'Set it with  git config --global user.name "Your Name"  and  git config --global user.email you@example.org'
        raise SubmitError(f"git does not know who you are. {remedy}")
    titles = {one.path: _title(root, one) for one in edits}
    goal = branch or (work.branch if not work.on_main else _branch(root, edits, work))
    said = message or _message(edits, titles)
    if goal != work.branch:
        git.run(root, "switch", "--quiet", *(() if goal in work.branches else ("--create",)), goal)
    commit = ""
    if edits:
        here = _nul(one.path for one in edits if one.what != "deleted")  # git adds no file that is gone; the commit takes it out
        if here:
            git.run(root, "add", *_FROM_STDIN, stdin=here)
        both = _nul(path for one in edits for path in (one.path, one.old) if path)
        git.run(root, "commit", "--quiet", f"--message={said}", *_FROM_STDIN, stdin=both)
        commit = head_of(root)
    return Handed(
        goal, said, commit, page_of(root, config.get("remote.origin.pushurl") or config.get("remote.origin.url", ""), goal, work.main)
    )


def push(root: Path, branch: str) -> None:
    """
    Send a branch to where the repository came from.

    Raises: git.GitError: It was refused.
    """
    git.run(root, "push", "--quiet", "--set-upstream", "origin", f"refs/heads/{branch}:refs/heads/{branch}")


def _config(root: Path) -> dict[str, str]:
    """Read who a person is and where the repository came from."""
    try:
        told = git.run(root, "config", "-z", "--get-regexp", r"^(user|author)\.email$|^remote\.origin\.(push)?url$")
    except git.GitError:  # none of them is set
        return {}
    return dict(row.partition("\n")[::2] for row in told.decode("utf-8", "replace").split("\0") if row)


def _branch(root: Path, edits: Sequence[Edit], work: Work) -> str:
    """Make a name for a branch that nobody has: that of the first article."""
    heads = (_head(root, one) for one in edits)
    stem = f"edit/{next((key for key, _ in heads if key), 'texts')}"
    return next(name for name in (stem, *(f"{stem}-{at}" for at in range(2, len(work.branches) + 3))) if name not in work.branches)


def _message(edits: Sequence[Edit], titles: dict[str, str]) -> str:
    """Say what was done: a line, and one for each article where there are several."""
    verbs = {"new": "Add", "edited": "Edit", "moved": "Move", "deleted": "Delete"}
    lines = [f"{verbs[one.what]} {titles[one.path]}" for one in edits]
    if len(lines) == 1:
        return lines[0] if len(lines[0]) <= TITLE else f"{lines[0][: TITLE - 1]}…\n\n{lines[0]}"
    what = {one.what for one in edits}
    verb = verbs[what.pop()] if len(what) == 1 else "Edit"
    return "\n".join([f"{verb} {len(lines)} texts", "", *lines])


def _title(root: Path, edit: Edit) -> str:
    """Return what people call a text: its title, else its file."""
    return _head(root, edit)[1] or edit.path


def _head(root: Path, edit: Edit) -> tuple[str, str]:
    """Return id and title, two empty texts for what is no article or cannot be read."""
    file = root / edit.path
    if edit.what == "deleted" or file.suffix != ".md" or file.is_symlink() or not file.is_file():
        return "", ""
    parts, _ = front_matter.split(file.read_bytes(), edit.path)
    head, _ = front_matter.read(parts.front, edit.path) if parts else (None, ())
    return (head.id, head.title) if head else ("", "")


def _nul(paths: Iterable[str]) -> bytes:
    return "\0".join(f":(literal){path}" for path in paths).encode("utf-8", "surrogateescape")
