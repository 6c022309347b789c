"""What git holds at a commit, and between two, of the texts that customers depend on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from kbgen.review import changes, git
from kbgen.review.changes import CONTENT, Commit
from kbgen.review.evidence import EvidenceError
from kbgen.review.history import head_of, shallow_mark
from kbgen.review.reviewers import FILE

_PLAIN = ("100644", "100755")
_FORMAT = "--format=%x01%H%x00%ae%x00%B%x00"


@dataclass(frozen=True, slots=True)
class Touch:
    """A commit gave a file this text."""

    at: int  # place in the log, the newest first
    path: str
    blob: str


def named(root: Path) -> tuple[str, str]:
    """Return where the knowledge base lies in its repository, and its commit, mostly without starting git."""
    top = next((one for one in (root.resolve(), *root.resolve().parents) if (one / ".git").exists()), None)
    prefix = root.resolve().relative_to(top).as_posix() if top else ""
    return f"{prefix}/" if prefix not in {"", "."} else "", head_of(root) or git.commit_of(root, "HEAD")


def tree(root: Path, commit: str) -> dict[str, str]:
    """Return path -> blob of the texts of a commit: plain files only."""
    found = {}
    for row in git.run(root, "ls-tree", "-r", "-z", commit, "--", CONTENT, FILE).decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = row.partition("\t")
        if facts.startswith(_PLAIN):
            found[path] = facts.split(" ")[2]
    return found


def dirty(root: Path, prefix: str) -> frozenset[str]:
    """Name the texts that are not on disk as the commit has them, those that git does not know among them."""
    said = git.run(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--", CONTENT)
    rows = said.decode("utf-8", "surrogateescape").split("\0")
    return frozenset(row[3:].removeprefix(prefix) for row in rows if row)


def beginning(root: Path) -> str:
    """Return the commit that brought reviewers.toml, "" if none did."""
    said = git.run(root, "log", "--full-history", "--topo-order", "--diff-filter=A", "--format=%H", "HEAD", "--", FILE).decode().split()
    if len(said) > 1 and len(git.run(root, "merge-base", "--independent", *said).decode().split()) > 1:
        raise EvidenceError(f"{FILE} came on several branches, so it cannot be told which texts are older: name the last release")
    if said and said[-1] in shallow_mark(root).split():
        raise EvidenceError(
            f"the history is cut off, so it cannot be told which texts are older than {FILE}: fetch all of it, or name the last release"
        )
    return said[-1] if said else ""


def log(root: Path, base: str, tip: str) -> tuple[tuple[Commit, ...], tuple[Touch, ...]]:
    """
    Read the commits between two, the newest first, and which texts they brought.

    Of a merge, only what it has from none of its parents: who presses the button has written nothing.

    No field can pass for another: git keeps no NUL in a message, and a path follows its facts.
    """
    told = ("--topo-order", "-c", "--no-renames", "--raw", "--no-abbrev", "--relative", _FORMAT)
    try:
        raw = git.run(root, "log", "-z", *told, f"{base}..{tip}", "--")
    except git.GitError as error:
        raise git.GitError(f"the commit of the last release, {base[:12]}, is not here: fetch the whole history ({error})") from error
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
            if changes.is_text(path):
                parents = len(mark) - len(mark.lstrip(":"))
                facts = mark.lstrip(":").split(" ")
                mode, blob = facts[parents], facts[2 * parents + 1]
                commits[oid] = replace(commits[oid], paths=(*commits[oid].paths, path))
                touches.append(Touch(len(commits) - 1, path, blob if mode in _PLAIN else ""))
    return tuple(commits.values()), tuple(touches)
