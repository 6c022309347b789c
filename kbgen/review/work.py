"""What lies in the work tree and is not in git yet, and on which branch: for people who do not know git.  Two processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kbgen.review import git

_TAKEN = {"D": "deleted", "R": "moved", "A": "new", "?": "new"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A file that is not as the last commit has it."""

    path: str  # relative to the knowledge base
    what: str  # "new", "edited", "moved", "deleted"
    old: str = ""  # where it was before it moved
    torn: bool = False  # git could not put two texts of it together


@dataclass(frozen=True, slots=True)
class Work:
    """Where a person is."""

    branch: str  # "" when a commit is checked out and no branch
    main: str  # the branch that proposals want to go to, "main"
    base: str  # what it is called here: "origin/main", or "main" itself
    sent: bool  # the remote's branch of this one holds all of it
    branches: frozenset[str]
    edits: tuple[Edit, ...]

    @property
    def on_main(self) -> bool:
        """Whether an edit would go to everybody's branch."""
        return self.branch in {"", self.main}


def look(root: Path) -> Work:
    """
    Look around.

    Raises: git.GitError: There is no repository here.
    """
    told = git.run(
        root,
        "-c",
        "status.relativePaths=false",
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=all",
        "--renames",
        "--",
        ".",
    )
    fields = told.decode("utf-8", "surrogateescape").split("\0")
    facts = dict(one[2:].split(" ", 1) for one in fields if one.startswith("# "))
    branch = facts.get("branch.head", "(detached)")
    refs = git.run(root, "for-each-ref", "--format=%(refname) %(symref)", "refs/heads", "refs/remotes").decode("utf-8", "replace")
    names = dict(row.partition(" ")[::2] for row in refs.splitlines())
    main = _main(names)
    return Work(
        branch="" if branch == "(detached)" else branch,
        main=main,
        base=f"origin/{main}" if f"refs/remotes/origin/{main}" in names else main,
        sent=facts.get("branch.ab", "").startswith("+0 "),
        branches=frozenset(one.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/") for one in names),
        edits=tuple(_edits(fields, _prefix(root))),
    )


def _main(names: dict[str, str]) -> str:
    """Name the branch that everybody's proposals go to: the remote's own, or the first usual one."""
    told = names.get("refs/remotes/origin/HEAD", "").removeprefix("refs/remotes/origin/")
    usual = (one for one in ("main", "master", "trunk") for where in ("remotes/origin", "heads") if f"refs/{where}/{one}" in names)
    return told or next(usual, "main")


def _prefix(root: Path) -> str:
    """Return the folder of the knowledge base in its repository, "" or "help/", without starting git."""
    place = root.resolve()
    top = next(folder for folder in (place, *place.parents) if (folder / ".git").exists())
    return "" if top == place else f"{place.relative_to(top).as_posix()}/"


def _edits(fields: list[str], prefix: str) -> Iterator[Edit]:
    """Read `status --porcelain=v2 -z`."""
    rows = iter(fields)
    for row in rows:
        kind = row[:1]
        if kind not in {"1", "2", "u", "?"}:
            continue
        words = {"1": 8, "2": 9, "u": 10, "?": 1}[kind]
        *facts, path = row.split(" ", words)
        old = next(rows, "").removeprefix(prefix) if kind == "2" else ""
        state = kind if kind == "?" else "R" if old else "A" if facts[1][0] == "A" else facts[1].strip(".")[-1:]
        yield Edit(path.removeprefix(prefix), _TAKEN.get(state, "edited"), old, kind == "u")
