"""
A knowledge base as a commit has it, as a folder that can be checked and built like any other, for a moment.

Files come from git's objects: no checkout, no filters, no hooks.  A large one that the work tree has just so gets a second name instead.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kbgen.digests import blob
from kbgen.review import git

PLACES = ("content", "kbgen.toml", ".kbignore", "reviewers.toml", "themes", "hooks")
MOST_BYTES = 32 << 20  # of one file: pictures have at most 20 MiB
LARGE = 1 << 20  # bytes from which on a file is linked: a link makes git look at the file anew, which small ones are not worth
LARGEST = 256 << 20  # bytes of a file that is read to see that it is unchanged: films have at most 200 MiB
_LINK = "120000"


@contextmanager
def laid_out(root: Path, commit: str) -> Iterator[Path]:
    """
    Lay out a knowledge base as a commit has it.

    Args:
        root: The knowledge base's folder, in a work tree.
        commit: Its object name.

    Returns: A folder below `.kbgen/` that is gone after the block.  It shares `.kbgen/` with *root*, so that what a build remembers serves
        both, and what git tells there of dates, reviews and older texts is what it tells in *root*: the files alone differ.
    Raises: git.GitError: There is no such commit.
    """
    rows = dict(_rows(git.run(root, "ls-tree", "-r", "-z", commit, "--", *PLACES)))
    home = root / ".kbgen"
    home.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="tree-", dir=home))
    try:
        (folder / ".kbgen").symlink_to(home.resolve(), target_is_directory=True)
        _write(root, folder, {path: row for path, row in rows.items() if not _linked(root / path, folder / path, row)})
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fork_of(root: Path, base: str) -> str:
    """
    Return the commit at which HEAD left what a person calls its base.

    Raises: git.GitError: There is no such commit, or no common past here.
    """
    start = git.commit_of(root, base)
    try:
        return git.run(root, "merge-base", start, "HEAD").decode().strip()
    except git.GitError:
        raise git.GitError(
            f"{base} and HEAD have no common past here. A shallow clone may hide it: fetch more, or all, of the history"
        ) from None


def _rows(raw: bytes) -> Iterator[tuple[str, tuple[str, str]]]:
    """Read `ls-tree -z`: path -> mode, object; what would leave the folder is left out."""
    for row in raw.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = row.partition("\t")
        if path and not {"..", ".git", ".kbgen"} & {part.lower() for part in PurePosixPath(path).parts} and not path.startswith("/"):
            mode, kind, oid = facts.split(" ")
            if kind == "blob":
                yield path, (mode, oid)


def _linked(source: Path, target: Path, row: tuple[str, str]) -> bool:
    """Give a large file that is unchanged a second name; False where it is small, changed, or cannot have one."""
    mode, oid = row
    try:
        if mode == _LINK or not LARGE < source.lstat().st_size <= LARGEST or blob(source.read_bytes()) != oid:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target, follow_symlinks=False)
    except OSError:
        return False
    return True


def _write(root: Path, folder: Path, rows: Mapping[str, tuple[str, str]]) -> None:
    places: dict[str, list[tuple[Path, str]]] = {}
    for path, (mode, oid) in rows.items():
        places.setdefault(oid, []).append((folder / path, mode))
    for place in {file.parent for some in places.values() for file, _ in some}:
        place.mkdir(parents=True, exist_ok=True)
    for oid, data in git.each(root, places, MOST_BYTES):
        for file, mode in places[oid]:
            if mode == _LINK:
                file.symlink_to(os.fsdecode(data))  # never followed: a check says that it is a link
            else:
                file.write_bytes(data)
