"""
A branch of this repository, for the pages of a forge.

It is written as objects: no checkout is touched, and a branch that does not exist begins without a past.  The manifests are on a branch
of their own, NAME-manifests, because whoever reads the pages reads all of the first one.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from kbgen.release.manifest import Release, write
from kbgen.review import git
from kbgen.targets.place import SUFFIX, TargetError, parsed, paths_of

_OWN = ".nojekyll"  # GitHub's pages leave out files such as _headers without it
_SAID = "Publish "


class Branch:
    """A branch that holds nothing but a portal."""

    def __init__(self, root: Path, name: str) -> None:
        self._name = name
        try:
            git.run(root, "check-ref-format", "--branch", name)
            self._root = Path(git.run(root, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").rstrip("\n"))
        except git.GitError as error:
            raise TargetError(f"{name} is no name of a branch, or this is no git repository: {error}") from error

    def last(self) -> Release | None:
        """See Target."""
        tip = self._tip(self._notes)
        if not tip:
            return None
        found = git.objects(self._root, [f"{tip}:current"])
        name = next(iter(found.values()), b"").decode("ascii", "replace").strip()
        return self._manifest(name, tip)

    def names(self) -> list[str]:
        """See Target."""
        return list(self._commits())

    def publish(self, tree: Path, release: Release) -> None:
        """See Target."""
        if f"branch refs/heads/{self._name}\n" in git.run(self._root, "worktree", "list", "--porcelain").decode("utf-8", "replace"):
            raise TargetError(f"The branch {self._name} is checked out. Switch to another, so that no file of yours is touched")
        stamp = self._committer()
        stream = [*self._commit(self._name, stamp, release), b"deleteall\n", _file(_OWN, b"")]
        stream += [_file(path, (tree / path).read_bytes()) for path in paths_of(tree)]
        stream += self._commit(self._notes, stamp, release)
        stream += [_file(f"{release.name}{SUFFIX}", write(release)), _file("current", release.name.encode())]
        try:
            git.run(self._root, "fast-import", "--quiet", "--force", "--done", stdin=b"".join([*stream, b"done\n"]))
        except git.GitError as error:
            raise TargetError(f"git cannot write the branch {self._name}: {error}") from error

    def bring(self, name: str, folder: Path) -> Release:
        """See Target."""
        commits = self._commits()
        if name not in commits:
            raise TargetError(f"There is no release {name} on {self._name}. There are: {', '.join(commits) or 'none'}")
        with tarfile.open(fileobj=io.BytesIO(git.run(self._root, "archive", "--format=tar", commits[name]))) as packed:
            packed.extractall(folder, filter="data")
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

    def _tip(self, branch: str) -> str:
        """Return the newest commit of a branch, here or as it was last fetched; "" if there is none."""
        tips = [self._named(f"refs/heads/{branch}"), self._named(f"refs/remotes/origin/{branch}")]
        here, there = tips
        if here and there and here != there:
            return there if self._behind(here, there) else here
        return here or there

    def _named(self, ref: str) -> str:
        try:
            return git.run(self._root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
        except git.GitError:
            return ""

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

    def _committer(self) -> str:
        try:
            return git.run(self._root, "var", "GIT_COMMITTER_IDENT").decode("utf-8", "surrogateescape").strip()
        except git.GitError:
            raise TargetError("git does not know who you are. Set it with  git config user.email  and  git config user.name") from None

    def _commit(self, branch: str, stamp: str, release: Release) -> Iterator[bytes]:
        said = f"{_SAID}{release.name}\n\n" + (f"From {release.commit}.\n" if release.commit else "")
        tip = self._tip(branch)
        yield f"commit refs/heads/{branch}\ncommitter {stamp}\n".encode("utf-8", "surrogateescape")
        yield _data(said.encode())
        yield f"from {tip}\n".encode() if tip else b""


def _file(path: str, data: bytes) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    if name.startswith(b'"') or b"\n" in name:
        name = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
    return b"M 100644 inline " + name + b"\n" + _data(data)


def _data(data: bytes) -> bytes:
    return b"data %d\n" % len(data) + data + b"\n"
