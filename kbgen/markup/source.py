"""What stands where in the Markdown of an article: lines, code, and mistakes that only the source shows."""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from kbgen.model import Problem, Severity

_FENCE = re.compile(r"^[ >]*(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_TICKS = re.compile(r"(?<!\\)`+")
_BLANK = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(r"^([ >]*)(?:[*+-]|\d{1,9}\.)[ ]+\S")
_OPENS = re.compile(r"^[ ]{0,3}(?:[*+-][ ]|\d+\.[ ]|!!!|\?\?\?|===|\[\^|:[ ]|///)")  # what indented lines may belong to
_ADDRESS = re.compile(r"\]\(\s*<?([^)\n]*)|(?:href|src)\s*=\s*[\"']?([^\"'>]*)|\]:\s*<?(\S+)|<([^<>\s]+:[^<>]*)>")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\\]+")
_HEADING = re.compile(r"^[ >]*(#{1,6})[^#\n].*$|^[^\n]+\n(=+|-+)[ ]*$", re.MULTILINE)


class Origin:
    """
    A text with the lines of the file it comes from.

    Args:
        text: Markdown with snippets put in.
        path: The article's file, for problems.
        lines: For each line of the text, its line in the file; one number when they simply follow it.
    """

    def __init__(self, text: str, path: str, lines: Sequence[int] | int) -> None:
        self.text = text
        self.path = path
        self._lines = lines
        self._seen: dict[str, int] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def masked(self) -> str:
        """The text with all code blanked out; every character keeps its place."""
        return mask(self.text)

    def line(self, offset: int) -> int:
        """Return the line of the file that a character stands in."""
        row = bisect_right(self._starts, offset) - 1
        return self._lines + row if isinstance(self._lines, int) else self._lines[min(row, len(self._lines) - 1)]

    def locate(self, *needles: str) -> int:
        """
        Return the offset of the first needle that stands outside code, each time the next one; -1 when there is none.

        Python-Markdown gives no positions, so what it made is looked for by what it was made of.
        """
        for needle in needles:
            if needle:
                offset = self.masked.find(needle, self._seen.get(needle, -1) + 1)
                if offset < 0:
                    offset = self._seen.get(needle, -1)
                if offset >= 0:
                    self._seen[needle] = offset
                    return offset
        return -1

    def line_of(self, *needles: str) -> int:
        """Return the line of the file for `locate`; 0, the whole file, when nothing is found."""
        offset = self.locate(*needles)
        return self.line(offset) if offset >= 0 else 0

    def locate_address(self, address: str) -> int:
        """Return the offset of a link or image by its address, decoded or as written; -1 when it is not found."""
        offset = self.locate(f"]({address}", f"]: {address}", f"<{address}", address, entities.escape(address))
        if offset >= 0 or not address:
            return offset
        wanted = _bare(address)
        for match in _ADDRESS.finditer(self.masked):
            found = _bare(match[match.lastindex or 0])  # ends at the first bracket, where the address may go on
            if found and (found.startswith(wanted) or wanted.startswith(found)):
                return match.start(match.lastindex or 0)
        return -1

    def problem(  # noqa: PLR0913 - what a problem is made of
        self,
        offset: int,
        rule: str,
        message: str,
        remedy: str,
        *,
        width: int = 1,
        severity: Severity = "error",
        edit: str | None = None,
    ) -> Problem:
        """Make a problem for a place in the text; an offset below 0 means the whole file.  An edit takes the place of its width."""
        if offset < 0:
            return Problem(self.path, 0, 0, rule, message, remedy, severity)
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        source = self.text[start : end if end >= 0 else len(self.text)]
        return Problem(self.path, self.line(offset), offset - start + 1, rule, message, remedy, severity, source[:200], width, edit)

    @cached_property
    def headings(self) -> list[tuple[int, int]]:
        """Level and offset of each heading, in order, as far as a glance at the source can tell."""
        found = []
        for match in _HEADING.finditer(self.masked):
            marks = match[1] or match[2]
            level = len(marks) if match[1] else (1 if marks[0] == "=" else 2)
            found.append((level, match.start()))
        return found


def _bare(address: str) -> str:
    """Return an address as a browser reads it: entities decoded, without what cannot be seen."""
    return _INVISIBLE.sub("", entities.unescape(address))


def mask(text: str) -> str:
    """Return text with the characters of code, fenced, indented or in a line, replaced by spaces."""
    if "```" in text or "~~~" in text:
        text = _without_fences(text)
    if "\n    " in text or text.startswith("    "):
        text = _without_indented(text)
    return _without_spans(text) if "`" in text else text


def _spaces(line: str) -> str:
    return " " * len(line)


def _without_fences(text: str) -> str:
    lines = text.split("\n")
    row = 0
    while row < len(lines):
        opening = _FENCE.match(lines[row])
        if opening is None or ("`" in opening["info"] and opening["fence"][0] == "`"):
            row += 1
            continue
        closing = next((last for last in range(row + 1, len(lines)) if lines[last].strip(" >") == opening["fence"]), None)
        if closing is None:
            row += 1
            continue
        lines[row : closing + 1] = map(_spaces, lines[row : closing + 1])
        row = closing + 1
    return "\n".join(lines)


def _without_indented(text: str) -> str:
    """Blank out indented code: after an empty line, and not part of a list or box."""
    lines = text.split("\n")
    inside = False  # a list, box, tab or footnote that indented lines belong to
    after_blank = True
    for row, line in enumerate(lines):
        if not line.strip():
            after_blank = True
            continue
        if line.startswith("    "):
            if after_blank and not inside:
                lines[row] = _spaces(line)
                continue
        elif after_blank or not inside:
            inside = _OPENS.match(line) is not None
        after_blank = False
    return "\n".join(lines)


def _without_spans(text: str) -> str:
    """Blank out code spans: runs of backticks that find their like in the same paragraph."""
    pieces, done = [], 0
    bounds = [match.start() for match in _BLANK.finditer(text)] + [len(text)]
    runs = list(_TICKS.finditer(text))
    place = 0
    while place < len(runs):
        opening = runs[place]
        end = bounds[bisect_right(bounds, opening.start())] if opening.start() < bounds[-1] else bounds[-1]
        closing = next(_closing(runs, place, end), None)
        if closing is None:
            place += 1
            continue
        start, stop = opening.start(), runs[closing].end()
        pieces += [text[done:start], re.sub(r"[^\n]", " ", text[start:stop])]
        done, place = stop, closing + 1
    return "".join([*pieces, text[done:]])


def _closing(runs: list[re.Match[str]], place: int, end: int) -> Iterator[int]:
    length = len(runs[place][0])
    for other in range(place + 1, len(runs)):
        if runs[other].start() >= end:
            return
        if len(runs[other][0]) == length:
            yield other


# An item indented by two or three more spaces than a multiple of four, or an item right below a line that is none.
_DOUBTFUL = re.compile(r"^(?:[ ]{4})*[ ]{2,3}(?:[*+-]|\d+\.)[ ]|^(?![*+-][ ]|\d+\.[ ])\S.*\n[ ]{0,3}(?:[*+-]|\d+\.)[ ]", re.MULTILINE)


def list_problems(origin: Origin, mended: AbstractSet[int] = frozenset()) -> list[Problem]:
    """Find lists that Markdown reads otherwise than they look; items on the rows of *mended* are read as they look."""
    if _DOUBTFUL.search(origin.text) is None:
        return []
    problems: list[Problem] = []
    indents: list[int] = []  # of the open lists
    above, offset = "", 0  # the line above unless it is empty
    for row, line in enumerate(origin.masked.split("\n")):
        item = _ITEM.match(line)
        if item is not None:
            indent = len(item[1].expandtabs(4))
            if _is_text(above) and indent < 4 and row not in mended:  # noqa: PLR2004 - deeper would be code or part of a list
                message, remedy = "this list stands right below text and is shown as part of it", "Put an empty line before the list"
                problems.append(origin.problem(offset + indent, "KB214", message, remedy, severity="warning"))
            while indents and indent < indents[-1]:
                indents.pop()
            step = indent - indents[-1] if indents else 0
            if step in {2, 3} and indents and row not in mended:
                message = f"this item is indented by {step} spaces and becomes part of the list above"
                remedy = "Indent a nested list by four spaces"
                problems.append(origin.problem(offset, "KB213", message, remedy, width=indent, severity="warning"))
            if step or not indents:
                indents.append(indent)
        elif line.strip() and not line.startswith(" "):
            indents = []
        inside_item = item is not None or above == "item"  # text below an item goes on with it, indented or not
        above = "item" if inside_item and line.strip() else line if line.strip() else ""
        offset += len(line) + 1
    return problems


def _is_text(line: str) -> bool:
    """Say whether a line belongs to a paragraph, so that a list below it would too."""
    return bool(line) and line != "item" and not line.startswith(_NO_TEXT)


_NO_TEXT = ("    ", "#", "!!!", "???", "===", "---", "***", "///", ">", "|", "<", ":", "[^", "*[", "{", "//", "```", "~~~")
