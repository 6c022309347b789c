"""
When articles last changed, and what their texts were called before, from one pass of `git log`.

A content repository is hostile input, so git runs without hooks, filters, prompts or locks.  A date that a shallow clone cannot
know is left out: a page that says nothing is better than a page that says something wrong.
"""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SECONDS = 120
MOST = 20  # texts of one file: a vote comes from a page that somebody still has open
NONE: dict[str, dict[str, Any]] = {"updated": {}, "revisions": {}}


def head_of(root: Path) -> str:
    """
    Name the commit that is checked out without starting git.

    Returns: The object name, or "" outside git, or before the first commit.
    """
    folder = _git_folder(root)
    if folder is None:
        return ""
    try:
        head = (folder / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        common = _common(folder)
        loose = common / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()
        for line in (common / "packed-refs").read_text(encoding="utf-8").splitlines():
            if line.endswith(f" {name}"):
                return line.split(" ", 1)[0]
    except (OSError, UnicodeDecodeError):
        return ""
    return ""


def past(root: Path, folder: str) -> dict[str, dict[str, Any]]:
    """
    Say when each file was last committed, and as which texts.

    Args:
        root: A folder inside a git work tree.
        folder: Only files below this one, "content".

    Returns: "updated": path relative to root -> ISO time in UTC; files whose last commit lies beyond a shallow clone's border are left
        out.  "revisions": path -> git's names of its texts, the newest first, twenty at most.
    """
    top = _git_folder(root)
    if top is None:
        return NONE
    shallow = _shallow(_common(top))
    command = [
        "git",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.quotepath=off",
        "log",
        "--no-renames",
        "--relative",
        "--format=%x01%H %ct",
        "--raw",
        "--no-abbrev",
        "-z",
        "--end-of-options",
        "HEAD",
        "--",
        folder,
    ]
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return NONE
    times: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    for record in done.stdout.decode("utf-8", "replace").split("\x01")[1:]:
        header, _, changes = record.partition("\0")
        commit, _, seconds = header.strip().partition(" ")
        stamp = "" if commit in shallow else datetime.fromtimestamp(int(seconds), UTC).isoformat()
        told = changes.strip("\n").split("\0")
        for facts, path in zip(told[::2], told[1::2], strict=False):  # ":100644 100644 OLD NEW M", then the path
            times.setdefault(path, stamp)
            name, known = facts.split(" ")[3], texts.setdefault(path, [])
            if name not in known and name.strip("0") and len(known) < MOST:
                known.append(name)
    return {"updated": {path: stamp for path, stamp in times.items() if stamp}, "revisions": texts}


def shallow_mark(root: Path) -> str:
    """Name the border of a shallow clone, "" for a full one: a clone that is deepened knows more dates at the same commit."""
    top = _git_folder(root)
    return "" if top is None else " ".join(sorted(_shallow(_common(top))))


def _git_folder(root: Path) -> Path | None:
    for folder in (root, *root.resolve().parents):
        mark = folder / ".git"
        if mark.is_dir():
            return mark
        if mark.is_file():  # a worktree or submodule: the file names the folder
            try:
                return (folder / mark.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")).resolve()
            except OSError:
                return None
    return None


def _common(folder: Path) -> Path:
    try:
        return (folder / (folder / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except OSError:
        return folder


def _shallow(folder: Path) -> frozenset[str]:
    try:
        return frozenset((folder / "shallow").read_text(encoding="ascii").split())
    except OSError:
        return frozenset()
