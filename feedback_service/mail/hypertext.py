"""
HTML of mail to text that people can read: no scripts, no styles, nothing loaded.  Quotes become lines with ">".

A scanner of our own, whose time grows with the length of the text and not with its square, whatever stands in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_QUOTES = 5  # depth of ">" that is shown
MOST_TAGS = 50_000  # tags that are looked at; a long newsletter has a tenth of them
MOST_MARKS = 1_000  # quotation marks that are looked at in one tag
LONGEST_LINK = 300  # characters of an address that is shown beside its words

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ATTRIBUTE = re.compile(r"""([A-Za-z-]{1,40})\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SWALLOW = frozenset("style script title template noembed noframes iframe object svg math textarea select".split())
_HIDERS = frozenset("div span table td tr".split())  # elements that always have an end; what they hide ends with them
_BREAKS = frozenset(
    "address article aside body center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol "
    "section summary table tbody tfoot thead tr ul".split()
)
_SHOWN = ("http://", "https://", "mailto:")


@dataclass(slots=True)
class _Page:
    """The text so far: finished lines, the line being written, and in how many quotes it stands."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: int = 0
    kept: int = 0  # open <pre>
    link: str = ""
    words: list[str] = field(default_factory=list)  # of the link that is open
    size: int = 0  # characters said

    def say(self, text: str) -> None:
        """Add words to the line."""
        self.size += len(text)
        if self.kept:
            first, *rest = text.replace("\r", "").split("\n")
            self.line.append(first)
            for each in rest:
                self.end_line()
                self.line.append(each)
            return
        text = _SPACE.sub(" ", text)
        if not self.line or self.line[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)
            if self.link:
                self.words.append(text)

    def end_line(self) -> None:
        """Finish the line, empty or not."""
        text = "".join(self.line).rstrip(" ")
        self.line.clear()
        self.lines.append(f"{'>' * min(self.quotes, MOST_QUOTES)} {text}".rstrip() if self.quotes else text)

    def block(self, *, apart: bool = False) -> None:
        """Begin a block: what follows stands on a line of its own, after an empty one if it is *apart*."""
        if self.line:
            self.end_line()
        if apart and self.lines and self.lines[-1].strip("> "):
            self.end_line()


def text_of_html(source: str, limit: int) -> tuple[str, bool]:
    """
    Reduce a page to its text.

    Args:
        limit: Characters after which enough was read.
    Returns: The text, and whether all of it could be read: False if a comment, a style or a script has no end and swallows the rest,
    or if there is too much of something.
    """
    page, whole = _Page(), True
    hidden: list[str] = []  # what was opened inside an element that is not shown, that element first
    for kind, name, text in _tokens(source):
        if kind == "text":
            if not hidden:
                page.say(html.unescape(text[: limit + 1]))
        elif kind == "open":
            if hidden:
                hidden += [name] if name == hidden[0] else []
            elif name in _HIDERS and _HIDDEN.search(_attributes(text).get("style", "")):
                hidden.append(name)
            else:
                _open(page, name, text)
        elif kind == "close":
            if not hidden:
                _close(page, name)
            elif name == hidden[0]:
                hidden.pop()
        else:
            whole = False
        if page.size > limit:
            whole = False
            break
    page.block()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.replace("\u00a0", " ").rstrip() for line in page.lines)).strip(), whole


def _tokens(source: str) -> Iterator[tuple[str, str, str]]:
    """Give ("text", "", text), ("open", name, attributes), ("close", name, "") and, if something has no end, ("cut", "", "")."""
    place, tags, ends = 0, 0, _Ends(source)
    while place < len(source):
        if tags > MOST_TAGS:
            yield "cut", "", ""
            return
        less = source.find("<", place)
        if less < 0:
            less = len(source)
        if less > place:
            yield "text", "", source[place:less]
        if less == len(source):
            return
        tag = _TAG.match(source, less)
        if tag is None:
            place = _after_mark(source, less, ends)
            if place == less:
                yield "text", "", "<"
                place += 1
            elif place < 0:
                yield "cut", "", ""
                return
            continue
        tags += 1
        end = ends.of_tag(tag.end())
        if end < 0:
            yield "text", "", source[less:]
            yield "cut", "", ""
            return
        name = tag[2].lower()
        yield ("close", name, "") if tag[1] else ("open", name, source[tag.end() : end])
        place = end + 1
        if name in _SWALLOW and not tag[1]:
            place = ends.of_element(name, place)
            if place < 0:
                yield "cut", "", ""
                return


def _after_mark(source: str, less: int, ends: _Ends) -> int:
    """Pass over a comment, a doctype or an instruction; -1 if it has no end, *less* itself if it is none."""
    if source.startswith("<!--", less):
        return ends.after("-->", less + 4)
    if source.startswith(("<!", "<?", "</"), less):
        return ends.after(">", less + 2)
    return less


class _Ends:
    """Finds ends, and remembers which are not there: what was looked for in vain once is not looked for again."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.missing: set[str] = set()

    def find(self, mark: str, place: int) -> int:
        found = -1 if mark in self.missing else self.source.find(mark, place)
        if found < 0:
            self.missing.add(mark)
        return found

    def after(self, mark: str, place: int) -> int:
        found = self.find(mark, place)
        return found + len(mark) if found >= 0 else -1

    def of_tag(self, place: int) -> int:
        """Find the ">" that ends a tag; those in quoted values do not, unless the quote has no end."""
        for number, hit in enumerate(re.compile(r"""[>"']""").finditer(self.source, place)):
            if number == MOST_MARKS:
                break
            if hit.start() < place:
                continue
            if hit[0] == ">":
                return hit.start()
            closing = self.find(hit[0], hit.end())
            if closing >= 0 and self.source[hit.start() - 2 : hit.start()].rstrip().endswith("="):
                place = closing + 1
        return -1

    def of_element(self, name: str, place: int) -> int:
        """Find the place behind the end of an element whose content is no text."""
        if name in self.missing:
            return -1
        hit = re.compile(rf"</{name}(?=[\s>/])", re.IGNORECASE | re.ASCII).search(self.source, place)
        if hit is None:
            self.missing.add(name)
        return self.after(">", hit.end()) if hit else -1


def _open(page: _Page, name: str, attributes: str) -> None:
    match name:
        case "br":
            page.end_line()
        case "p":
            page.block(apart=True)
        case "blockquote":
            page.block()
            page.quotes += 1
        case "pre":
            page.block(apart=True)
            page.kept += 1
        case "td" | "th":
            if page.line:
                page.say(" ")
        case "li":
            page.block()
            page.line.append("- ")
        case "img":
            if words := _attributes(attributes).get("alt", "").strip():
                page.say(f"[{words}]")
        case "a":
            link = _attributes(attributes).get("href", "").strip()
            page.link = link if link.lower().startswith(_SHOWN) and len(link) <= LONGEST_LINK else ""
            page.words = []
        case _ if name in _BREAKS:
            page.block()


def _close(page: _Page, name: str) -> None:
    match name:
        case "blockquote":
            page.block()
            page.quotes = max(0, page.quotes - 1)
        case "pre":
            page.block()
            page.kept = max(0, page.kept - 1)
        case "p":
            page.block(apart=True)
        case "a":
            said = "".join(page.words).strip()
            bare = page.link.removeprefix("mailto:")
            if page.link and bare.rstrip("/") not in {said.rstrip("/"), f"https://{said}".rstrip("/"), f"http://{said}".rstrip("/")}:
                page.say(f" ({bare})" if said else bare)
            page.link, page.words = "", []
        case _ if name in _BREAKS:
            page.block()


def _attributes(text: str) -> dict[str, str]:
    """Read the attributes of one tag; the first of a name counts, as in browsers."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(text[:4_000]):
        found.setdefault(name.lower(), html.unescape(value.strip("\"'")))
    return found
