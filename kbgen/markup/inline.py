"""`{{ name }}` -> the value from content/_vars.toml.  Not a template language: everything else in braces stays as it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from markdown import Markdown, util
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

NAME = re.compile(r"[ \t]*([\w.-]+)[ \t]*")
BRACES = r"\{\{[^{}\n]*\}\}|\{%[^\n]*?%\}"
_BRACES = re.compile(BRACES)
_SKIPPED = re.compile(r"(<(pre|code)\b.*?</\2\s*>)", re.DOTALL | re.IGNORECASE)


class Variables:
    """The values of one article, and the names it asked for in vain."""

    def __init__(self) -> None:
        self.values: Mapping[str, str] = {}
        self.unknown: list[str] = []

    def start(self, values: Mapping[str, str]) -> None:
        """Begin with an article."""
        self.values, self.unknown = values, []

    def value(self, braces: str) -> str | None:
        """Return what stands for `{{ name }}`; None when it is to be shown as written."""
        match = NAME.fullmatch(braces[2:-2]) if braces.startswith("{{") else None
        if match is None:
            return None
        found = self.values.get(match[1])
        if found is None and match[1] not in self.unknown:
            self.unknown.append(match[1])
        return found

    def plain(self, text: str) -> str:
        """Replace names in a plain text, such as an address or a description."""
        return _BRACES.sub(lambda match: match[0] if (value := self.value(match[0])) is None else value, text) if "{{" in text else text

    def html(self, text: str) -> str:
        """Replace names in raw HTML, outside its code."""
        if "{{" not in text:
            return text
        parts = _SKIPPED.split(text)  # text, code, its tag, text ...
        for place in range(0, len(parts), 3):
            parts[place] = _BRACES.sub(lambda match: match[0] if (value := self.value(match[0])) is None else escape(value), parts[place])
        return "".join(part for place, part in enumerate(parts) if place % 3 != 2)  # noqa: PLR2004 - every third is the tag's name


def _guarded(text: str) -> str:
    """Return text in a form that no later rule of Markdown reads as markup, and that is written out as it is."""
    return text.replace("&", util.AMP_SUBSTITUTE + "amp;").translate(_AS_CODES)


_AS_CODES = {ord(character): f"{util.STX}{ord(character)}{util.ETX}" for character in "{}*_`[]"}


class VariablePattern(InlineProcessor):
    """Replaces names between the rules for links and those for emphasis."""

    TRIGGER = "{"

    def __init__(self, variables: Variables, md: Markdown) -> None:
        super().__init__(BRACES, md)
        self.variables = variables

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str | None, int | None, int | None]:  # type: ignore[override]  # noqa: ARG002, N802
        """Return the value, or the braces guarded from other rules (an attribute list would swallow them)."""
        if util.STX in m[0]:
            return None, None, None
        value = self.variables.value(m[0])
        return _guarded(m[0] if value is None else value), m.start(), m.end()


class VariableExtension(Extension):
    """Adds the pattern to Markdown."""

    def __init__(self, variables: Variables) -> None:
        super().__init__()
        self.variables = variables

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register after links (160) and raw HTML (90), before entities (80) and emphasis (60)."""
        md.inlinePatterns.register(VariablePattern(self.variables, md), "kb-variable", 85)
