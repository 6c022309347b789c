"""
Settings, themes and hooks of a revision that is trusted, for building a stranger's pull request (security.md, zone A).

What a pull request may change is text; what runs, or decides where a build writes, comes from the revision.  Git only reads objects
here: no hooks, no filters, no attributes, no work tree.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from kbgen.model import Job

FOLDER = ".kbgen/trusted"
PLACES = ("kbgen.toml", "themes", "hooks")
_PLAIN = {"100644", "100755"}  # git's modes of files; links and submodules are left out
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.attributesFile=/dev/null")


class TrustError(Exception):
    """The revision cannot be used.  The message says why and what to do."""


def settled(job: Job) -> tuple[Job, tuple[str, ...]]:
    """
    Lay out what the job trusts.

    Returns: The job, whose `trusted` is now a folder below its root; a notice for each place where the files on disk differ.
    Raises: TrustError: There is no such revision, or the checkout carries a cache of its own.
    """
    if not job.trusted:
        return job, ()
    if job.trusted.startswith(f"{FOLDER}/"):
        return job, _notices(job.root, job.root / job.trusted)
    found = _git(job.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{job.trusted}^{{commit}}")
    commit = found.decode("ascii", "replace").strip()
    if not commit:
        raise TrustError(f"git knows no revision {job.trusted} in {job.root}. Fetch it, or name another with  --trust origin/main")
    if _git(job.root, "ls-files", "-z", "--", ".kbgen") or (job.root / ".kbgen").is_symlink():
        raise TrustError("git holds .kbgen/, which only a build may write: its texts would be taken for our own. Take it out of git")
    target = job.root / FOLDER / commit
    shutil.rmtree(job.root / FOLDER, ignore_errors=True)  # what lies there may have come with the pull request
    target.mkdir(parents=True)
    _lay(job.root, commit, target, PLACES)
    _lay(job.root, commit, target, _named(target))
    return replace(job, trusted=f"{FOLDER}/{commit}"), _notices(job.root, target)


def _named(target: Path) -> tuple[str, ...]:
    """Return the places that the trusted settings name besides the usual ones."""
    import tomllib

    try:
        settings: dict[str, Any] = tomllib.loads((target / "kbgen.toml").read_text(encoding="utf-8-sig"))
        files = [settings.get("theme", {}).get("overrides", ""), *settings.get("hooks", {}).get("files", [])]
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return ()  # the build tells what is wrong with them
    return tuple(str(name) for name in files if name and str(name).split("/")[0] not in PLACES)


def _lay(root: Path, commit: str, target: Path, places: tuple[str, ...]) -> None:
    if not places:
        return
    rows = _git(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *(_from_top(root, place) for place in places))
    for row in rows.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = row.partition("\t")
        if facts.split(" ")[0] in _PLAIN:
            file = target / path.removeprefix(_from_top(root, ""))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_git(root, "cat-file", "blob", facts.split(" ")[2]))


def _from_top(root: Path, place: str) -> str:
    """Return a place as git names it: from the top of the repository."""
    return _git(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip("\n") + place


def _notices(root: Path, target: Path) -> tuple[str, ...]:
    return tuple(
        f"{place} differs from the trusted revision {target.name[:12]}; the trusted one is used"
        for place in (*PLACES, *_named(target))
        if _files(root / place) != _files(target / place)
    )


def _files(place: Path) -> dict[str, bytes]:
    if place.is_symlink():
        return {"": b"a link"}
    if place.is_file():
        return {"": place.read_bytes()}
    found = (path for path in place.rglob("*") if "__pycache__" not in path.parts and (path.is_symlink() or path.is_file()))
    return {path.relative_to(place).as_posix(): b"a link" if path.is_symlink() else path.read_bytes() for path in found}


def _git(root: Path, *words: str) -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_ATTR_NOSYSTEM": "1"}
    try:
        done = subprocess.run(["git", *_QUIET, *words], cwd=root, env=environment, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise TrustError(f"git cannot be run: {error}. Install it, or leave out  --trust") from error
    return done.stdout if done.returncode == 0 else b""
