"""
The HTML of a body -> blocks: paragraphs, lists, tables, each with the words, letters and pictures that a reader sees.

Only sanitised HTML comes here.  What a reader cannot see (classes, anchors) is kept for showing and does not count as a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from kbgen.compare.tokens import Attributes, Mark, Token, pieces, quiet, trimmed

INLINE = frozenset(
    """
    a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strong sub sup time u var wbr
    """.split()
)
THINGS = frozenset({"img", "video", "br"})  # stand among words, and are no words
_VOID = frozenset({"br", "hr", "img", "source", "track", "wbr"})
_SILENT = frozenset({"wbr", "source", "track"})
_FAMILY = {"": "text", "p": "text", "ol": "list", "ul": "list", "th": "cell", "td": "cell"} | {
    f"h{level}": "heading" for level in range(1, 7)
}
_COUNTS = {  # attributes that change what a reader sees
    "ol": {"start", "type", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "li": {"value"},
    "figure": {"data-embed"},
}
_BOX = "admonition"


@dataclass(frozen=True)
class Block:
    """
    A block with its text (`tokens`) or with blocks inside (`children`), never both.

    The tag "" is a run of text between other blocks, as in a list item that also holds a list.
    """

    tag: str
    attributes: Attributes = ()
    tokens: tuple[Token, ...] = ()
    children: tuple[Block, ...] = ()

    @property
    def leaf(self) -> bool:
        """Whether it holds text, or nothing."""
        return not self.children

    @property
    def family(self) -> str:
        """Blocks of one family can become each other: a numbered list a plain one, a heading a smaller one."""
        return _FAMILY.get(self.tag, self.tag)

    @cached_property
    def told(self) -> Attributes:
        """The attributes that count."""
        known = _COUNTS.get(self.tag, ())
        found = [(name, value) for name, value in self.attributes if name in known]
        classes = dict(self.attributes).get("class", "").split()
        return (*found, ("class", " ".join(classes))) if _BOX in classes else tuple(found)

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """All that counts: two blocks with one key read alike."""
        return self.tag, self.told, tuple(token.key for token in self.tokens), tuple(child.key for child in self.children)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in it and in all below it; things count as words."""
        found = Counter(token.name for token in self.tokens if token.word)
        for child in self.children:
            found.update(child.words)
        return found

    @cached_property
    def text(self) -> str:
        """What can be read, on one line."""
        own = "".join(token.text if not token.tag else " " for token in self.tokens)
        return " ".join([*own.split(), *(part for child in self.children if (part := child.text))])

    def walk(self) -> Iterator[Block]:
        """Yield it and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Element:
    tag: str
    attributes: Attributes = ()
    children: list[_Element | str] = field(default_factory=list)


def blocks_of(html: str) -> Block:
    """
    Read a body.

    Args:
        html: Sanitised, with addresses in place of the numbers of links and pictures.

    Returns: A block without a tag that holds all others.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    children = _children(reader.top.children, ())
    return Block("", children=tuple(children) or (Block(""),))


class _Reader(HTMLParser):
    """Builds a tree of elements; what is not closed is closed by its parent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = _Element("")
        self._open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        one = _Element(tag, tuple((name, value or "") for name, value in attrs))
        self._open[-1].children.append(one)
        if tag not in _VOID:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest element of that name."""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        """Take text."""
        self._open[-1].children.append(data)


def _children(found: Sequence[_Element | str], marks: tuple[Mark, ...], *, kept: bool = False) -> Iterator[Block]:
    """Turn the content of a block into blocks: runs of text become blocks of their own."""
    run: list[_Element | str] = []
    for one in found:
        if isinstance(one, str) or one.tag in INLINE:
            run.append(one)
            continue
        yield from _run(run, marks, kept=kept)
        run = []
        yield _block(one, kept=kept)
    yield from _run(run, marks, kept=kept)


def _run(run: list[_Element | str], marks: tuple[Mark, ...], *, kept: bool) -> Iterator[Block]:
    tokens = trimmed(tuple(_tokens(run, marks, kept=kept)), kept=kept)
    if tokens:
        yield Block("", tokens=tokens)


def _block(one: _Element, *, kept: bool) -> Block:
    kept = kept or one.tag == "pre"
    if one.tag == "video":
        return Block("", tokens=(Token("", (), "video", quiet(one.attributes)),))
    children = tuple(_children(one.children, (), kept=kept))
    if all(child.tag == "" and child.leaf for child in children) and one.tag not in {"ol", "ul", "table", "thead", "tbody", "tr", "dl"}:
        return Block(one.tag, one.attributes, tokens=tuple(token for child in children for token in child.tokens))
    return Block(one.tag, one.attributes, children=children)


def _tokens(found: Sequence[_Element | str], marks: tuple[Mark, ...], *, kept: bool) -> Iterator[Token]:
    for one in found:
        if isinstance(one, str):
            for piece in pieces(one, kept=kept):
                yield Token(piece, marks)
        elif one.tag in THINGS:
            yield Token("", marks, one.tag, one.attributes)
        elif one.tag not in _SILENT:
            inner = (*marks, Mark(one.tag, one.attributes)) if one.tag in INLINE else marks
            yield from _tokens(one.children, inner, kept=kept)
