"""--fix: write what a program can mend by itself."""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from kbgen.model import Problem
from kbgen.read import bytes_of


def mend(root: Path, problems: Iterable[Problem]) -> list[str]:
    """
    Write the edits of problems into their files, each file at once; line ends and a byte order mark stay.

    Returns: The paths that were written.  An edit whose line is not what the check saw is left out.
    """
    files: dict[str, list[Problem]] = {}
    for one in problems:
        if one.edit is not None and one.line and one.column:
            files.setdefault(one.path, []).append(one)
    return [path for path, edits in sorted(files.items()) if _mended(root / path, edits)]


def edited(data: bytes, edits: Sequence[Problem]) -> bytes:
    """Return a file's bytes with edits in them; of two that overlap, the first."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    lines = data[len(mark) :].decode("utf-8", "surrogateescape").split("\n")
    seen = [line.rstrip("\r") for line in lines]
    taken: dict[int, int] = {}  # line -> column from which on it is done
    for one in sorted(edits, key=lambda one: (one.line, -one.column)):
        row, start = one.line - 1, one.column - 1
        end = start + one.width
        if row >= len(lines) or not seen[row].startswith(one.source) or one.edit is None:
            continue
        if end > min(len(one.source), taken.get(row, len(lines[row]))):  # beyond what the check saw, or in another edit
            continue
        lines[row] = lines[row][:start] + one.edit + lines[row][end:]
        taken[row] = start
    return mark + "\n".join(lines).encode("utf-8", "surrogateescape")


def _mended(file: Path, edits: Sequence[Problem]) -> bool:
    """Write a file anew beside the old one and put it in its place, so that a kill leaves either."""
    try:
        data = bytes_of(file)
        mode = file.stat().st_mode
    except OSError:
        return False
    fresh = edited(data, edits)
    if fresh == data:
        return False
    handle, draft = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(fresh)
        os.chmod(draft, mode & 0o777)  # noqa: PTH101 - beside mkstemp
        os.replace(draft, file)  # noqa: PTH105
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return True
