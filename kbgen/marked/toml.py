"""
TOML -> marked values, for kbgen.toml, _category.toml and _vars.toml.

tomllib reads the values and says what is not TOML.  It keeps no places, so a second, forgiving walk over the same text finds where each
key and value stands; it may be naive, because it only ever sees text that tomllib has accepted.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from kbgen.marked import Findings, Loc, Marked, Places, Span

MAX_SIZE = 256 * 1024  # characters
MAX_DEPTH = 20

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*|\n|[\[\]{},=]|[^\s\[\]{},=#"\']+',
    re.DOTALL,
)
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
_KEY_PART = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[^.\s]+')

# What tomllib says -> what is wrong, what to type.
_JARGON = {
    "Invalid value": ("this value is not TOML", 'Put text in quotes:  title = "Help centre" ; write numbers, true and false without'),
    "Expected '=' after a key": ("an equals sign is missing after this key", 'Write  key = "value"'),
    "Cannot overwrite a value": ("this key or table stands twice", "Keep one of the two"),
    "Cannot declare": ("this table stands twice", "Put its keys into one table"),
    "Unclosed array": ("a list is not closed", "Put a ] at its end"),
    "Unclosed inline table": ("a table in braces is not closed", "Put a } at its end, on the same line"),
    "Illegal character": (
        "a quote is not closed on its line, or an invisible character stands here",
        'Close the text with the quote that opened it:  "text"',
    ),
    "Unterminated string": ("a quote is opened and not closed", "Put the same quote at the end of the text"),
    "Expected newline or end": ("something stands behind the value", "Put each key on a line of its own; text goes in quotes"),
    "Unescaped '\\'": ("\\ begins an escape inside double quotes", "Write \\\\ , or use single quotes"),
    "Invalid initial character": (
        "a key cannot begin like this",
        'Write letters a-z, digits, - and _ , or put the key in quotes:  "key" = "value"',
    ),
    "Invalid statement": ("this line is neither  key = value  nor  [table]", 'Write  key = "value"'),
    "Expected ']'": ("a ] is missing here", "Write  [table]"),
    "Invalid date or datetime": ("this date does not exist", "Put it in quotes if it is text"),
    "Invalid hex value": ("\\x, \\u and \\U begin escapes inside double quotes", "Write \\\\ , or use single quotes"),
    "Escaped character is not a Unicode scalar value": ("this escape is no character", "Write the character itself"),
}


def read_toml(text: str, findings: Findings, rule: str) -> Marked | None:
    """
    Read TOML.

    Args:
        text: A whole file, with line feeds only.
        findings: Gets what is wrong.
        rule: The rule that asks for TOML in this kind of file.

    Returns: A tree whose top is a dict; None when it cannot be read.
    """
    if len(text) > MAX_SIZE:
        findings.add(None, rule, f"this file has more than {MAX_SIZE // 1024} kB", "Split it, or remove what is not needed")
        return None
    try:
        record = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        span, message, remedy = _explained(str(error), text)
        findings.add(span, rule, message, remedy)
        return None
    except (ValueError, OverflowError):
        findings.add(None, rule, "a number in this file is too large", "Write a smaller one, or text in quotes")
        return None
    except RecursionError:
        findings.add(None, rule, "lists and tables in this file are nested too deep", "kbgen's settings need three levels at most")
        return None
    if _too_deep(record):
        findings.add(None, rule, "tables in this file are nested too deep", "kbgen's settings need three levels at most")
        return None
    marked = Marked(record)
    with suppress(StopIteration, IndexError, ValueError, RecursionError):  # the places found so far have to do
        _Walk(text, marked).run()
    return marked


def _too_deep(record: Any) -> bool:  # noqa: ANN401 - a plain tree
    level = [record]
    for _ in range(MAX_DEPTH):
        level = [item for node in level if isinstance(node, dict | list) for item in (node.values() if isinstance(node, dict) else node)]
    return any(isinstance(node, dict | list) for node in level)


def _explained(error: str, text: str) -> tuple[Span, str, str]:
    place = _PLACE.search(error)
    lines = text.split("\n")
    if place and place[1]:
        row, column = int(place[1]), int(place[2])
    else:
        row = max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)
        column = len(lines[row - 1]) + 1
    line = lines[min(row, len(lines)) - 1]
    colon = re.match(r"\s*([\w-]+)\s*:\s*(\S.*)", line)
    if colon and "=" not in line.partition(":")[0]:
        return (
            Span(row, colon.start(1) + 1, len(colon[0].rstrip())),
            "TOML has an equals sign between key and value",
            f"Write  {colon[1]} = {_quoted(colon[2])}",
        )
    bare = re.match(r"\s*([\w-]+)\s*=\s*([^\s\"'\[{].*?)\s*$", line)
    if bare and ("Invalid value" in error or "Expected newline" in error):
        return Span(row, bare.start(2) + 1, len(bare[2])), "text has to stand in quotes", f"Write  {bare[1]} = {_quoted(bare[2])}"
    for words, (message, remedy) in _JARGON.items():
        if error.startswith(words):
            return Span(row, column, 1), message, remedy
    return (
        Span(row, column, 1),
        f"this is not TOML: {_PLACE.sub('', error).strip().lower()}",
        'Write  key = "value"  on each line, and  [table]  above',
    )


def _quoted(text: str) -> str:
    return json.dumps(text.strip().strip("\"'"), ensure_ascii=False)


class _Walk:
    """Finds the places of keys and values in a text that is TOML."""

    def __init__(self, text: str, marked: Marked) -> None:
        self._marked = marked
        self._places = Places(text)
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)
        self._token = next(self._tokens)
        self._counts: dict[Loc, int] = {}

    def run(self) -> None:
        """
        Walk over the whole text.

        Raises: StopIteration: The text has ended.
        """
        table: Loc = ()
        while True:
            sign = self._token[0]
            if sign == "\n" or sign.startswith("#"):
                self._step()
            elif sign == "[":
                table = self._header()
            else:
                self._pair(table)

    def _step(self) -> None:
        self._token = next(self._tokens)

    def _header(self) -> Loc:
        """Read [a.b] or [[a.b]]; an item of a list of tables gets its number."""
        first = self._token
        self._step()
        many = self._token[0] == "[" and self._token.start() == first.end()
        if many:
            self._step()
        start, parts = self._key("]")
        end = self._token.end()
        loc: Loc = ()
        for number, part in enumerate(parts):
            loc = (*loc, part)
            last = number == len(parts) - 1
            if last and many:
                self._counts[loc] = self._counts.get(loc, -1) + 1
            self._mark_key(loc, start, end)
            if loc in self._counts:
                loc = (*loc, self._counts[loc])
        self._marked.values[loc] = self._places.span(first.start(), end)
        self._step()
        if many:
            self._step()
        return loc

    def _pair(self, table: Loc) -> None:
        start, parts = self._key("=")
        end = start
        loc = table
        for part in parts:
            loc = (*loc, part)
            end = self._token.start()
            self._mark_key(loc, start, start + len(self._places.text[start:end].rstrip()))
        self._step()
        self._value(loc)

    def _key(self, until: str) -> tuple[int, list[str]]:
        """Read a dotted key up to a sign; the walk then stands on the sign."""
        start = self._token.start()
        while self._token[0] != until:
            self._step()
        text = self._places.text[start : self._token.start()]
        parts = [json.loads(part) if part[0] == '"' else part.strip("'") for part in _KEY_PART.findall(text)]
        return start, parts

    def _value(self, loc: Loc) -> None:
        first = self._token
        end = first.end()
        if first[0] == "[":
            end = self._items(loc)
        elif first[0] == "{":
            end = self._inline(loc)
        else:
            self._marked.values[loc] = self._places.span(first.start(), end)
            self._step()
            while self._token[0] not in {"\n", ",", "]", "}"} and not self._token[0].startswith("#"):
                end = self._token.end()  # a date and its time
                self._step()
        self._marked.values[loc] = self._places.span(first.start(), end)

    def _items(self, loc: Loc) -> int:
        self._step()
        number = 0
        while self._token[0] != "]":
            if self._token[0] == "," or self._token[0] == "\n" or self._token[0].startswith("#"):
                self._step()
                continue
            self._value((*loc, number))
            number += 1
        end = self._token.end()
        self._marked.values[loc] = self._places.span(end - 1, end)
        self._step()
        return end

    def _inline(self, loc: Loc) -> int:
        self._step()
        while self._token[0] != "}":
            if self._token[0] == ",":
                self._step()
                continue
            self._pair(loc)
        end = self._token.end()
        self._step()
        return end

    def _mark_key(self, loc: Loc, start: int, end: int) -> None:
        self._marked.keys.setdefault(loc, self._places.span(start, end))
