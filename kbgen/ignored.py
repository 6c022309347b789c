"""What .kbignore leaves out.  It has the form of a .gitignore."""

from __future__ import annotations

import re
from collections.abc import Callable

FILE = ".kbignore"


def matcher(text: str) -> tuple[Callable[[str], bool], tuple[int, ...]]:
    """
    Read the patterns.

    Returns: A question about paths, from the top of the knowledge base; the rows (from 1) of lines that are no patterns.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - few sites have this file

    lines, wrong = text.removeprefix("\ufeff").splitlines(), []
    for row, line in enumerate(lines, 1):
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error):
            wrong.append(row)
            lines[row - 1] = ""
    return GitIgnoreSpec.from_lines(lines).match_file, tuple(wrong)
