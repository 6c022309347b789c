"""
YAML -> marked values, for front matter: a small, safe part of YAML 1.2.

The tree is built from libyaml's events as they come, so an anchor or a tag is refused before anything is made of it.  Scalars follow
YAML 1.2: `no` is text, `12:30:45` and dates are text, and each number keeps the way it was written.

Loads PyYAML and python-frontmatter: import this module only where there is a text to read.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from kbgen.marked import Findings, Loc, Marked, Places, Span, code_point
from kbgen.marked.slips import explained, slip_in

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was built without libyaml: slower, the same events
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_DEPTH = 20
MAX_DIGITS = 1000

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)  # some end a line for YAML only, and so hide keys


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
        while not isinstance(event := self.get_event(), yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                return self._marked
        self._marked.value = self._node(self.get_event(), ())
        self.get_event()
        extra = self.get_event()
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
            while not isinstance(event := self.get_event(), yaml.SequenceEndEvent):
                items.append(self._node(event, (*loc, len(items))))
            return items
        return self._mapping(loc)

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        record: dict[str, Any] = {}
        while not isinstance(event := self.get_event(), yaml.MappingEndEvent):
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
                self._skip(self.get_event(), len(loc))
                continue
            self._marked.keys[below] = span
            record[key] = self._node(self.get_event(), below)
        return record

    def _skip(self, event: Any, depth: int) -> None:  # noqa: ANN401 - an event of PyYAML
        """Walk over a value that is not kept; what is refused elsewhere is refused in it too."""
        kept, self._marked = self._marked, Marked(None)
        self._node(event, ("",) * (depth + 1))
        self._marked = kept

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
            message = f"this number has {digits} digits; the limit is {MAX_DIGITS}"
            raise self._refuse(span, "KB103", message, "Write a shorter number, or text in quotes")
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
            message = f"the tag {event.tag[:80]} is not allowed"
            raise self._refuse(span, "KB107", message, "Remove it, or put text that begins with ! in quotes")
        if depth >= MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            message = f"lists and tables are nested more than {MAX_DEPTH} deep"
            raise self._refuse(span, "KB103", message, "Front matter needs three levels at most")

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
            slip = explained(error, fm)
            self.findings.add(slip.span, "KB110", slip.message, slip.remedy)
            return None
        finally:
            loader.dispose()

    def load(self, fm: str, **_: object) -> Any:  # noqa: ANN401 - python-frontmatter's signature
        """Read front matter as plain values; python-frontmatter calls this."""
        marked = self.load_marked(fm)
        return None if marked is None else marked.value


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
        slip = slip_in(line, top.line)
        if slip:
            findings.add(slip.span, "KB110", slip.message, slip.remedy)
            return None
        kind = "a list" if isinstance(marked.value, list) else "text"
        message = f"front matter must be key: value, this is {kind}"
        findings.add(Span(top.line, 1, len(line)), "KB116", message, "Write  title: …  and  description: …")
        return None
    return marked
