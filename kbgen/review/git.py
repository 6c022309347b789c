"""
git, asked with few processes and trusted with nothing: no hooks, no attributes, no prompts, no locks.

Names that people give stand behind `--end-of-options`.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

SECONDS = 120
MOST_BYTES = 4 << 20  # of one blob: an article has at most 1 MiB
_PERSON = re.compile(r"[^<>\n\r]*<[^<>\s]+>")
_OID = re.compile(r"[0-9a-f]{40,64}")
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.attributesFile=/dev/null", "-c", "core.quotepath=off")


class GitError(Exception):
    """git could not answer.  The message says why and what to do."""


def run(root: Path, *words: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
    """
    Ask git.

    Args:
        root: A folder inside a work tree.
        stdin: What it is given to read.
        more: Further variables of its environment.
    Returns: What it printed.
    Raises: GitError.
    """
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *_QUIET, *words],
            cwd=root, env={**_environment(), **(more or {})}, input=stdin, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise GitError(f"git cannot be run: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(said[-1] if said else f"git {words[0]} failed")
    return done.stdout


def commit_of(root: Path, name: str) -> str:
    """Resolve what a person calls a commit.  Raises: GitError: In words for that person."""
    try:
        return run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    except GitError:
        raise GitError(f"git knows no commit {name} here. Fetch it, or name another, such as  origin/main") from None


def objects(root: Path, names: Iterable[str], most: int = MOST_BYTES) -> dict[str, bytes]:
    """
    Read objects in one process.

    Args:
        names: "abc123…", "HEAD:content/en/a.md"; one that holds a line feed is not asked for.
        most: Bytes of one.
    Returns: name -> bytes of those that are there and not larger than that.
    Raises: GitError.
    """
    return dict(each(root, names, most))


def each(root: Path, names: Iterable[str], most: int = MOST_BYTES) -> Iterator[tuple[str, bytes]]:
    """Yield what `objects` returns, one after the other, so that they need not all be held."""
    wanted = [name for name in dict.fromkeys(names) if "\n" not in name]
    if not wanted:
        return
    with tempfile.TemporaryFile() as asked:
        asked.write(_lines(wanted))
        asked.seek(0)
        try:
            with subprocess.Popen(
                ["git", *_QUIET, "cat-file", "--batch"],
                cwd=root, env=_environment(), stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            ) as git:  # fmt: skip
                assert git.stdout is not None
                for name in wanted:
                    data = _next(git.stdout, most)
                    if data is not None:
                        yield name, data
        except OSError as error:
            raise GitError(f"git cannot be run: {error}") from error


def held(root: Path) -> frozenset[str]:
    """Name all objects that this clone holds: a blobless one would fetch the others one by one."""
    rows = run(root, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    return frozenset(rows.decode("ascii").split())


def mapped(root: Path, people: Iterable[str]) -> dict[str, str]:
    """
    Ask .mailmap what people are called.

    Args:
        people: "Name <mail>", as commits have them.
    Returns: Those that git can read -> "Name <mail>".
    """
    asked = sorted(one for one in people if _PERSON.fullmatch(one))
    if not asked:
        return {}
    told = run(root, "check-mailmap", "--stdin", stdin=_lines(asked)).decode("utf-8", "surrogateescape").splitlines()
    return dict(zip(asked, told, strict=True))


def _next(answers: IO[bytes], most: int) -> bytes | None:
    """Read one answer; one that is too large is read past."""
    size = _size(answers.readline().decode("utf-8", "replace"))
    if size is None:
        return None
    data = answers.read(size) if size <= most else None
    left = 1 if data is not None else size + 1
    while left and (part := answers.read(min(left, MOST_BYTES))):
        left -= len(part)
    return data


def _size(row: str) -> int | None:
    """Return the size in "<id> blob <size>"; None where git says that there is no such object."""
    oid, _, rest = row.strip("\n").partition(" ")
    kind, _, size = rest.partition(" ")
    return int(size) if kind in {"blob", "tag", "commit"} and size.isdecimal() and _OID.fullmatch(oid) else None


def ids(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return name -> object id, for those names that lead to an object, in one process; see `objects`."""
    wanted = [name for name in dict.fromkeys(names) if "\n" not in name]
    rows = (
        run(root, "cat-file", "--batch-check", stdin=_lines(wanted)).decode("utf-8", "replace").removesuffix("\n").split("\n")
        if wanted
        else []
    )
    return {name: row.split(" ", 1)[0] for name, row in zip(wanted, rows, strict=True) if _size(row) is not None}


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_ATTR_NOSYSTEM": "1"}


def _lines(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
