"""What is wrong with text that is not YAML, in plain words: the parser's own are written for its authors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kbgen.marked import Places, Span

if TYPE_CHECKING:
    from yaml import YAMLError


class Slip(NamedTuple):
    """A place, what is wrong there, what to type."""

    span: Span
    message: str
    remedy: str


_KEY = r"\s*(?:- )?[\w-]+:\s+"
_TAB = re.compile(r"[ ]*\t")
_WIDE_COLON = re.compile(r"\s*(?:- )?[A-Za-z_][\w-]*\s*([：﹕])", re.ASCII)
_NO_SPACE = re.compile(r"\s*(?:- )?([A-Za-z_][\w-]*):(?=[^\s/:])", re.ASCII)
_COLON = re.compile(rf"({_KEY})([^\s\"'\[{{|>&*!#](?:(?! #).)*?:(?:\s.*)?)$")
_SIGN = re.compile(rf"({_KEY})([@`%])")
_SHOWN = 60  # characters of a line that a remedy repeats

_CLOSE_QUOTE = "Put the same quote at the end of the text"
_QUOTES = "Put the text in quotes"
_ESCAPE = ("\\ begins an escape inside double quotes", "Write \\\\ , or use single quotes")

# A part of what libyaml says -> what is wrong, what to type, whether the place is where the thing began.
_JARGON: dict[str, tuple[str, str, bool]] = {
    "unexpected end of stream": ("a quote is opened and not closed", _CLOSE_QUOTE, True),
    "document indicator": ("a quote is opened and not closed", _CLOSE_QUOTE, True),
    "',' or ']'": ("a list in brackets is not closed, or a comma is missing in it", "Write  [one, two]", True),
    "',' or '}'": ("a table in braces is not closed, or a comma is missing in it", "Write  {key: value, key: value}", True),
    "mapping values are not allowed": (
        "a colon stands where no key is expected",
        "Check the indentation, or put text that holds a colon in quotes",
        False,
    ),
    "could not find expected ':'": (
        "this line is not  key: value",
        "Write  key: value ; put text that goes on here in quotes, or indent it",
        True,
    ),
    "did not find expected key": (
        "this line does not fit: its indentation differs, or a quote ends too early before it",
        "Begin keys of one level in the same column; inside '…' write '' for an apostrophe, inside \"…\" write \\\"",
        False,
    ),
    "'-' indicator": (
        "this line does not fit into the list above it",
        "Begin each item in the same column with a hyphen and a space",
        False,
    ),
    "block sequence entries": (
        "a list cannot begin on the line of its key",
        "Begin the list on the next line, or write  [one, two]",
        False,
    ),
    "cannot start any token": ("this sign cannot begin a value", _QUOTES, False),
    "node content": ("a value is missing here", "Write the value, or remove the comma or sign before it", False),
    "comment or line break": ("text after | or > has to begin on the next line", "Put the text there, indented by two spaces", False),
    "undefined tag handle": ("tags (!) are not allowed", "Put text that begins with ! in quotes", False),
    "alphabetic or numeric": ("text cannot begin with & or * without quotes", _QUOTES, False),
    "document start": ("a line that begins with % or ... does not belong in front matter", "Remove the line", False),
    "anchor": ("text cannot begin with & or * without quotes", _QUOTES, False),
    "alias": ("text cannot begin with & or * without quotes", _QUOTES, False),
    "directive": ("a line cannot begin with % here", "Remove the line", False),
}


def explained(error: YAMLError, text: str) -> Slip:
    """Say what is wrong with a text that YAML refuses."""
    places = Places(text)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "this cannot be read")
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        offset = min(getattr(error, "position", 0) or 0, len(text))
        return Slip(places.span(offset, offset + 1), "this is not YAML", "Write  key: value  on each line")
    context = getattr(error, "context_mark", None) or mark
    span = places.span(mark.index, mark.index + 1)
    start = places.span(context.index, context.index + 1)
    lines = text.split("\n")
    wide = [row for row, line in enumerate(lines[: span.line], 1) if _WIDE_COLON.match(line)]
    for row in dict.fromkeys((*wide, span.line, start.line)):
        slip = slip_in(lines[row - 1], row)
        if slip:
            return slip
    if "escape" in problem:
        column = lines[span.line - 1].rfind("\\", 0, span.column) + 1
        return Slip(Span(span.line, max(1, column), 2), *_ESCAPE)
    for words, (message, remedy, at_start) in _JARGON.items():
        if words in problem:
            return Slip(start if at_start else span, message, remedy)
    return Slip(span, f"this is not YAML: {problem}", "Write  key: value  on each line; put text with special signs in quotes")


def slip_in(line: str, row: int) -> Slip | None:
    """Recognise the commonest slips by the look of a line; None when it has none of them."""
    tab = _TAB.match(line)
    if tab:
        return Slip(Span(row, tab.end(), 1), "a tab is used to indent", "Use spaces instead of the tab")
    wide = _WIDE_COLON.match(line)
    if wide:
        remedy = "Write the colon of the ASCII keyboard, then a space:  key: value"
        return Slip(Span(row, wide.start(1) + 1, 1), f"this is the full-width colon {wide[1]}", remedy)
    close = _NO_SPACE.match(line)
    if close:
        remedy = f"Write  {close[1]}: {line[close.end() :].strip()[:_SHOWN]}"
        return Slip(Span(row, close.end(), 1), f"a space is missing after {close[1]}:", remedy)
    colon = _COLON.match(line)
    if colon:
        return Slip(Span(row, len(colon[1]) + 1, len(colon[2])), "a colon stands in text without quotes", _in_quotes(colon[1], colon[2]))
    sign = _SIGN.match(line)
    if sign:
        message = f"text cannot begin with {sign[2]} without quotes"
        return Slip(Span(row, len(sign[1]) + 1, 1), message, _in_quotes(sign[1], line[len(sign[1]) :]))
    return None


def _in_quotes(key: str, text: str) -> str:
    """Write a line with its text in whichever quotes it does not hold itself."""
    text = text.strip()[: _SHOWN * 2]
    if '"' in text and "'" in text:
        return 'Put the text in double quotes, with \\" for each double quote in it'
    quote = "'" if '"' in text else '"'
    return f"Write  {key.strip()} {quote}{text}{quote}"
