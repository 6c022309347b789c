"""
Edits -> HTML that shows them: what is gone struck through, what is new underlined, pictures side by side.

Every value is escaped here and every element comes from a list, so nothing of a text can run, load from elsewhere or name itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

from kbgen.compare.blocks import Block
from kbgen.compare.edits import Change, Edited, Gone, Kept, Nested, New, Run
from kbgen.compare.tokens import Attributes, Mark, Token

Mode = Literal["", "del", "ins"]

_SHOWN = frozenset(
    """
    aside blockquote caption dd details div dl dt figcaption figure ol p pre section summary table tbody td tfoot th thead tr ul li hr
    a abbr b bdi bdo cite code del dfn em i ins kbd mark q ruby rp rt s samp small span strong sub sup time u var
    """.split()
)
_KEPT = frozenset({"class", "colspan", "dir", "lang", "rowspan", "scope", "start", "type", "reversed", "title", "datetime"})
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_BARE = frozenset({"", "hr"})
_SCROLLS = frozenset({"pre"})
_CONTEXT = 1  # unchanged blocks shown around a change; the others are folded
_FOLD = 3  # unchanged blocks in a row from which on they are folded


@dataclass(frozen=True, slots=True)
class Brush:
    """What painting needs to know of the world outside a text."""

    picture: Callable[[Token], str]  # a picture's address in the report, "" when it cannot be shown
    address: Callable[[str], str]  # where a link leads, for people to follow; "" for nowhere
    words: Mapping[str, str]  # escaped: "before", "after", "picture", "film"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a body at its top: one that changed, or a stretch that did not."""

    html: str
    change: Change | None  # None for a stretch
    folded: int = 0  # blocks of a stretch that is folded


def body(change: Change, brush: Brush) -> Iterator[Piece]:
    """Paint a body, block by block; stretches that did not change are folded but for their ends."""
    parts = change.parts if isinstance(change, Nested) else (change,)
    groups = [(same, list(some)) for same, some in groupby(parts, key=lambda part: isinstance(part, Kept))]
    for at, (same, some) in enumerate(groups):
        if not same:
            yield from (Piece(paint(part, brush), part) for part in some)
            continue
        head, tail = (_CONTEXT if at else 0), (_CONTEXT if at + 1 < len(groups) else 0)
        if len(some) < head + tail + _FOLD:
            yield Piece("".join(paint(part, brush) for part in some), None)
            continue
        middle = some[head : len(some) - tail]
        if head:
            yield Piece("".join(paint(part, brush) for part in some[:head]), None)
        yield Piece("".join(paint(part, brush) for part in middle), None, len(middle))
        if tail:
            yield Piece("".join(paint(part, brush) for part in some[-tail:]), None)


def paint(change: Change, brush: Brush) -> str:
    """Paint one edit."""
    if isinstance(change, Kept):
        return _block(change.after, brush, "")
    if isinstance(change, Gone):
        return _block(change.before, brush, "del")
    if isinstance(change, New):
        return _block(change.after, brush, "ins")
    if isinstance(change, Edited):
        return _wrapped(change.after, line(change.runs, brush), "kd-edited")
    if change.after.tag in {"ol", "ul"}:
        items = _items(change.parts, brush, numbered=change.after.tag == "ol", start=_start(change.after))
        return _wrapped(change.after, "".join(items))
    return _wrapped(change.after, "".join(paint(part, brush) for part in change.parts))


def line(runs: Sequence[Run], brush: Brush) -> str:
    """Paint the text of a block."""
    return "".join(_run(run, brush) for run in runs)


def _run(run: Run, brush: Brush) -> str:
    if run.kind == "same":
        return _inline(run.after, brush)
    if run.kind == "gone":
        return _struck(run.before, brush)
    if run.kind == "new":
        return _added(run.after, brush)
    if any(token.tag for token in run.after):
        return "".join(_swapped(old, new, brush) for old, new in zip(run.before, run.after, strict=True))
    return f'<mark class="kd-marked">{_inline(run.after, brush)}</mark>'


def _swapped(old: Token, new: Token, brush: Brush) -> str:
    """Show a picture before and after; what stands between pictures stays."""
    if not new.tag or old.key == new.key:
        return _inline((new,), brush)
    before, after = (f"{_thing(one, brush)}" for one in (old, new))
    words = brush.words
    return (
        f'<span class="kd-swap"><span class="kd-side"><span class="kd-label">{words["before"]}</span><del>{before}</del></span>'
        f'<span class="kd-side"><span class="kd-label">{words["after"]}</span><ins>{after}</ins></span></span>'
    )


def _struck(tokens: Sequence[Token], brush: Brush) -> str:
    return f"<del>{_inline(tokens, brush)}</del>" if tokens else ""


def _added(tokens: Sequence[Token], brush: Brush) -> str:
    return f"<ins>{_inline(tokens, brush)}</ins>" if tokens else ""


def _items(parts: Iterable[Change], brush: Brush, *, numbered: bool, start: int) -> Iterator[str]:
    """Number the items of a list as they are counted after the edit; one that is gone has the number that it had."""
    old = new = start - 1
    for part in parts:
        old += not isinstance(part, New)
        new += not isinstance(part, Gone)
        value = f' value="{old if isinstance(part, Gone) else new}"' if numbered else ""
        shown = paint(part, brush)
        yield f"<li{value}{shown.removeprefix('<li')}" if shown.startswith("<li") else shown


def _start(block: Block) -> int:
    told = dict(block.attributes).get("start", "1")
    return int(told) if told.isdecimal() and len(told) < 7 else 1


def _block(block: Block, brush: Brush, mode: Mode) -> str:
    """Write a block as it is, struck or new as a whole."""
    if block.children:
        inner = "".join(_block(child, brush, mode) for child in block.children)
    else:
        inner = _inline(block.tokens, brush)
        inner = f"<{mode}>{inner}</{mode}>" if mode and inner else inner
    return _wrapped(block, inner, {"": "", "del": "kd-gone", "ins": "kd-new"}[mode])


def _wrapped(block: Block, inner: str, more: str = "") -> str:
    """Put the block's own element around its content; headings are paragraphs here, for the report has headings of its own."""
    tag = block.tag
    if tag in _HEADINGS:
        return f'<p class="kd-heading kd-{tag}{more and " " + more}">{inner}</p>'
    if tag == "hr":
        return f'<hr class="{more}">' if more else "<hr>"
    if tag in _BARE or tag not in _SHOWN:
        return f'<div class="kd-line{more and " " + more}">{inner}</div>'
    own = {name: value for name, value in block.attributes if name in _KEPT}
    classes = " ".join(part for part in (own.pop("class", ""), more) if part)
    attributes = f' class="{escape(classes)}"' if classes else ""
    attributes += "".join(f' {name}="{escape(value)}"' for name, value in own.items())
    if tag in _SCROLLS or "kb-table" in classes.split():
        attributes += ' tabindex="0"'  # a keyboard has to reach what scrolls
    if tag == "details":
        attributes += " open"
    if tag == "th" and not inner:
        tag = "td"
    return f"<{tag}{attributes}>{inner}</{tag}>"


def _inline(tokens: Sequence[Token], brush: Brush) -> str:
    found = []
    for marks, some in groupby(tokens, key=lambda token: token.marks):
        inner = "".join(_thing(token, brush) if token.tag else escape(token.text) for token in some)
        for mark in reversed(marks):
            inner = _marked(mark, inner, brush)
        found.append(inner)
    return "".join(found)


def _marked(mark: Mark, inner: str, brush: Brush) -> str:
    if mark.tag not in _SHOWN:
        return inner
    if mark.tag in {"del", "ins"}:  # the writer's own: in this report they would be taken for an edit
        return f'<span class="kd-own-{mark.tag}">{inner}</span>'
    attributes = _own(mark.attributes)
    if mark.tag == "a":
        address = brush.address(dict(mark.attributes).get("href", ""))
        attributes += f' href="{escape(address)}" rel="noreferrer noopener nofollow"' if address else ""
    return f"<{mark.tag}{attributes}>{inner}</{mark.tag}>"


def _own(attributes: Attributes) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes if name in {"class", "dir", "lang", "title", "datetime"})


def _thing(token: Token, brush: Brush) -> str:
    """Show a picture, or say that there is one."""
    if token.tag == "br":
        return "<br>"
    name = escape(token.get("src").rpartition("/")[2])
    if token.tag == "video":
        return f'<span class="kd-thing">{brush.words["film"]}: <bdi>{name}</bdi></span>'
    address = brush.picture(token)
    alt = token.get("alt")
    if not address:
        return f'<span class="kd-thing">{brush.words["picture"]}: <bdi>{escape(alt) or name}</bdi></span>'
    return f'<img src="{escape(address)}" alt="{escape(alt)}">'
