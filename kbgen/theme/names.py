"""What each name of a script means, as far as that is certain."""

from __future__ import annotations

from kbgen.theme.tokens import KEYWORDS, Tokens, gap

_OPEN = frozenset({"(", "[", "{", "${"})

Range = tuple[int, int]  # the first word and the last


class Names:
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
            if at > first and gap(tokens, at - 1, at) == "\n":
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
        states = tokens.text(before) in {"", ";", "{", "}", ")", "export", "default"} or gap(tokens, before, before + 1) == "\n"
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
