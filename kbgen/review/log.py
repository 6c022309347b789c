"""The commits that touch articles, from one pass of `git log`, and how they hang together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kbgen.review import git

_FIELDS = ("%H", "%ct", "%an <%ae>", "%B")
MOST = 100  # people of one commit
_NOTHING = re.compile(r"0+\Z")
_WITH = re.compile(r"^co-authored-by:([^<\n]{0,200}<[^>\n]{1,300}>)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_BY = re.compile(r"^reviewed-by:([^<\n]{0,200}<[^>\n]{1,300}>)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Touch:
    """A file that a commit adds, edits or deletes."""

    path: str  # relative to the knowledge base
    before: str  # git's name of its text, "" where there is none
    after: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as far as articles are concerned.  A merge is compared with its first parent."""

    oid: str
    seconds: int  # since 1970, when it was committed
    authors: tuple[str, ...]  # "Name <mail>", co-authors too
    reviewers: tuple[str, ...]  # "Name <mail>"
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the branch, and the commits that it brought along if it is a merge."""

    commit: Commit
    along: tuple[Commit, ...]


class UnrelatedError(Exception):
    """The branch did not go forward from the commit that was named."""


def steps(root: Path, folder: str, head: str, since: str = "") -> list[Step]:
    """
    Read how a branch came to be, in two processes.

    Args:
        folder: Only files below this one, "content".
        since: Begin behind this commit; "" for the beginning.
    Returns: The commits of the branch's own line, each once, the oldest first; those that touch nothing below the folder are left out.
    Raises: UnrelatedError: *since* does not lie on the branch's own line.  git.GitError.
    """
    place = [head, *([f"^{since}"] if since else [])]
    parents = _graph(git.run(root, "rev-list", "--parents", "--end-of-options", *place, "--"))
    line = _line(parents, head, since)
    told = git.run(
        root, "log", "--full-history", "--diff-merges=first-parent", "--no-renames", "--relative", "--raw", "--no-abbrev", "-z",
        "--no-color", "--no-show-signature", "--encoding=UTF-8",
        f"--format=%x01{'%x00'.join(_FIELDS)}", "--end-of-options", *place, "--", folder,
    )  # fmt: skip
    commits = {one.oid: one for one in _commits(told)}
    taken: set[str] = set()
    found = []
    for oid in line:
        behind = _behind(parents, oid, taken)
        if oid in commits:
            found.append(Step(commits[oid], tuple(commits[one] for one in behind if one in commits)))
    return found


def _graph(rows: bytes) -> dict[str, list[str]]:
    return {oid: parents for row in rows.decode("ascii").splitlines() for oid, *parents in [row.split(" ")]}


def _line(parents: Mapping[str, list[str]], head: str, since: str) -> list[str]:
    """Follow first parents from the tip; the oldest comes first."""
    line = []
    at = head
    while at in parents:
        line.append(at)
        at = parents[at][0] if parents[at] else ""
    if at != since:
        raise UnrelatedError
    return line[::-1]


def _behind(parents: Mapping[str, list[str]], oid: str, taken: set[str]) -> list[str]:
    """Return the commits that this one brings to the branch besides itself, and take them."""
    taken.add(oid)
    found = []
    waiting = parents[oid][1:]
    while waiting:
        one = waiting.pop()
        if one in parents and one not in taken:
            taken.add(one)
            found.append(one)
            waiting += parents[one]
    return found


def _commits(raw: bytes) -> Iterator[Commit]:
    """Read `log --raw -z`.  Fields are counted, so nothing that a message or a path holds can pass for another field."""
    fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    field = next(fields, "")
    while field:
        seconds, author, said = (next(fields, "") for _ in _FIELDS[1:])
        oid, touches = field.lstrip("\n\x01"), []
        for field in fields:
            if field.startswith("\x01"):
                break
            if field.strip("\n"):  # ":100644 100644 OLD NEW M", then the path
                _, _, before, after, _ = field.strip("\n").split(" ")
                path = next(fields, "")
                touches.append(Touch(path, *("" if _NOTHING.match(name) else name for name in (before, after))))
        else:
            field = ""
        yield Commit(oid, int(seconds), _people([author, *_WITH.findall(said)]), _people(_BY.findall(said)), tuple(touches))


def _people(found: list[str]) -> tuple[str, ...]:
    """Return whom a commit names, each once; nobody wrote it with a hundred others."""
    return tuple(dict.fromkeys(one.strip() for one in found[:MOST]))
