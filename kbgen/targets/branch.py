"""
A branch of this repository, for the pages of a forge.

It is written as objects: no checkout is touched, and a branch that does not exist begins without a past.  The manifests are on a branch
of their own, NAME-manifests, because whoever reads the pages reads all of the first one.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from kbgen.release.manifest import Release, write
from kbgen.review import git
from kbgen.targets.place import SUFFIX, TargetError, parsed, paths_of

_OWN = ".nojekyll"  # GitHub's pages leave out files such as _headers without it
_SAID = "Publish "
_NAME = re.compile(r"[\w][\w./-]{0,100}")


class Branch:
    """A branch that holds nothing but a portal."""

    def __init__(self, root: Path, name: str) -> None:
        if not _NAME.fullmatch(name) or ".." in name or name.endswith((".lock", "/", ".")):
            raise TargetError(f"{name} is no name of a branch")
        self._name = name
        top = next((one for one in (root, *root.resolve().parents) if (one / ".git").exists()), None)
        if top is None:
            raise TargetError(
                f"{root} is in no git repository, so there is no branch to publish on. Run  git init , or publish to  dir:PATH"
            )
        self._root = top

    def last(self) -> Release | None:
        """See Target."""
        tip = self._tip(self._notes)
        if not tip:
            return None
        return self._manifest("current", tip)

    def names(self) -> list[str]:
        """See Target."""
        return list(self._commits())

    def publish(self, tree: Path, release: Release) -> None:
        """See Target."""
        if any(where for _, where in self._refs.values()):
            raise TargetError(f"The branch {self._name} is checked out. Switch to another, so that no file of yours is touched")
        stream = [*self._commit(self._name, release), b"deleteall\n", _file(_OWN, b"")]
        stream += [_file(path, (tree / path).read_bytes()) for path in paths_of(tree)]
        stream += self._commit(self._notes, release)
        stream += [_file(f"{name}{SUFFIX}", write(release)) for name in (release.name, "current")]
        try:
            git.run(self._root, "fast-import", "--quiet", "--force", "--done", "--date-format=now", stdin=b"".join([*stream, b"done\n"]))
        except git.GitError as error:
            raise TargetError(f"git cannot write the branch {self._name}: {error}") from error

    def bring(self, name: str, folder: Path) -> Release:
        """See Target."""
        commits = self._commits()
        if name not in commits:
            raise TargetError(f"There is no release {name} on {self._name}. There are: {', '.join(commits) or 'none'}")
        with tarfile.open(fileobj=io.BytesIO(git.run(self._root, "archive", "--format=tar", commits[name]))) as packed:
            _unpack(packed, folder)
        (folder / _OWN).unlink(missing_ok=True)
        return self._manifest(name, self._tip(self._notes))

    def told(self) -> str:
        """See Target."""
        return f"Others see it after  git push --atomic origin {self._name} {self._notes}"

    @property
    def _notes(self) -> str:
        return f"{self._name}-manifests"

    def _manifest(self, name: str, tip: str) -> Release:
        found = git.objects(self._root, [f"{tip}:{name}{SUFFIX}"], 1 << 30)
        if not found:
            raise TargetError(f"{self._notes} has no {name}{SUFFIX}. Fetch it:  git fetch origin {self._notes}")
        return parsed(next(iter(found.values())), f"{self._notes}:{name}{SUFFIX}")

    @cached_property
    def _refs(self) -> dict[str, tuple[str, str]]:
        """Ref -> its commit, and the work tree in which it is checked out, "" for none."""
        names = [f"refs/{kind}/{branch}" for kind in ("heads", "remotes/origin") for branch in (self._name, self._notes)]
        rows = git.run(self._root, "for-each-ref", "--format=%(refname)%09%(objectname)%09%(worktreepath)", *names)
        told = (row.split("\t") for row in rows.decode("utf-8", "surrogateescape").splitlines())
        return {ref: (commit, where) for ref, commit, where in told}

    def _tip(self, branch: str) -> str:
        """Return the newest commit of a branch, here or as it was last fetched; "" if there is none."""
        here, there = (self._refs.get(f"refs/{kind}/{branch}", ("", ""))[0] for kind in ("heads", "remotes/origin"))
        if here and there and here != there:
            return there if self._behind(here, there) else here
        return here or there

    def _behind(self, one: str, other: str) -> bool:
        try:
            git.run(self._root, "merge-base", "--is-ancestor", one, other)
        except git.GitError:
            return False
        return True

    def _commits(self) -> dict[str, str]:
        """Return release -> commit, the oldest first."""
        tip = self._tip(self._name)
        rows = (
            git.run(self._root, "log", "--first-parent", "--reverse", "--format=%H %s", tip, "--").decode("utf-8", "replace") if tip else ""
        )
        told = (row.partition(" ") for row in rows.splitlines())
        return {said.removeprefix(_SAID): commit for commit, _, said in told if said.startswith(_SAID)}

    def _commit(self, branch: str, release: Release) -> Iterator[bytes]:
        said = f"{_SAID}{release.name}\n\n" + (f"From {release.commit}.\n" if release.commit else "")
        tip = self._tip(branch)
        yield f"commit refs/heads/{branch}\ncommitter kbgen <kbgen@localhost> now\n".encode()
        yield _data(said.encode())
        yield f"from {tip}\n".encode() if tip else b""


def _file(path: str, data: bytes) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    if name.startswith(b'"') or b"\n" in name:
        name = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
    return b"M 100644 inline " + name + b"\n" + _data(data)


def _data(data: bytes) -> bytes:
    return b"data %d\n" % len(data) + data + b"\n"


def _unpack(packed: tarfile.TarFile, folder: Path) -> None:
    """Write the files of an archive, and nothing else that may be in it: tarfile's own filter is younger than Debian 12's Python."""
    for one in packed:
        path = PurePosixPath(one.name)
        if one.isfile() and not path.is_absolute() and ".." not in path.parts and (file := packed.extractfile(one)):
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read())
