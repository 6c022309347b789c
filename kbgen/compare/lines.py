"""The line of an article's file where each block of its body begins, found by its words: Markdown does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kbgen.compare.blocks import Block

LENGTH = 24  # letters and digits of a block that are looked for
SURE = 8  # of them that name a place: fewer may stand anywhere
_HIDDEN = re.compile(r"^[ \t>]*\d+[.)][ \t]|\]\([^)]*\)|\{[^}]*\}|<[^>]*>|!\[|https?://\S+")


def lines_of(top: Block, source: str) -> dict[int, int]:
    """
    Find the blocks of a body in its source.

    Args:
        top: What holds all blocks.
        source: The file, front matter too.

    Returns: id() of each block at any depth -> line, from 1.  A block that cannot be found has the line of what stands before it.
    """
    rows = source.replace("\r\n", "\n").split("\n")
    begin = _body(rows)
    bare = [_letters(_HIDDEN.sub(" ", row)) for row in rows]
    found: dict[int, int] = {}
    at = begin
    for block in top.walk():
        place = _find(block, rows, bare, at)
        if place is not None:
            at = place
        found[id(block)] = at + 1
    return found


def _body(rows: Sequence[str]) -> int:
    """Return the place of the first line after the front matter."""
    if not rows or rows[0].strip("\ufeff \t") != "---":
        return 0
    return next((at + 1 for at, row in enumerate(rows[1:], 1) if row.strip() == "---"), 0)


def _find(block: Block, rows: Sequence[str], bare: Sequence[str], at: int) -> int | None:
    """Find what a block begins with: a picture by its file's name, anything else by its first letters."""
    first = next((leaf for leaf in block.walk() if leaf.tokens), block)
    names = [token.get("src").rpartition("/")[2] for token in first.tokens if token.tag in {"img", "video"}]
    if names and not first.text:
        return next((place for place in range(at, len(rows)) if names[0] and names[0] in rows[place]), None)
    wanted = _letters(first.text)[:LENGTH]
    if not wanted:
        return None
    places = range(at, len(bare))
    begun = (one for one in places if bare[one].startswith(wanted) or (len(bare[one]) >= SURE and wanted.startswith(bare[one])))
    inside = (one for one in places if len(wanted) >= SURE and wanted in bare[one])
    return min((place for place in (next(begun, None), next(inside, None)) if place is not None), default=None)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
