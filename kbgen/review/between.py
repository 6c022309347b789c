"""What git holds at a commit of the texts that customers depend on."""

from __future__ import annotations

from pathlib import Path

from kbgen.ignored import FILE as IGNORE
from kbgen.review import git
from kbgen.review.evidence import EvidenceError
from kbgen.review.history import head_of, shallow_mark
from kbgen.review.reviewers import FILE
from kbgen.review.writers import CONTENT


def named(root: Path) -> tuple[str, str]:
    """Return where the knowledge base lies in its repository, and its commit, mostly without starting git."""
    top = next((one for one in (root.resolve(), *root.resolve().parents) if (one / ".git").exists()), None)
    prefix = root.resolve().relative_to(top).as_posix() if top else ""
    return f"{prefix}/" if prefix not in {"", "."} else "", head_of(root) or git.commit_of(root, "HEAD")


def dirty(root: Path, prefix: str) -> frozenset[str]:
    """Name the texts that are not on disk as the commit has them, those that git does not know among them."""
    said = git.run(
        root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--", CONTENT, IGNORE
    )
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
