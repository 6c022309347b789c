"""
An article cut at its headings, and what two texts of it have in common.

A translator asks which parts to look at again.  So two texts are compared as sections, each a heading with the text below it, with
white space, line breaks and comments left out of the comparison: what no reader can see makes no work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from kbgen import head as front_matter

State = Literal["same", "changed", "added", "removed", "moved"]

MOST = 1000  # sections of one article; what follows belongs to the last one

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[^{}]*\}[ \t]*$")
_SHOWN = ("title", "description")  # of the front matter, what a translator writes anew


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next heading of any level."""

    heading: str  # normalised; "" for the head of the article and for what stands before the first heading
    level: int  # 0: title and description; 1: what stands before the first heading
    line: int  # of the file, from 1
    text: str  # normalised: what is compared
    written: str  # as it stands in the file


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one section."""

    state: State
    old: Section | None
    new: Section | None

    @property
    def heading(self) -> str:
        """What it is called now, or was."""
        return (self.new or self.old or _NOTHING).heading


@dataclass(frozen=True, slots=True)
class Staleness:
    """How far a text is from another: "2 of 9 sections changed"."""

    rows: tuple[Change, ...]  # in the order of the new text, what was removed at its old place

    @property
    def changed(self) -> int:
        """How many sections a translator has to look at."""
        return sum(row.state != "same" for row in self.rows)

    @property
    def of(self) -> int:
        """How many sections there are, removed ones included."""
        return len(self.rows)


_NOTHING = Section("", 0, 1, "", "")


def sections(data: bytes, path: str) -> tuple[Section, ...]:
    """
    Cut an article.

    Args:
        data: The whole file.
        path: For reading it; nothing is looked up there.
    Returns: Title and description first, then the sections of the body; () for a file that is no article.
    """
    parts, _ = front_matter.split(data, path)
    if parts is None:
        return ()
    shown = front_matter.shown(parts.front, path, _SHOWN)
    head = Section("", 0, 1, _plain("\n".join(shown)), "\n".join(f"{name}: {text}" for name, text in zip(_SHOWN, shown, strict=True)))
    return (head, *_body(parts.body, parts.body_line))


def compare(old: Sequence[Section], new: Sequence[Section]) -> Staleness:
    """
    Say what became of each section.

    A section is the same when its heading, its level and its text are.  What stands at another place is moved; of the rest, sections
    with one heading, then those with one text, are changed; what is left was removed or added.
    """
    pairs = _matched(old, new)
    free = sorted(set(range(len(old))) - {was for was, _ in pairs.values()})
    ways: tuple[tuple[State, Callable[[Section], Any]], ...] = (
        ("moved", _key),
        ("changed", lambda one: (one.level > 0, one.heading)),
        ("changed", lambda one: one.text or one),
    )
    for state, name in ways:
        left: dict[Any, list[int]] = {}
        for was in reversed(free):
            left.setdefault(name(old[was]), []).append(was)
        for at, one in enumerate(new):
            if at not in pairs and (twins := left.get(name(one))):
                pairs[at] = twins.pop(), state
        free = sorted(was for twins in left.values() for was in twins)
    rows = [
        (at, 0, Change(pairs[at][1], old[pairs[at][0]], one) if at in pairs else Change("added", None, one)) for at, one in enumerate(new)
    ]
    places = {was: at for at, (was, _) in pairs.items()}
    rows += [(max((places[one] for one in places if one < was), default=-1), was + 1, Change("removed", old[was], None)) for was in free]
    return Staleness(tuple(row for *_, row in sorted(rows, key=lambda row: row[:2])))


def _matched(old: Sequence[Section], new: Sequence[Section]) -> dict[int, tuple[int, State]]:
    """Return the sections that stand unchanged in the same order: place in the new text -> place in the old one."""
    blocks = SequenceMatcher(None, [_key(one) for one in old], [_key(one) for one in new], autojunk=False).get_matching_blocks()
    return {block.b + step: (block.a + step, "same") for block in blocks for step in range(block.size)}


def _key(one: Section) -> tuple[int, str, str]:
    return one.level, one.heading, one.text


def _body(text: str, first: int) -> list[Section]:
    """Cut a body at its headings; those in blocks of code and in comments are none."""
    lines = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
    marks = [("", 1, 0, 0)]  # heading, level, its first line, the line below it
    fence = ""
    for at, line in enumerate(lines):
        fence, inside = _fenced(line, fence)
        if not inside and len(marks) < MOST:
            name, level, start = _heading(lines, at, marks[-1][3])
            marks += [(name, level, start, at + 1)] if level else []
    ends = [*(start for _, _, start, _ in marks[1:]), len(lines)]
    found = []
    for (name, level, start, below), end in zip(marks, ends, strict=True):
        written = "\n".join(lines[below:end])
        if name or written.strip():
            found.append(Section(name, level, start + first, _plain(written), written.strip("\n")))
    return found


def _fenced(line: str, fence: str) -> tuple[str, bool]:
    """Return the fence that is open after a line, and whether the line belongs to a block of code."""
    mark = _FENCE.match(line)
    if not fence:
        return (mark[1] if mark else ""), mark is not None
    closes = mark and mark[1].startswith(fence) and not line[mark.end() :].strip()
    return ("" if closes else fence), True


def _heading(lines: Sequence[str], at: int, below: int) -> tuple[str, int, int]:
    """Return the heading that ends on a line: its text, its level (0: there is none) and the line it begins on."""
    found = _ATX.fullmatch(lines[at])
    if found:
        return _named(re.sub(r"[ \t]+#+[ \t]*$", "", found[2])), len(found[1]), at
    over = lines[at - 1].strip() if at > below else ""
    under = _UNDERLINE.fullmatch(lines[at])
    if under and over and not over.startswith(("#", "|", ">", "-", "*", "+")) and (at - 2 < below or not lines[at - 2].strip()):
        return _named(over), 1 if under[1][0] == "=" else 2, at - 1
    return "", 0, at


def _named(text: str) -> str:
    return _plain(_ATTRIBUTES.sub("", text))


def _plain(text: str) -> str:
    """Leave out what no reader sees: line breaks, runs of spaces, two ways to write one letter."""
    return unicodedata.normalize("NFC", " ".join(text.split()))
