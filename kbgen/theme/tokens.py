"""
The words of a script: names, numbers, texts, marks; which bracket belongs to which, and what a brace holds.

A scanner, no parser: it knows as much of JavaScript as is needed to tell a regular expression from a division and an object from a block.
What it cannot tell it says: a brace is then of kind "?".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KEYWORDS = frozenset(
    "arguments as async await break case catch class const continue debugger default delete do else enum export extends false finally for "
    "from function get if implements import in instanceof interface let new null of package private protected public return set static "
    "super switch this throw true try typeof undefined var void while with yield eval".split()
)
CONTROL = frozenset({"if", "for", "while", "with", "switch", "catch"})  # what may stand before "(" and is no call
_GAP = re.compile(r"[^\S\n]+|\n|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<name>\#?[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*|\.\d\w*)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<mark>>>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|[-+*/%&|^]=|<<|>>|\*\*
    |[{}()\[\];,<>+\-*/%&|^!~?:=.])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_CHUNK = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_BLOCKS = frozenset({"", ";", "{", "}", ")", "=>", "else", "do", "try", "finally"})  # what stands before the brace of a block
_VALUES = frozenset("return typeof in of await yield case default throw new void delete const let var".split())
_WORDS = frozenset({"name", "number", "regex"})
_HALTING = frozenset({"return", "break", "continue", "throw", "yield"})  # a line that ends with one of these ends a statement
_UNENDED = KEYWORDS - _HALTING - {"this", "super", "null", "true", "false", "undefined", "arguments", "debugger"}


class ScriptError(ValueError):
    """A script that cannot be read: a text without its end, a bracket without its other."""


@dataclass(slots=True)
class Tokens:
    """The words of a script, and what is known of each; lists go by the number of the word."""

    texts: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # name number text chunk regex mark
    breaks: list[bool] = field(default_factory=list)  # whether the word begins a line
    inside: list[int] = field(default_factory=list)  # the innermost bracket that is open, -1 at the top
    other: dict[int, int] = field(default_factory=dict)  # bracket -> its other
    holds: dict[int, str] = field(default_factory=dict)  # opening brace -> block object class names ?

    def text(self, at: int) -> str:
        """Return a word, "" beyond the ends."""
        return self.texts[at] if 0 <= at < len(self.texts) else ""

    def controls(self, closing: int) -> bool:
        """Whether ")" ends the head of a statement, such as  if (…) ."""
        if self.text(closing) != ")":
            return False
        before = self.other[closing] - 1
        return self.text(before) in CONTROL and self.text(before - 1) not in {".", "?."}


def read(script: str) -> Tokens:
    """
    Read a script.

    Raises: ScriptError: If something in it has no end.
    """
    found = Tokens()
    still: list[int] = []  # brackets that are open
    at, line = 0, False
    while at < len(script):
        gap = _GAP.match(script, at)
        if gap:
            at, line = gap.end(), line or "\n" in gap[0]
            continue
        kind, text = _next(script, at, found)
        found.texts.append(text)
        found.kinds.append(kind)
        found.breaks.append(line)
        line = False
        at += len(text)
        _bracket(found, still, kind, text)
        if text == "`" or (text == "}" and found.text(found.other.get(len(found.texts) - 1, -1)) == "${"):
            at = _template(script, at, found, still)
    if still:
        raise ScriptError(f"{found.texts[still[-1]]} is never closed")
    return found


def _next(script: str, at: int, found: Tokens) -> tuple[str, str]:
    if script[at] == "`":
        return "chunk", "`"
    if script[at] == "/" and _begins_value(found):
        regex = _REGEX.match(script, at)
        if regex:
            return "regex", regex[0]
    token = _TOKEN.match(script, at)
    if not token:
        raise ScriptError(f"{script[at]!r} is not understood")
    return token.lastgroup or "", token[0]


def _template(script: str, at: int, found: Tokens, still: list[int]) -> int:
    """Read the text of a template up to its end or to the next value in it; returns where that ends."""
    chunk = _CHUNK.match(script, at)
    end = chunk.end() if chunk else at
    closed = script.startswith("`", end)
    if not closed and not script.startswith("${", end):
        raise ScriptError("` is never closed")
    found.texts[-1] += script[at:end] + ("`" if closed else "")
    found.kinds[-1] = "chunk"
    if closed:
        return end + 1
    found.texts.append("${")
    found.kinds.append("mark")
    found.breaks.append(False)
    _bracket(found, still, "mark", "${")
    return end + 2


def _bracket(found: Tokens, still: list[int], kind: str, text: str) -> None:
    """Note where the last word stands, and pair it if it is a bracket."""
    number = len(found.texts) - 1
    if kind == "mark" and text in _CLOSERS:
        opening = still.pop() if still else -1
        if found.text(opening) not in {_CLOSERS[text], *(["${"] if text == "}" else [])}:
            raise ScriptError(f"{text} closes nothing")
        found.other[number], found.other[opening] = opening, number
    found.inside.append(still[-1] if still else -1)
    if kind == "mark" and text in {"(", "[", "{", "${"}:
        if text == "{":
            found.holds[number] = _held(found, number)
        still.append(number)


def _held(found: Tokens, at: int) -> str:
    """Say what a brace holds, by what stands before it."""
    before, kind = found.text(at - 1), found.kinds[at - 1] if at else "mark"
    if before in {"import", "export"} or (before == "," and found.text(at - 3) == "import"):
        return "names"
    if before == "class" or found.text(at - 2) in {"class", "extends"}:
        return "class"
    if before == ":":
        around = found.inside[at]
        return "object" if around >= 0 and found.holds.get(around, "object") == "object" else "?"
    if before in _BLOCKS:
        return "block"
    return "object" if before in _VALUES or kind == "mark" else "?"


def _begins_value(found: Tokens) -> bool:
    """Whether a value may begin here, so that a slash begins a regular expression."""
    last = len(found.texts) - 1
    if last < 0:
        return True
    text, kind = found.texts[last], found.kinds[last]
    if kind == "name":
        return text in KEYWORDS - {"this", "super", "null", "true", "false", "undefined", "arguments"} and found.text(last - 1) != "."
    if text == ")":
        return found.controls(last)
    if text == "}":
        return found.holds.get(found.other[last]) == "block"
    return kind == "mark" and text not in {"]", "++", "--"}


def gap(tokens: Tokens, last: int, at: int) -> str:
    """Return what has to stand between two words: a line's end, a space or nothing."""
    if last < 0:
        return ""
    (before, text), (kind, its) = (tokens.texts[last], tokens.texts[at]), (tokens.kinds[last], tokens.kinds[at])
    if tokens.breaks[at] and (before in _HALTING or ((_may_end(before, kind) or tokens.text(last - 1) == ".") and _may_begin(text, its))):
        return "\n"
    if kind in _WORDS and its in _WORDS:
        return " "
    close = (before[-1] in "+-/" and text[0] == before[-1]) or (kind == "number" and text == ".") or (before == "/" and its == "regex")
    return " " if close else ""


def _may_end(text: str, kind: str) -> bool:
    if kind == "name":
        return text not in _UNENDED
    return text in {")", "]", "}", "++", "--"} if kind == "mark" else kind != "chunk" or text.endswith("`")


def _may_begin(text: str, kind: str) -> bool:
    if kind == "name":
        return text not in {"in", "instanceof"}
    return text in {"{", "++", "--", "!", "~"} if kind == "mark" else kind != "chunk"
