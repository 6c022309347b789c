"""
Scripts as they are served: without comments and needless space, and with short names where only the script itself can see them.

A name is made short only when every place that has it is known to mean something that the script declares.  What is exported, what is a
member of something, what a browser may know by that name, and whatever is not understood stays as it is written; a script that cannot
be read at all loses only its comments and indentation.  A line ends where leaving it out could join two statements.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from kbgen.theme.tokens import KEYWORDS, ScriptError, Tokens, read

_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/[ \t]*\n?|//[^\n]*\n?)", re.MULTILINE | re.DOTALL)
_INDENT = re.compile(r"^[ \t]+|\n(?=[ \t]*\n)", re.MULTILINE)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORDS = frozenset({"name", "number", "regex"})
_OPEN = frozenset({"(", "[", "{", "${"})
_HALTING = frozenset({"return", "break", "continue", "throw", "yield"})  # a line that ends with one of these ends a statement
_UNENDED = KEYWORDS - _HALTING - {"this", "super", "null", "true", "false", "undefined", "arguments", "debugger"}

Range = tuple[int, int]  # the first word and the last


@lru_cache(maxsize=64)
def lean(script: str) -> str:
    """Return a script that does the same in fewer letters."""
    try:
        tokens = read(script)
    except ScriptError:
        return bare(script)
    names = _Names(tokens)
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
        after = tokens.text(at + 1)
        needless = (text == ";" and after == "}" and not tokens.controls(last)) or (
            text == "," and after in {")", "]", "}"} and tokens.texts[last] not in {",", "["}
        )
        if (
            needless
            or short.get(at) == ""
            or (text == "(" and _is_alone(tokens, at))
            or (text == ")" and _is_alone(tokens, tokens.other[at]))
        ):
            continue
        written.append(_gap(tokens, last, at))
        written.append(short.get(at, text))
        last = at
    return "".join(written)


def _is_alone(tokens: Tokens, at: int) -> bool:
    """Whether parentheses hold the one name that an arrow takes."""
    return [*tokens.texts[at + 2 : at + 4]] == [")", "=>"] and tokens.kinds[at + 1] == "name"


def _gap(tokens: Tokens, last: int, at: int) -> str:
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


def _shortened(names: _Names) -> dict[int, str]:
    """Return the words that are written otherwise: number -> text."""
    tokens = names.tokens
    taken = {text for at, text in enumerate(tokens.texts) if tokens.kinds[at] == "name"} - set(names.safe)
    given: dict[str, tuple[str, list[Range]]] = {}
    for name, _ in Counter({name: len(names.places[name]) for name in names.safe}).most_common():
        ranges = names.declared[name]
        busy = {short for short, others in given.values() if any(a <= d and c <= b for a, b in ranges for c, d in others)}
        given[name] = (next(short for short in _short_names() if short not in taken and short not in busy), ranges)
    return {at: names.forms[at].format(given[name][0]) for name in names.safe for at in names.places[name]}


def _short_names() -> Iterator[str]:
    for length in range(1, 4):
        yield from (name for name in map("".join, product(_LETTERS, repeat=length)) if name not in KEYWORDS)


class _Names:
    """
    What each name of a script means.

    `declared` maps a name to the ranges of words in which it means what the script declares; `places` to where it stands, `forms` the
    number of a word to how it is written there ("size: {}" where a brace names a member and a variable at once); `rows` are the
    semicolons between declarations of one kind.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.declared: dict[str, list[Range]] = {}
        self.places: dict[str, list[int]] = {}
        self.forms: dict[int, str] = {}
        self.kept: set[str] = set()  # names that stay as they are
        self.rows: list[int] = []
        for at, kind in enumerate(tokens.kinds):
            if kind == "name":
                self._place(at)
            self._declare(at)
        self.safe = [name for name in self.declared if name in self.places and name not in self.kept and self._known(name)]

    def _known(self, name: str) -> bool:
        """Whether a name, wherever it stands, means what the script declares."""
        return all(any(first <= at <= last for first, last in self.declared[name]) for at in self.places.get(name, ()))

    def _place(self, at: int) -> None:
        tokens, name = self.tokens, self.tokens.texts[at]
        before, after = tokens.text(at - 1), tokens.text(at + 1)
        if name in KEYWORDS or name[0] == "#" or before in {".", "?."}:
            return
        holds = tokens.holds.get(tokens.inside[at], "")
        form = "{}"
        if (
            before in {"break", "continue"}
            or (after == ":" and before in {"", ";", "{", "}", ")"} and holds in {"", "block"})
            or holds == "class"
        ):
            self.kept.add(name)  # a label, or a member of a class
        elif holds == "names":
            form = self._named(at)
        elif self._is_key(at):
            if holds == "?":
                self.kept.add(name)
            form = f"{name}:{{}}" if after in {",", "}", "="} else ""
        if form:
            self.places.setdefault(name, []).append(at)
            self.forms[at] = form

    def _is_key(self, at: int) -> bool:
        """Whether a word stands where a brace names its members."""
        tokens = self.tokens
        if tokens.holds.get(tokens.inside[at]) not in {"object", "?"}:
            return False
        first = at
        while tokens.text(first - 1) in {"get", "set", "async", "static", "*"}:
            first -= 1
        if tokens.text(first - 1) not in {"{", ","}:
            return False
        return tokens.text(at + 1) in {":", ",", "}", "=", "("}

    def _named(self, at: int) -> str:
        """Return the form of a word between the braces of an import or export; "" if it is the other file's word."""
        tokens, name = self.tokens, self.tokens.texts[at]
        imports = tokens.text(tokens.inside[at] - 1) != "export"
        if tokens.text(at - 1) == "as":
            return "{}" if imports else ""
        if tokens.text(at + 1) == "as":
            return "" if imports else "{}"
        return f"{name} as {{}}" if imports else f"{{}} as {name}"

    def _declare(self, at: int) -> None:
        tokens, text, before = self.tokens, self.tokens.texts[at], self.tokens.text(at - 1)
        if before in {".", "?."} or self._is_key(at):
            if tokens.text(at + 1) == "(" and before not in {".", "?."} and tokens.holds[tokens.inside[at]] == "object":
                self._parameters(at + 1)
        elif text in {"const", "let"}:
            self._variables(at)
        elif text == "function":
            self._function(at)
        elif text == "class":
            self.kept.add(tokens.text(at + 1))
        elif text == "=>":
            self._arrow(at)
        elif text == "catch" and tokens.text(at + 1) == "(":
            self._parameters(at + 1)
        elif text == "import" and tokens.text(at + 1) not in {"(", "."}:
            self._imports(at)

    def _add(self, name: str, first: int, last: int) -> None:
        if name not in KEYWORDS:  # such as  get , which may be a variable too
            self.declared.setdefault(name, []).append((first, last))

    def _pattern(self, at: int, found: list[str]) -> int:
        """Add the names that a pattern declares; returns the word behind it."""
        tokens, text = self.tokens, self.tokens.text(at)
        if text == "...":
            return self._pattern(at + 1, found)
        if text not in {"{", "["}:
            if tokens.kinds[at] == "name":
                found.append(text)
            return at + 1
        end = tokens.other[at]
        one = at + 1
        while one < end:
            if tokens.texts[one] == ",":
                one += 1
                continue
            if text == "{" and tokens.texts[one] == "[":
                one = tokens.other[one] + 2
            elif text == "{" and tokens.text(one + 1) == ":":
                one += 2
            one = self._pattern(one, found)
            if tokens.text(one) == "=":
                one = self._value(one + 1)
        return end + 1

    def _value(self, at: int) -> int:
        """Return the word that ends a value: a comma, a semicolon, a closing bracket, or the first of a line that begins anew."""
        tokens, first = self.tokens, at
        while at < len(tokens.texts):
            text = tokens.texts[at]
            if text in {",", ";"} or (at in tokens.other and tokens.other[at] < at):
                return at
            if at > first and _gap(tokens, at - 1, at) == "\n":
                return at
            at = tokens.other[at] + 1 if text in _OPEN else at + 1
        return at

    def _variables(self, at: int) -> None:
        tokens, around = self.tokens, self.tokens.inside[at]
        first, last = (around, tokens.other[around]) if around >= 0 else (0, len(tokens.texts))
        if tokens.text(around) == "(":
            last = self._body(last + 1)
        found: list[str] = []
        one = self._pattern(at + 1, found)
        while True:
            if tokens.text(one) == "=":
                one = self._value(one + 1)
            if tokens.text(one) != ",":
                break
            one = self._pattern(one + 1, found)
        for name in found:
            self._add(name, first, last)
        if tokens.text(at - 1) == "export":
            self.kept.update(found)
        elif tokens.text(one) == ";" and tokens.text(one + 1) == tokens.texts[at]:
            self.rows.append(one)

    def _body(self, at: int) -> int:
        """Return the last word of what a loop repeats, or -1, which no name stands before, if that is not plain to see."""
        tokens = self.tokens
        if tokens.text(at) == "{":
            return tokens.other[at]
        if tokens.text(at) in {"if", "for", "while"} and tokens.text(at + 1) == "(":
            inner = self._body(tokens.other[at + 1] + 1)
            after = inner + 1 + (tokens.text(inner + 1) == ";")
            return -1 if tokens.text(after) == "else" else inner
        return -1 if tokens.text(at) in {"for", "do", "switch", "try", "function", "class", "async"} else self._value(at) - 1

    def _function(self, at: int) -> None:
        tokens = self.tokens
        name = at + 1 + (tokens.text(at + 1) == "*")
        opening = name if tokens.text(name) == "(" else name + 1
        if tokens.text(opening) != "(":
            return
        last = self._parameters(opening)
        if opening == name:
            return
        before = at - 1 - (tokens.text(at - 1) == "async")
        if tokens.text(before) == "export":
            self.kept.add(tokens.texts[name])
        around = tokens.inside[at]
        states = tokens.text(before) in {"", ";", "{", "}", ")", "export", "default"} or _gap(tokens, before, before + 1) == "\n"
        block = around < 0 or tokens.holds.get(around) == "block"
        if states and block:
            self._add(tokens.texts[name], *((around, tokens.other[around]) if around >= 0 else (0, len(tokens.texts))))
        else:
            self._add(tokens.texts[name], name, last)

    def _parameters(self, opening: int) -> int:
        """Declare what stands between parentheses, if a body in braces follows; returns the last word of it."""
        tokens, end = self.tokens, self.tokens.other[opening]
        if tokens.text(end + 1) != "{":
            return end
        last = tokens.other[end + 1]
        self._between(opening, end, last)
        return last

    def _between(self, opening: int, end: int, last: int) -> None:
        found: list[str] = []
        one = opening + 1
        while one < end:
            one = self._pattern(one, found) if self.tokens.texts[one] != "," else one + 1
            if self.tokens.text(one) == "=":
                one = self._value(one + 1)
        for name in found:
            self._add(name, opening, last)

    def _arrow(self, at: int) -> None:
        tokens = self.tokens
        last = tokens.other[at + 1] if tokens.text(at + 1) == "{" else self._value(at + 1) - 1
        if tokens.text(at - 1) == ")":
            self._between(tokens.other[at - 1], at - 1, last)
        else:
            self._add(tokens.text(at - 1), at - 1, last)

    def _imports(self, at: int) -> None:
        tokens, one = self.tokens, at + 1
        while one < len(tokens.texts) and tokens.texts[one] != "from" and tokens.kinds[one] != "text":
            if tokens.texts[one] == "{":
                for inner in range(one + 1, tokens.other[one]):
                    if tokens.kinds[inner] == "name" and tokens.text(inner + 1) != "as" and tokens.texts[inner] != "as":
                        self._add(tokens.texts[inner], 0, len(tokens.texts))
                one = tokens.other[one]
            elif tokens.kinds[one] == "name" and tokens.texts[one] != "as":
                self._add(tokens.texts[one], 0, len(tokens.texts))
            one += 1
