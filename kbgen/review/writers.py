"""
Who wrote a text: whoever changed its file, and whoever brought the very text anywhere else, from where somebody may have moved it.

One reading of the log serves a proposal on its way and what is published, so that both name the same authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kbgen.ignored import FILE as IGNORE
from kbgen.review import git
from kbgen.review.reviewers import FILE

CONTENT = "content"
PLAIN = ("100644", "100755")  # git's modes of files
_FORMAT = "--format=%x01%H%x00%ae%x00%B%x00"
_CO_AUTHOR = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]+)>[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the proposal."""

    oid: str
    email: str
    message: str
    paths: tuple[str, ...]

    @property
    def authors(self) -> frozenset[str]:
        """Who wrote it, co-authors included."""
        return frozenset(mail.strip().lower() for mail in (self.email, *_CO_AUTHOR.findall(self.message)))


@dataclass(frozen=True, slots=True)
class Touch:
    """A commit gave a file this text."""

    at: int  # place in the log, the newest first
    path: str
    blob: str  # "": none, or no plain file


@dataclass(frozen=True)
class Written:
    """The commits between two, the newest first, and which texts they brought."""

    commits: tuple[Commit, ...]
    touches: tuple[Touch, ...]

    def who(self, paths: Iterable[str], blob: str = "", *, newest: int = 0) -> frozenset[str]:
        """
        Name the authors of a text.

        Args:
            paths: Where it lies, and lay.
            blob: The text; "" where it is gone.
            newest: Place in the log of the first commit that counts.
        Returns: Addresses.  A text that no commit brought came back through a merge with an older parent: who made such commits brought it.
        """
        wrote = {at for name in paths for at in self._at.get(name, ()) if at >= newest}
        brought = {at for at in self._at.get(blob, ()) if at >= newest}
        if blob and not brought:
            brought = {at for at, one in enumerate(self.commits) if at >= newest and not one.paths}
        return frozenset(mail for at in wrote | brought for mail in self.commits[at].authors)

    @cached_property
    def _at(self) -> Mapping[str, set[int]]:
        """Path, or blob -> the places of the commits that gave it."""
        found: dict[str, set[int]] = {}
        for one in self.touches:
            for name in filter(None, (one.path, one.blob)):
                found.setdefault(name, set()).add(one.at)
        return found


def is_text(path: str) -> bool:
    """Tell whether customers, or the rules of reviews, depend on a file."""
    return path.startswith(f"{CONTENT}/") or path in {FILE, IGNORE}


def log(root: Path, base: str, tip: str, paths: Iterable[str] = ()) -> Written:
    """
    Read the commits between two.

    Of a merge, only what it has from none of its parents: who presses the button has written nothing.

    No field can pass for another: git keeps no NUL in a message, and a path follows its facts.

    Args:
        paths: Only the commits that touch these; none: all commits, those too that touch nothing.
    Raises: git.GitError.
    """
    told = ("--topo-order", "--full-history", "-c", "--no-renames", "--raw", "--no-abbrev", "--relative", _FORMAT)
    raw = git.run(root, "log", "-z", *told, f"{base}..{tip}", "--", *paths)
    commits: dict[str, Commit] = {}
    touches: list[Touch] = []
    fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    oid = ""
    for one in fields:
        mark = one.strip("\n")
        if mark.startswith("\x01"):
            oid = mark[1:]
            email, message = next(fields, ""), next(fields, "")
            commits.setdefault(oid, Commit(oid, email, message, ()))
        elif mark.startswith(":"):
            path = next(fields, "")
            if is_text(path):
                parents = len(mark) - len(mark.lstrip(":"))
                facts = mark.lstrip(":").split(" ")
                mode, blob = facts[parents], facts[2 * parents + 1]
                commits[oid] = replace(commits[oid], paths=(*commits[oid].paths, path))
                touches.append(Touch(len(commits) - 1, path, blob if mode in PLAIN else ""))
    return Written(tuple(commits.values()), tuple(touches))
