"""Articles as writers type them, changed in place: a field of front matter, links to a file that moves.  Pure; all else stays as it is."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_PLAIN = re.compile(r"[\w/][\w/.-]*")
_CODE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)
# Where Markdown, HTML and front matter name a file: [text](file "title"), ![picture](<file>), [name]: file, src="file", poster: file
_NAMED = re.compile(
    r"""(?P<before>\]\([ \t]*<?|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?"""
    r"""|\b(?:href|src|poster)[ \t]*=[ \t]*["']|\b(?:src|poster|transcript):[ \t]*["']?)"""
    r"""(?P<name>[^\s<>"'(){},]+)""",
    re.MULTILINE,
)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#?]")


def with_field(text: str, name: str, value: str | list[str] | None) -> str:
    """
    Return an article with a field of its front matter set.

    Args:
        text: With front matter; lines end with a line feed.
        value: None, or an empty list, takes the field out.
    """
    opening = _FENCE.match(text.removeprefix("\ufeff"))
    start = len(text) - len(text.removeprefix("\ufeff")) + (opening.end() + 1 if opening else 0)
    closing = _FENCE.search(text, start)
    end = closing.start() if closing else start
    front = text[start:end]
    field = re.search(rf"^{re.escape(name)}[ \t]*:.*\n(?:(?:[ \t-].*)?\n)*?(?=^[^\s-]|\Z)", front, re.MULTILINE)
    line = _field(name, value)
    front = front[: field.start()] + line + front[field.end() :] if field else front + line
    return text[:start] + front + text[end:]


def _field(name: str, value: str | list[str] | None) -> str:
    if not value:
        return ""
    if isinstance(value, str):
        return f"{name}: {_scalar(value)}\n"
    return f"{name}:\n" + "".join(f"  - {_scalar(one)}\n" for one in value)


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def relinked(text: str, here: str, now: str, target: Callable[[str], str | None]) -> str:
    """
    Return an article whose links name the same files after a move.

    Args:
        here, now: The path of the article before and after, relative to the knowledge base.
        target: Asked for each path that a link leads to; returns where that file is now, None if the link shall stay.
    """

    def rewritten(found: re.Match[str]) -> str:
        name, mark, rest = _cut(found["name"])
        if not name or _ELSEWHERE.match(name):
            return found[0]
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(name)))
        goal = target(leads)
        if goal is None or (goal == leads and posixpath.dirname(here) == posixpath.dirname(now)):
            return found[0]
        fresh = posixpath.relpath(goal, posixpath.dirname(now))
        if fresh == posixpath.normpath(unquote(name)):  # both moved
            return found[0]
        fresh += "/" if name.endswith("/") else ""
        return found["before"] + (quote(fresh) if "%" in name else fresh.replace(" ", "%20")) + mark + rest

    return "".join(part if code else _NAMED.sub(rewritten, part) for part, code in _parts(text))


def _cut(name: str) -> tuple[str, str, str]:
    """Part the path of a link from what stands behind it: "a.md#top" gives "a.md", "#", "top"."""
    at = re.search(r"[#?]", name)
    return (name[: at.start()], name[at.start()], name[at.end() :]) if at else (name, "", "")


def _parts(text: str) -> list[tuple[str, bool]]:
    """Cut a text at its blocks of code; True for a block."""
    parts, at, fence = [], 0, ""
    for mark in _CODE.finditer(text):
        if not fence:
            parts.append((text[at : mark.start()], False))
            at, fence = mark.start(), mark[1]
        elif mark[1].startswith(fence):
            parts.append((text[at : mark.end()], True))
            at, fence = mark.end(), ""
    return [*parts, (text[at:], bool(fence))]
