"""
Markdown as forges show it -> Markdown that Python-Markdown reads the same way.

Writers look at their text where they review it.  There a list nests under the text of the item above, two or three spaces deep; a list
may stand right below a paragraph; `1)` numbers; a fence needs no empty lines; and what stands between empty lines in `<details>` or
`<div>` is Markdown.  Python-Markdown wants four spaces and empty lines.  So lines are moved to the right and empty lines put in: a text
that keeps to Python-Markdown's own rules comes out as it was.

Source: CommonMark 0.31.2, sections 4.5, 4.6 and 5.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STEP = 4  # columns that Python-Markdown wants below an item

# An indent that is no multiple of four; a list right below text, or below the indented text of an item; code, tables, HTML.
_DOUBTFUL = re.compile(
    r"^(?:[ ]{4})*[ ]{1,3}[^ \n]|^(?![*+-][ ]|\d+[.)][ ])\S[^\n]*\n[ ]{0,3}(?:[*+-]|1\.)[ ]"
    r"|^[ ]{4,}(?!(?:[*+-]|\d+\.)[ ])[^ \n][^\n]*\n[ ]*(?:[*+-]|\d+\.)[ ]"
    r"|^[ ]*\d+\)[ ]|```|~~~|\|[ ]*:?-|<(?:details|div|section)|\t",
    re.MULTILINE,
)
_ITEM = re.compile(r"([*+-]|(\d{1,9})[.)])([ ]+)(?=\S)")
_RULER = re.compile(r"([-*_])[ ]*(?:\1[ ]*){2,}")
_BOX = re.compile(r"(?:!!!|\?\?\?\+?)[ ]|===[!+]*[ ]+[\"']|\[\^[^\]]+\]:|:[ ]")
_NO_TEXT = re.compile(r"#|>|\||<|///|\{|\*\[|\[[^\]]+\]:")
_APART = re.compile(r"!!!|\?\?\?|===|>")  # needs an empty line above it within an item
_RULE = re.compile(r"\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*$")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_RAW = re.compile(r"<(?:(pre|script|style|textarea)\b|!--)", re.IGNORECASE)
_FRAME = re.compile(r"<(details|div|section)\b(?![^>]*\bmarkdown\b)", re.IGNORECASE)


# What the line above is: "" empty; "item" an item's first paragraph; "text" any other; "code" the end of a fence right below text,
# "block" of one below an empty line; "other" a heading, a box's first line and so on.


@dataclass(slots=True)
class _Item:
    """An open item, box, footnote or definition."""

    column: int  # as written, from which on lines belong to it
    shift: int | None = None  # columns by which its lines move; unknown until the first one below is seen


def readable(text: str, *, raw_html: bool = True) -> tuple[str, frozenset[int]]:
    """
    Put a text into the form that Python-Markdown reads as forges do.

    Args:
        raw_html: Whether HTML in the text is HTML; else it is text, and stays as it is.

    Returns: The text, perhaps with more lines, and the rows (of the text as it came, from 0) of items that were moved or set apart.
    """
    if _DOUBTFUL.search(text) is None:
        return text, frozenset()
    reader = _Reader(text.expandtabs(STEP).split("\n"), raw_html=raw_html)
    return reader.run(), frozenset(reader.mended)


class _Reader:
    """One pass over the lines of a text."""

    def __init__(self, lines: list[str], *, raw_html: bool) -> None:
        self.lines = lines
        self.raw_html = raw_html
        self.out: list[str] = []
        self.items: list[_Item] = []
        self.above = ""  # what the line above is: as listed above
        self.listed = False  # whether the line above stood in an item
        self.mended: set[int] = set()

    def run(self) -> str:
        """Read all lines; return them as they are to be read."""
        row = 0
        while row < len(self.lines):
            line = self.lines[row]
            text = line.lstrip(" ")
            if not text:
                self.out.append(line)
                self.above = ""
                row += 1
            elif (last := self._verbatim(row, text)) is not None:
                row = last + 1
            else:
                self._line(row, len(line) - len(text), text)
                row += 1
        return "\n".join(self.out)

    # Lines ------------------------------------------------------------------------------------------------------------

    def _line(self, row: int, indent: int, text: str) -> None:
        item = None if _RULER.fullmatch(text) else _ITEM.match(text)
        if item is None and self._goes_on(indent, text):
            self.out.append(self.lines[row])
            return
        self.listed = bool(self.items)
        self._close(indent)
        if item is not None and self._opens(item, indent):
            self._item(row, item, indent, text)
            return
        placed = self._placed(indent)
        if self._apart(row, text):
            self.out.append("")
        frame = _FRAME.match(text) if self.raw_html else None
        if frame is not None and self._holds_markdown(row, frame[1].lower()):
            text = f'{frame[0]} markdown="1"{text[frame.end() :]}'
        self.out.append(" " * placed + text)
        boxed = _BOX.match(text) is not None
        if boxed:
            self.items.append(_Item(indent + STEP))
        if boxed or _NO_TEXT.match(text):
            self.above = "text" if text[0] in ">|" else "other"
        elif self.above != "item":  # below an item's line its first paragraph goes on
            self.above = "text"

    def _item(self, row: int, item: re.Match[str], indent: int, text: str) -> None:
        placed = self._placed(indent)
        if self.above in {"text", "block"} or (self.above == "code" and not self.listed):
            self.out.append("")
        if placed != indent or self.above == "text":
            self.mended.add(row)
        width = len(item[1]) + (len(item[3]) if len(item[3]) <= STEP else 1)
        if item[1].endswith(")"):
            text = f"{item[2]}.{text[len(item[1]) :]}"
        self.items.append(_Item(indent + width))
        self.out.append(" " * placed + text)
        self.above = "item"

    def _apart(self, row: int, text: str) -> bool:
        """Say whether an empty line is needed above a line that is no item."""
        if self.above in {"", "other"}:
            return False
        if self.items:
            return self.above in {"item", "text"} and (_APART.match(text) is not None or self._table(row, text))
        return self.above in {"code", "block"} or self._table(row, text)

    def _table(self, row: int, text: str) -> bool:
        """Say whether a line is the head of a table that begins here."""
        if "|" not in text or row + 1 == len(self.lines) or "|" in self.lines[row - 1]:
            return False
        below = self.lines[row + 1].lstrip(" ")
        return "|" in below and "-" in below and _RULE.match(below) is not None

    def _goes_on(self, indent: int, text: str) -> bool:
        """Say whether a line goes on with a paragraph of the item above though it is not indented below it."""
        lazy = bool(self.items) and indent < self.items[-1].column
        return lazy and self.above in {"item", "text"} and not (_NO_TEXT.match(text) or _BOX.match(text) or _RULER.fullmatch(text))

    def _opens(self, item: re.Match[str], indent: int) -> bool:
        """Say whether what looks like an item is one: not in indented code, and in a paragraph only a sign or the number one."""
        if not self.listed and indent >= STEP:
            return False
        return self.listed or self.above != "text" or item[2] in {None, "1"}

    def _close(self, indent: int) -> None:
        while self.items and indent < self.items[-1].column:
            self.items.pop()

    def _placed(self, indent: int) -> int:
        """Return the indent that a line needs to belong to what it stands in."""
        if not self.items:
            return indent
        within, wanted = self.items[-1], STEP * len(self.items)
        if within.shift is None:
            within.shift = max(0, wanted - indent)
        moved = max(indent + within.shift, wanted)
        return wanted if within.shift and moved - wanted < STEP else moved

    # What is taken as it is ---------------------------------------------------------------------------------------------

    def _verbatim(self, row: int, text: str) -> int | None:
        """Copy code and raw HTML; returns the last row of it, None when there is none at this row."""
        indent = len(self.lines[row]) - len(text)
        fence = _FENCE.match(text)
        if fence is not None:
            return self._fence(row, indent, fence[1] or fence[2])
        raw = _RAW.match(text) if self.raw_html and not self.items else None
        if raw is None:
            return None
        end = f"</{raw[1].lower()}" if raw[1] else "-->"
        last = next((at for at in range(row, len(self.lines)) if end in self.lines[at].lower()), None)
        if last is not None:
            self.out += self.lines[row : last + 1]
            self.above = "other"
        return last

    def _fence(self, row: int, indent: int, fence: str) -> int | None:
        last = next((at for at in range(row + 1, len(self.lines)) if _ends(self.lines[at], fence)), None)
        if last is None:
            return None
        if self.above == "":
            self._close(indent)
        if not self.items and indent >= STEP:
            return None
        self._close(indent)
        placed = self._placed(indent)
        if self.above in {"text", "code", "block"} and not self.items:
            self.out.append("")
        self.above = "block" if self.above in {"", "block"} else "code"
        self.out.append(" " * placed + self.lines[row].lstrip(" "))
        for line in self.lines[row + 1 : last]:
            inside = len(line) - len(line.lstrip(" "))
            self.out.append(" " * (max(inside, indent) - indent + placed) + line.lstrip(" ") if line.strip() else "")
        self.out.append(" " * placed + fence)
        return last

    def _holds_markdown(self, row: int, tag: str) -> bool:
        """Say whether there is an empty line between a `<details>`, `<div>` or `<section>` and its end."""
        depth, empty = 0, False
        for line in self.lines[row:]:
            lower = line.lower()
            depth += lower.count(f"<{tag}") - lower.count(f"</{tag}")
            if depth <= 0:
                return empty
            empty = empty or not line.strip()
        return False


def _ends(line: str, fence: str) -> bool:
    mark = line.strip(" ")
    return len(mark) >= len(fence) and not mark.strip(fence[0])
