"""What readers will see of an article's source, every character in its place: the rest is blank."""

from __future__ import annotations

import re

from kbgen.markup.source import mask
from kbgen.model import Problem, Severity

_FRONT = re.compile(r"---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
_SHOWN = re.compile(r"^(?:title|description):[ \t]*", re.MULTILINE)
_UNSEEN = re.compile(
    r"<!--.*?-->|\{\{[^\n{}]*\}\}|\{[:#][^}\n]*\}|\]\([^)\s]*(?=[ )])|^[ ]{0,3}\[[^\]\n]+\]:[^\n]*|<kbd>[^<\n]*</kbd>|<[^<>\n]*>"
    r"|https?://\S+|[\w.+-]+@[\w.-]+\w|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b[^\s)]*|(?<![\w/])/[\w/.-]+"
    r"|^[ ]{0,3}/{3}[^\n]*|^[ >]*(?:!!!|\?{3}\+?)[ ][\w ]+|\[!\w+\]|\+\+\S+?\+\+",
    re.DOTALL | re.MULTILINE,
)


def visible(text: str) -> str:
    """
    Blank out what is not for readers: front matter but for title and description, code, addresses, HTML, comments, variables.

    Args:
        text: A whole file, without a byte order mark, its lines ended by line feeds.

    Returns: Text of the same length with the same lines.
    """
    front = _FRONT.match(text)
    start = front.end() if front else 0
    body = _UNSEEN.sub(lambda found: _blank(found[0]), mask(text[start:]))
    return _of_front(text[:start]) + body


def _of_front(front: str) -> str:
    kept, done = [], 0
    for found in _SHOWN.finditer(front):
        end = front.find("\n", found.end())
        kept += [_blank(front[done : found.end()]), front[found.end() : end]]
        done = end
    return "".join([*kept, _blank(front[done:])])


def _blank(text: str) -> str:
    return "".join(sign if sign == "\n" else " " for sign in text)


def problem_at(text: str, span: tuple[int, int], told: tuple[str, str, str], path: str, severity: Severity = "advice") -> Problem:
    """
    Make a problem for a place in a file's text.

    Args:
        span: Of the characters in question.
        told: Rule, message, remedy.
    """
    line, column, source = _place(text, span[0])
    width = max(1, min(span[1] - span[0], len(source) - column + 1))
    return Problem(path, line, column, *told, severity, source[:200], width)


def _place(text: str, offset: int) -> tuple[int, int, str]:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return text.count("\n", 0, start) + 1, offset - start + 1, text[start : end if end >= 0 else len(text)]
