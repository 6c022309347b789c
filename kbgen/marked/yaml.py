"""
YAML -> marked values, for front matter: a small, safe part of YAML 1.2.

The tree is built from libyaml's events as they come, so an anchor or a tag is refused before anything is made of it.  Scalars follow
YAML 1.2: `no` is text, `12:30:45` and dates are text, and each number keeps the way it was written.

Loads PyYAML and python-frontmatter: import this module only where there is a text to read.
"""

from __future__ import annotations

import re
from typing import Any, cast

import yaml
from frontmatter.default_handlers import YAMLHandler

from kbgen.marked import Findings, Loc, Marked, Places, Span, code_point

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was built without libyaml: slower, the same events
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_DEPTH = 20
MAX_DIGITS = 1000

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")  # some end a line for YAML only, and so hide keys
_WIDE_COLON = re.compile(r"\s*(?:- )?[A-Za-z_][\w-]*\s*([：﹕])", re.ASCII)


class RefusedError(Exception):
    """A text that cannot be read any further; the finding is noted."""


class MarkedLoader(_Loader):
    """Reads one document into a `Marked` tree and notes what front matter may not hold."""

    def __init__(self, text: str, findings: Findings) -> None:
        super().__init__(text)
        self._findings = findings
        self._places = Places(text)
        self._marked = Marked(None)

    def get_marked(self) -> Marked:
        """
        Read the document.

        Raises: RefusedError: It holds anchors, aliases or tags, or is nested too deep; yaml.YAMLError: It is not YAML.
        """
        while not isinstance(event := self._next(), yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                return self._marked
        self._marked.value = self._node(self._next(), ())
        self._next()
        extra = self._next()
        if not isinstance(extra, yaml.StreamEndEvent):
            message = "front matter holds a second YAML document"
            raise self._refuse(self._span(extra), "KB110", message, "Remove this line; front matter ends with a line of three hyphens")
        return self._marked

    def _node(self, event: Any, loc: Loc) -> Any:  # noqa: ANN401 - an event of PyYAML, a plain value
        span = self._span(event)
        self._marked.values[loc] = span
        self._guard(event, span, len(loc))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, loc, span)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(event, (*loc, len(items))))
            return items
        return self._mapping(loc)

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        record: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            span = self._span(event)
            self._guard(event, span, len(loc))
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refuse(span, "KB110", "a key has to be a plain word", "Write  key: value")
            key = event.value
            if key == "<<":
                raise self._refuse(span, "KB106", "merge keys (<<) are not allowed", "Write the values out")
            below = (*loc, key)
            if key in record:
                first = self._marked.keys[below].line + self._findings.first_line - 1
                self._findings.add(span, "KB105", f"{key} stands twice: here and on line {first}", "Keep one of the two lines")
                self._skip(self._next(), len(loc))
                continue
            self._marked.keys[below] = span
            record[key] = self._node(self._next(), below)
        return record

    def _skip(self, event: Any, depth: int) -> None:  # noqa: ANN401 - an event of PyYAML
        """Walk over a value that is not kept; what is refused elsewhere is refused in it too."""
        keys, values, texts = (dict(part) for part in (self._marked.keys, self._marked.values, self._marked.texts))
        self._node(event, ("",) * (depth + 1))
        self._marked.keys, self._marked.values, self._marked.texts = keys, values, texts

    def _scalar(self, event: Any, loc: Loc, span: Span) -> Any:  # noqa: ANN401 - an event of PyYAML, a plain value
        text = event.value
        if event.style or not event.implicit[0]:
            return text
        if text in _WORDS:
            self._marked.texts[loc] = text
            return _WORDS[text]
        digits = sum(sign.isdigit() for sign in text) if len(text) > MAX_DIGITS else 0
        number = _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text)
        if number and digits > MAX_DIGITS:
            raise self._refuse(span, "KB103", f"this number has {digits} digits; the limit is {MAX_DIGITS}", "Write a shorter number, or text in quotes")
        if not number:
            return text
        self._marked.texts[loc] = text
        if not _INTEGER.fullmatch(text):
            return float(text)
        return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)

    def _guard(self, event: Any, span: Span, depth: int) -> None:  # noqa: ANN401 - an event of PyYAML
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"anchors and aliases ({sign}{event.anchor}) are not allowed"
            raise self._refuse(span, "KB106", message, f"Write the value out, or put text that begins with {sign} in quotes")
        if event.tag is not None:
            raise self._refuse(span, "KB107", f"the tag {event.tag[:80]} is not allowed", "Remove it, or put text that begins with ! in quotes")
        if depth >= MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            raise self._refuse(span, "KB103", f"lists and tables are nested more than {MAX_DEPTH} deep", "Front matter needs three levels at most")

    def _next(self) -> Any:  # noqa: ANN401 - an event of PyYAML
        return self.get_event()

    def _span(self, event: Any) -> Span:  # noqa: ANN401 - an event of PyYAML
        return self._places.span(event.start_mark.index, event.end_mark.index)

    def _refuse(self, span: Span, rule: str, message: str, remedy: str) -> RefusedError:
        self._findings.add(span, rule, message, remedy)
        return RefusedError(rule)


class FrontMatterHandler(YAMLHandler):
    """python-frontmatter's YAML with the strict loader; `frontmatter.dumps(post, handler=FrontMatterHandler())` writes it."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def __init__(self, findings: Findings | None = None) -> None:
        super().__init__()
        self.findings = findings or Findings("", "")

    def load_marked(self, fm: str) -> Marked | None:
        """Read front matter with its places; None when it cannot be read, with the reason in `findings`."""
        control = _CONTROL.search(fm)
        if control:
            span = Places(fm).span(*control.span())
            self.findings.add(span, "KB108", f"the control character {code_point(control[0])} stands in front matter", "Delete it")
            return None
        loader = MarkedLoader(fm, self.findings)
        try:
            return loader.get_marked()
        except RefusedError:
            return None
        except yaml.YAMLError as error:
            span, message, remedy = explained(error, fm)
            self.findings.add(span, "KB110", message, remedy)
            return None
        finally:
            loader.dispose()

    def load(self, fm: str, **_: object) -> Any:  # noqa: ANN401 - python-frontmatter's signature
        """Read front matter as plain values; python-frontmatter calls this."""
        marked = self.load_marked(fm)
        return None if marked is None else marked.value


def explained(error: yaml.YAMLError, text: str) -> tuple[Span, str, str]:
    """
    Say in plain words what is wrong with a text that is not YAML.

    Returns: The place, what is wrong, what to type.
    """
    places = Places(text)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "this cannot be read")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    context = getattr(error, "context_mark", None) or mark
    if mark is None:
        offset = min(getattr(error, "position", 0) or 0, len(text))
        return places.span(offset, offset + 1), "this is not YAML", "Write  key: value  on each line"
    span = places.span(mark.index, mark.index + 1)
    start = places.span(context.index, context.index + 1)
    lines = text.split("\n")
    suspects = [row for row, line in enumerate(lines[: span.line], 1) if _WIDE_COLON.match(line)]
    for row in dict.fromkeys((*suspects, span.line, start.line)):
        seen = _seen_in_line(lines[row - 1], row)
        if seen:
            return seen
    for words, (message, remedy, at_start) in _JARGON.items():
        if words in problem:
            return (start if at_start else span), message, remedy
    return span, f"this is not YAML: {problem}", "Write  key: value  on each line; put text with special signs in quotes"


def _seen_in_line(line: str, row: int) -> tuple[Span, str, str] | None:
    """Recognise the commonest slips in a line by their look."""
    indent = re.match(r"[ ]*\t", line)
    if indent:
        return Span(row, indent.end(), 1), "a tab is used to indent", "Use spaces instead of the tab"
    wide = _WIDE_COLON.match(line)
    if wide:
        return Span(row, wide.start(1) + 1, 1), f"this is the full-width colon {wide[1]}", "Write the colon of the ASCII keyboard, then a space:  key: value"
    close = re.match(r"\s*(?:- )?([A-Za-z_][\w-]*):(?=[^\s/:])", line)
    if close:
        key = close[1]
        return Span(row, close.end(), 1), f"a space is missing after {key}:", f"Write  {key}: {line[close.end() :].strip()[:60]}"
    colon = re.match(r"(\s*(?:- )?[\w-]+:\s+)([^\s\"'\[{|>&*!#](?:(?! #).)*?:(?:\s.*)?)$", line)
    if colon and "'" in colon[2] and '"' in colon[2]:
        return Span(row, len(colon[1]) + 1, len(colon[2])), "a colon stands in text without quotes", "Put the text in double quotes, with \\\" for the quotes in it"
    if colon:
        quote = "'" if '"' in colon[2] else '"'
        return Span(row, len(colon[1]) + 1, len(colon[2])), "a colon stands in text without quotes", f"Write  {colon[1].strip()} {quote}{colon[2].strip()}{quote}"
    sign = re.match(r"(\s*(?:- )?[\w-]+:\s+)([@`%])", line)
    if sign:
        return Span(row, len(sign[1]) + 1, 1), f"text cannot begin with {sign[2]} without quotes", f'Put the text in quotes:  {sign[1].strip()} "{line[len(sign[1]) :].strip()[:60]}"'
    return None


# What libyaml says -> what is wrong, what to type, whether the place is where the thing began.
_JARGON: dict[str, tuple[str, str, bool]] = {
    "unexpected end of stream": ("a quote is opened and not closed", "Put the same quote at the end of the text", True),
    "document indicator": ("a quote is opened and not closed", "Put the same quote at the end of the text", True),
    "',' or ']'": ("a list in brackets is not closed, or a comma is missing in it", "Write  [one, two]", True),
    "',' or '}'": ("a table in braces is not closed, or a comma is missing in it", "Write  {key: value, key: value}", True),
    "mapping values are not allowed": ("a colon stands where no key is expected", "Check the indentation, or put text that holds a colon in quotes", False),
    "could not find expected ':'": ("this line is not  key: value", "Write  key: value ; put text that goes on here in quotes, or indent it", True),
    "did not find expected key": (
        "this line does not fit: its indentation differs, or a quote ends too early before it",
        "Begin keys of one level in the same column; inside '…' write '' for an apostrophe, inside \"…\" write \\\"",
        False,
    ),
    "'-' indicator": ("this line does not fit into the list above it", "Begin each item with a hyphen and a space, all in the same column", False),
    "block sequence entries are not allowed": ("a list cannot begin on the line of its key", "Begin the list on the next line, or write  [one, two]", False),
    "unknown escape character": ("\\ begins an escape inside double quotes", "Write \\\\ , or use single quotes", False),
    "escape": ("\\ begins an escape inside double quotes", "Write \\\\ , or use single quotes", False),
    "cannot start any token": ("this sign cannot begin a value", "Put the text in quotes", False),
    "node content": ("a value is missing here", "Write the value, or remove the comma or sign before it", False),
    "comment or line break": ("text after | or > has to begin on the next line", "Put the text on the next line, indented by two spaces", False),
    "undefined tag handle": ("tags (!) are not allowed", "Put text that begins with ! in quotes", False),
    "alphabetic or numeric": ("text cannot begin with & or * without quotes", "Put the text in quotes", False),
    "document start": ("a line that begins with % or ... does not belong in front matter", "Remove the line", False),
    "anchor": ("text cannot begin with & or * without quotes", "Put the text in quotes", False),
    "alias": ("text cannot begin with & or * without quotes", "Put the text in quotes", False),
    "directive": ("a line cannot begin with % here", "Remove the line", False),
}


def read_yaml(front: str, findings: Findings) -> Marked | None:
    """
    Read front matter.

    Args:
        front: Without its fences.
        findings: Gets what is wrong.

    Returns: A tree whose top is a dict; None when it cannot be had.
    """
    marked = FrontMatterHandler(findings).load_marked(front)
    if marked is None:
        return None
    if marked.value is None:
        marked.value = {}
    if not isinstance(marked.value, dict):
        top = marked.values.get((), Span(1, 1, 1))
        line = findings.lines[top.line - 1]
        seen = _seen_in_line(line, top.line)
        kind = "a list" if isinstance(marked.value, list) else "text"
        span, message, remedy = seen or (Span(top.line, 1, len(line)), f"front matter must be key: value, this is {kind}", "Write  title: …  and  description: …")
        findings.add(span, "KB110" if seen else "KB116", message, remedy)
        return None
    return cast("Marked", marked)
