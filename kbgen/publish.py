"""
Outputs -> the folder that is served.  Readers see the old portal whole or the new one whole, never a mix.

Two trees take turns.  A build writes into the spare one, which lies one build behind and so needs only the changes of the last
build and of this one; unchanged files are shared between the trees as hard links.  Then both change places in one system call
(renameat2 with RENAME_EXCHANGE; where there is none, two renames).  A build that is killed leaves the served tree as it was.

Nothing is deleted in a folder that does not carry our mark.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

MARK = ".kbgen-output"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class OutputError(Exception):
    """The output folder cannot be used.  The message says why and what to do."""


def spare_of(output: Path) -> Path:
    """Return the other tree: beside the output, because both must lie on one file system."""
    return output.with_name(f".{output.name}.spare")


def generation(tree: Path) -> str:
    """Return the mark of a tree; "" when it has none or is being written."""
    try:
        return (tree / MARK).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def refuse_foreign(output: Path, root: Path) -> None:
    """
    Make sure that a build may replace this folder.

    Raises: OutputError: It holds the sources, or files that are not a portal of ours.
    """
    place, top = output.absolute(), root.absolute()
    if place == top or place in top.parents:
        raise OutputError(f"The output folder {output} holds the knowledge base itself. Choose a folder of its own, such as  dist")
    for name in ("content", "themes", ".git"):
        if place == top / name or (top / name) in place.parents:
            raise OutputError(f"The output folder {output} lies in {name}/. Choose a folder of its own, such as  dist")
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise OutputError(f"The output {output} is not a plain folder. Choose another, or remove it")
    if output.is_dir() and not (output / MARK).exists() and any(output.iterdir()):
        raise OutputError(
            f"The folder {output} holds files that kbgen did not write (it has no {MARK}). Choose an empty folder, or remove it"
        )


def prepare(output: Path, was: Mapping[str, object], lag: Iterable[str] | None) -> Path:
    """
    Make the spare tree equal to the served one, and take off its mark while it is being written.

    Args:
        was: The files of the served tree.
        lag: The files in which the spare differs from it; None when that is not known.

    Returns: The spare tree.
    """
    spare = spare_of(output)
    new = lag is None or not generation(spare)
    if new:  # without a mark it is half-written: a build was killed, or the disk was full
        shutil.rmtree(spare, ignore_errors=True)
        spare.mkdir(parents=True)
        lag = was if output.is_dir() else ()
    (spare / MARK).unlink(missing_ok=True)
    folders: set[str] = set()
    for path in lag or ():
        if not new:
            _remove(spare, path)
        if path in was:
            _folder(spare, path, folders)
            _link(f"{output}/{path}", f"{spare}/{path}")
    return spare


def write(tree: Path, path: str, data: bytes, folders: set[str]) -> tuple[int, int]:
    """
    Put one file into the spare tree.  A new file each time: the old one may be shared with the served tree.

    Args:
        folders: Those that this process has already made; filled.

    Returns: Size in bytes, and time of change in nanoseconds.
    """
    place = f"{tree}/{path}"
    try:
        _folder(tree, path, folders)
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            os.unlink(place)  # noqa: PTH108 - 10,000 times a build: Path costs more than the call
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        with os.fdopen(handle, "wb", buffering=0) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            facts = os.fstat(handle)
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror}. The old portal stays") from error
    return facts.st_size, facts.st_mtime_ns


def exchange(output: Path, mark: str) -> None:
    """Let the spare tree and the served one change places; `mark` names the new generation."""
    spare = spare_of(output)
    (spare / MARK).write_text(mark, encoding="ascii")
    if not output.exists():
        spare.rename(output)
        return
    if _swap(spare, output):
        return
    aside = output.with_name(f".{output.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        output.rename(aside)
    except OSError as error:
        raise OutputError(
            f"{output} cannot change places with the new portal ({error.strerror}). If it is a mount point, write into a folder below it"
        ) from error
    spare.rename(output)
    aside.rename(spare)


def remove(tree: Path, paths: Iterable[str]) -> None:
    """Take files out of the spare tree, and the folders that they leave empty; a folder that took a file's place stays."""
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
            os.unlink(f"{tree}/{path}")  # noqa: PTH108 - as below
        for folder in Path(path).parents:
            try:
                (tree / folder).rmdir() if str(folder) != "." else None
            except OSError:
                break


def untouched(output: Path, path: str, size: int, mtime: int) -> bool:
    """Say whether a file of the served tree is still as it was written."""
    try:
        facts = os.stat(f"{output}/{path}", follow_symlinks=False)  # noqa: PTH116 - for every file of every build: Path costs more than the call
    except OSError:
        return False
    return facts.st_mtime_ns == mtime and facts.st_size == size


def _remove(tree: Path, path: str) -> None:
    try:
        os.unlink(f"{tree}/{path}")  # noqa: PTH108 - for every file of a large change: Path costs as much as the call
    except (FileNotFoundError, NotADirectoryError):
        return
    except (IsADirectoryError, PermissionError):
        shutil.rmtree(tree / path, ignore_errors=True)


def _folder(tree: Path, path: str, folders: set[str]) -> None:
    folder = path.rpartition("/")[0]
    if folder in folders:
        return
    try:
        os.mkdir(f"{tree}/{folder}")  # noqa: PTH102 - for every new page: Path costs more than the call
    except OSError:  # it is there, or the one above it is not
        place = tree / folder
        for step in [place, *place.parents]:  # a file of an older build where a folder is due now
            if step == tree:
                break
            if step.is_file():
                step.unlink()
        place.mkdir(parents=True, exist_ok=True)
    folders.add(folder)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        return
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _swap(one: Path, other: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
