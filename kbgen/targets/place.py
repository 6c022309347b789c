"""What every place can do, and how a tree of files is measured."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from kbgen.publish import MARK
from kbgen.release.manifest import ManifestError, Release, read

SUFFIX = ".json"


class TargetError(Exception):
    """A place cannot be used.  The message says why and what to do."""


class Target(Protocol):
    """A place that holds a portal."""

    def last(self) -> Release | None:
        """Return the manifest of what is served; None before the first release.  Raises: TargetError."""

    def names(self) -> list[str]:
        """List the releases that can be brought back, the oldest first."""

    def publish(self, tree: Path, release: Release) -> None:
        """Serve the files of a folder.  Raises: TargetError: The old ones are still served."""

    def bring(self, name: str, folder: Path) -> Release:
        """Lay out an older release in an empty folder, and return its manifest.  Raises: TargetError."""

    def told(self) -> str:
        """Say what a person does next, "" for nothing."""


def paths_of(tree: Path) -> Iterator[str]:
    """Name the files of a portal, sorted; our own mark is none of them."""
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name).relative_to(tree).as_posix()
            if path != MARK:
                yield path


def measured(tree: Path) -> dict[str, tuple[str, int]]:
    """Return path -> SHA-256 and bytes of every file of a portal."""
    found = {}
    for path in paths_of(tree):
        data = (tree / path).read_bytes()
        found[path] = (sha256(data).hexdigest(), len(data))
    return found


def parsed(data: bytes, where: str) -> Release:
    """Read a manifest that a place keeps.  Raises: TargetError: It is broken: addresses and approvals would be forgotten."""
    try:
        return read(data)
    except ManifestError as error:
        raise TargetError(f"{where}: {error}. Bring it back from a backup, or remove it to begin anew") from error


def in_order(files: Mapping[str, object]) -> list[list[str]]:
    """Sort files into the groups that are sent one after the other: nothing that is read before what it needs."""
    pages = [path for path in files if path.endswith(".html")]
    assets = [path for path in files if path.startswith("assets/")]
    rest = [path for path in files if not path.endswith(".html") and not path.startswith("assets/")]
    return [assets, rest, pages]
