"""
Scripts as they are served: without comments and needless space, and with short names where only the script itself can see them.

A name is made short only when every place that has it is known to mean something that the script declares.  What is exported, what is a
member of something, what a browser may know by that name, and whatever is not understood stays as it is written; a script that cannot
be read at all loses only its comments and indentation.  A line ends where leaving it out could join two statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from kbgen.theme.names import Names, Range
from kbgen.theme.tokens import KEYWORDS, ScriptError, Tokens, gap, read

_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/[ \t]*\n?|//[^\n]*\n?)", re.MULTILINE | re.DOTALL)
_INDENT = re.compile(r"^[ \t]+|\n(?=[ \t]*\n)", re.MULTILINE)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@lru_cache(maxsize=64)
def lean(script: str) -> str:
    """Return a script that does the same in fewer letters."""
    try:
        tokens = read(script)
    except ScriptError:
        return bare(script)
    names = Names(tokens)
    short = _shortened(names) if "eval" not in tokens.texts and "var" not in tokens.texts else {}
    for end in names.rows:
        short |= {end: ",", end + 1: ""}
    return _joined(tokens, short)


def bare(script: str) -> str:
    """Take comment lines, indentation and empty lines out of a script, which need not be understood for that."""
    return _INDENT.sub("", _COMMENT.sub("", script))


def _joined(tokens: Tokens, short: dict[int, str]) -> str:
    """Write the words with the space that they need."""
    written: list[str] = []
    last = -1
    for at, text in enumerate(tokens.texts):
        word = short.get(at, text)
        if word and not _is_needless(tokens, last, at):
            written += [gap(tokens, last, at), word]
            last = at
    return "".join(written)


def _is_needless(tokens: Tokens, last: int, at: int) -> bool:
    """Whether a word may go: the last semicolon of a block, the last comma of a list, parentheses around one parameter."""
    text, after = tokens.texts[at], tokens.text(at + 1)
    if text == ";":
        return after == "}" and not tokens.controls(last)
    if text == ",":
        return after in {")", "]", "}"} and tokens.texts[last] not in {",", "["}
    return (text == "(" and _is_alone(tokens, at)) or (text == ")" and _is_alone(tokens, tokens.other[at]))


def _is_alone(tokens: Tokens, at: int) -> bool:
    """Whether parentheses hold the one name that an arrow takes."""
    return [*tokens.texts[at + 2 : at + 4]] == [")", "=>"] and tokens.kinds[at + 1] == "name"


def _shortened(names: Names) -> dict[int, str]:
    """Return the words that are written otherwise: number -> text."""
    tokens = names.tokens
    taken = {text for at, text in enumerate(tokens.texts) if tokens.kinds[at] == "name"} - set(names.safe)
    ranges: dict[str, list[Range]] = {}  # short name -> where it means something
    given: dict[str, str] = {}
    for name in sorted(names.safe, key=lambda name: -len(names.places[name])):
        own = names.declared[name]
        free = (short for short in _short_names() if short not in taken and _apart(own, ranges.get(short, ())))
        given[name] = next(free)
        ranges.setdefault(given[name], []).extend(own)
    return {at: names.forms[at].format(given[name]) for name in names.safe for at in names.places[name]}


def _apart(some: Iterable[Range], others: Iterable[Range]) -> bool:
    return not any(first <= end and begin <= last for begin, end in others for first, last in some)


def _short_names() -> Iterator[str]:
    for length in range(1, 4):
        yield from (name for name in map("".join, product(_LETTERS, repeat=length)) if name not in KEYWORDS)
