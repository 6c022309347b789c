"""
A folder on this machine, for a web server beside it.

    PATH/current -> releases/<name>      what the server serves: a symbolic link, exchanged in one step
    PATH/releases/<name>/                the last few releases; equal files are one on the disk
    PATH/manifests/<name>.json           of every release, for ever
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kbgen.lock import holding
from kbgen.release.manifest import Release, write
from kbgen.targets.place import SUFFIX, TargetError, parsed, paths_of


class Directory:
    """A folder of releases."""

    def __init__(self, place: Path, keep: int) -> None:
        self._place, self._keep = place, max(keep, 1)
        self._releases, self._manifests, self._current = place / "releases", place / "manifests", place / "current"
        self._seen: str | None = None

    def last(self) -> Release | None:
        """See Target."""
        name = self._seen = self._served()
        return self._manifest(name) if name else None

    def names(self) -> list[str]:
        """See Target."""
        return sorted(one.name for one in self._releases.glob("[!.]*") if (self._manifests / f"{one.name}{SUFFIX}").is_file())

    def publish(self, tree: Path, release: Release) -> None:
        """See Target.  Killed at any moment, it leaves the old release served."""
        try:
            self._refuse_foreign()
            with holding(self._place):
                if self._seen is not None and self._seen != self._served():
                    raise TargetError("Somebody published at the same time. Publish again, so that no address is forgotten")
                self._publish(tree, release)
        except OSError as error:
            raise TargetError(f"{error.filename or self._place}: {error.strerror}. The old release is still served") from error

    def bring(self, name: str, folder: Path) -> Release:
        """See Target."""
        if name not in self.names():
            raise TargetError(f"There is no release {name}. There are: {', '.join(self.names()) or 'none'}")
        shutil.copytree(self._releases / name, folder, dirs_exist_ok=True)
        return self._manifest(name)

    def told(self) -> str:
        """See Target."""
        return f"Served from {self._current}"

    def _publish(self, tree: Path, release: Release) -> None:
        for rest in (*self._releases.glob(".*.new"), *self._manifests.glob(".*.new")):  # of one that was killed
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
        self._releases.mkdir(parents=True, exist_ok=True)
        self._manifests.mkdir(exist_ok=True)
        draft = self._releases / f".{release.name}.new"
        self._copy(tree, draft, release)
        draft.rename(self._releases / release.name)
        note = self._manifests / f".{release.name}.new"
        note.write_bytes(write(release))
        note.replace(self._manifests / f"{release.name}{SUFFIX}")
        link = self._place / ".current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("releases") / release.name)
        os.replace(link, self._current)  # noqa: PTH105 - the one step that readers see
        for name in self.names()[: -self._keep]:
            if name != release.name:
                shutil.rmtree(self._releases / name)

    def _copy(self, tree: Path, draft: Path, release: Release) -> None:
        """Copy a portal; a file that the served release has too is shared with it."""
        served = self._served()
        known = self._manifest(served).files if served else {}
        for path in paths_of(tree):
            file = draft / path
            file.parent.mkdir(parents=True, exist_ok=True)
            same = known.get(path) == release.files.get(path)
            if not (same and _linked(self._releases / served / path, file)):
                shutil.copy2(tree / path, file)

    def _served(self) -> str:
        return self._current.readlink().name if self._current.is_symlink() else ""

    def _manifest(self, name: str) -> Release:
        file = self._manifests / f"{name}{SUFFIX}"
        try:
            return parsed(file.read_bytes(), str(file))
        except OSError as error:
            raise TargetError(f"{file}: {error.strerror}. It remembers addresses and approvals: bring it back from a backup") from error

    def _refuse_foreign(self) -> None:
        if self._current.exists() and not self._current.is_symlink():
            raise TargetError(f"{self._current} is no link of ours. Choose a folder of its own, or remove it")
        if self._place.is_dir() and not self._manifests.is_dir() and any(self._place.iterdir()):
            raise TargetError(f"{self._place} holds files that kbgen did not write. Choose an empty folder")


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:  # it was changed by hand, or the file system has no hard links
        return False
    return True
