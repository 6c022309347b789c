"""Markdown -> the Markdown that programs read beside each page: snippets and variables in place, writers' comments left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kbgen.markup import Text

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SNIPPET = re.compile(r"^[ \t]*\{\{[ \t]*snippet[ \t]+([\w./-]+)[ \t]*\}\}[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"\{\{[ \t]*([\w.-]+)[ \t]*\}\}")
_LINK = re.compile(r"(\]\()([^)\s]+)")
DEPTH = 3


def twin(text: Text) -> str:
    """Return the body of an article as one plain Markdown text; links stay as the writer wrote them."""
    body = text.body.replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(DEPTH):
        if "snippet" not in body:
            break
        body = outside_code(body, lambda piece: _SNIPPET.sub(lambda found: text.snippets.get(found[1], ""), piece))

    if "<!--" in body:
        body = _without_comments(body)

    def named(piece: str) -> str:
        return _NAME.sub(lambda found: text.variables.get(found[1], found[0]), piece)

    return outside_code(body, named) if "{{" in body else body


def _without_comments(body: str) -> str:
    """
    Take out writers' comments.

    One that holds a fence goes whole; one in fenced code is code; one that is never closed ends the text.
    """
    kept = ""
    while "<!--" in body:
        before, _, rest = body.partition("<!--")
        pieces = list(_pieces(kept + before))
        if pieces[-1][1]:  # it begins in fenced code, which ends further on
            kept, body = f"{kept}{before}<!--", rest
            continue
        kept += before
        _, closed, body = rest.partition("-->")
        body = body.removeprefix("\n") if closed else ""
    return kept + body


def with_links(markdown: str, address: Callable[[str], str]) -> str:
    """
    Put addresses into a twin.

    Args:
        address: What a writer wrote -> where it leads; what it returns "" for stays as it is.
    """
    return outside_code(markdown, lambda piece: _LINK.sub(lambda found: found[1] + (address(found[2]) or found[2]), piece))


def outside_code(body: str, change: Callable[[str], str]) -> str:
    """Apply a change to everything but fenced code."""
    return "".join(piece if code else change(piece) for piece, code in _pieces(body))


def _pieces(body: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces, and whether each is fenced code."""
    lines: list[str] = []
    fence = ""
    for line in body.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            lines.append(line)
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                yield "".join(lines), True
                lines, fence = [], ""
        elif mark:
            yield "".join(lines), False
            lines, fence = [line], mark[1]
        else:
            lines.append(line)
    yield "".join(lines), bool(fence)
