"""
Python-Markdown with the same answers in less time.

Most of its time goes into asking every rule about every piece of text.  A rule whose pattern cannot match without a certain character
is not asked about text without that character; the rules' order is looked up once instead of at every step.  Nothing else changes:
`tests/test_markup_fast.py` compares the HTML with the plain library's.

The name-mangled methods below are the library's own steps, so that each keeps one owner; a version without them is used as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import markdown
from markdown import blockprocessors, inlinepatterns, treeprocessors, util
from markdown.blockparser import BlockParser
from markdown.preprocessors import HtmlBlockPreprocessor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Test = Callable[[Any, str], bool]

# pattern -> strings of which one must stand in a text before the pattern can match.
_TRIGGERS = {
    inlinepatterns.BACKTICK_RE: ("`",),
    inlinepatterns.ESCAPE_RE: ("\\",),
    inlinepatterns.AUTOLINK_RE: ("://",),
    inlinepatterns.AUTOMAIL_RE: ("@",),
    inlinepatterns.HTML_RE: ("<",),
    inlinepatterns.ENTITY_RE: ("&",),
    inlinepatterns.LINE_BREAK_RE: ("  \n",),
    r"\[\^([^\]]*)\]": ("[^",),
}
_REFERENCES = (inlinepatterns.ReferenceInlineProcessor,)


def _inline_trigger(pattern: inlinepatterns.Pattern) -> tuple[str, ...]:
    """Return the strings of which one must be in a text for a pattern to match; () when that is not known."""
    own = getattr(pattern, "TRIGGER", "")
    if own:
        return (own,)
    kind = type(pattern)
    if isinstance(pattern, _REFERENCES) or kind in {inlinepatterns.LinkInlineProcessor, inlinepatterns.ImageInlineProcessor}:
        return ("[",) if isinstance(pattern, _REFERENCES) else ("](",)
    if kind.__name__ == "DelimiterProcessor":
        return tuple(getattr(pattern, "tokens", ()))
    if kind.__module__ == "pymdownx.keys":
        return ("++",)
    return _TRIGGERS.get(pattern.pattern, ()) if kind.__module__.startswith("markdown.") else ()


class Inline(treeprocessors.InlineProcessor):
    """Inline rules, asked only about text that holds what they look for."""

    def freeze(self) -> None:
        """Look up once which pattern needs what; to be called when all extensions are in."""
        self._patterns = [(one, _inline_trigger(one), isinstance(one, _REFERENCES)) for one in self.md.inlinePatterns]
        known = all(trigger for _, trigger, _ in self._patterns)
        starts = {text for _, trigger, _ in self._patterns for text in trigger} | {util.STX}
        self._special = re.compile("|".join(map(re.escape, sorted(starts))) if known else "").search

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, util.AtomicString) or not self._special(data):
            return data
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        for index in range(patternIndex, len(self._patterns)):
            pattern, trigger, needs_references = self._patterns[index]
            if (needs_references and not self.md.references) or (trigger and not any(text in data for text in trigger)):
                continue
            matched, start = True, 0
            while matched:
                data, matched, start = apply(pattern, data, index, start)
        return data

    def _InlineProcessor__processPlaceholders(self, data: str | None, parent: Element, isText: bool = True) -> list[Any]:  # noqa: N802, N803, FBT001, FBT002
        if data and util.STX not in data and isText and not parent.text:
            parent.text = data
            return []
        return super()._InlineProcessor__processPlaceholders(data, parent, isText)  # type: ignore[misc, no-any-return]


class Unescape(treeprocessors.UnescapeTreeprocessor):
    """Gives back escaped characters where there are any."""

    def unescape(self, text: str) -> str:
        """Return text with its escaped characters."""
        return super().unescape(text) if util.STX in text else text


class RawBlocks(HtmlBlockPreprocessor):
    """Takes raw HTML blocks out, if there can be any."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines without raw blocks.  Without "<" and "&#" the library's parser returns the text as it is."""
        if not any("<" in line or "&#" in line for line in lines):
            return lines
        return super().run(lines)


# Block processor -> what must stand in a block before its own test can say yes.
_BLOCK_NEEDS = {
    "AbbrBlockprocessor": "*[",
    "BlockQuoteProcessor": ">",
    "DefListProcessor": ":",
    "FootnoteBlockProcessor": "[^",
    "HashHeaderProcessor": "#",
    "QuotesProcessor": ">",
    "ReferenceProcessor": "]:",
    "TableProcessor": "|",
}


def _always(_parent: Element, _block: str) -> bool:
    return True


def _block_test(processor: blockprocessors.BlockProcessor) -> Test:
    """Return the processor's own test behind a cheaper one that fails only where it would fail too."""
    test: Test = processor.test
    kind = type(processor)
    needed = _BLOCK_NEEDS.get(kind.__name__ if kind.__module__.startswith(("markdown.", "pymdownx.")) else "")
    if needed:
        return lambda parent, block: needed in block and test(parent, block)
    if kind is blockprocessors.EmptyBlockProcessor:
        return lambda _, block: block[:1] in {"", "\n"}
    if kind in {blockprocessors.ListIndentProcessor, blockprocessors.CodeBlockProcessor}:
        return lambda parent, block: block[:4] == "    " and test(parent, block)
    if kind is blockprocessors.SetextHeaderProcessor:
        return lambda parent, block: ("\n-" in block or "\n=" in block) and test(parent, block)
    if kind is blockprocessors.HRProcessor:
        return lambda parent, block: ("\n" in block or block.lstrip(" ")[:1] in {"-", "_", "*"}) and test(parent, block)
    return _always if kind is blockprocessors.ParagraphProcessor else test


class Blocks(BlockParser):
    """Block rules in their final order."""

    steps: tuple[tuple[Test, Callable[[Any, list[str]], bool | None]], ...] = ()

    def freeze(self) -> None:
        """Look up the order once; to be called when all extensions are in."""
        self.steps = tuple((_block_test(one), one.run) for one in self.blockprocessors)

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - the library's name
        """Attach the elements of all blocks to a parent; empties the list."""
        steps = self.steps
        while blocks:
            for test, run in steps:
                if test(parent, blocks[0]) and run(parent, blocks) is not False:
                    break


class Fast(markdown.Markdown):
    """A Markdown whose rules are all known when it is made."""

    _block_level: frozenset[str] = frozenset()

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as the library has it
        super().__init__(output_format="html", **options)
        self.freeze()

    def freeze(self) -> None:
        """Put the quick parts in and look up every order; to be called again after a change to the rules."""
        inline = self.treeprocessors["inline"]
        if type(inline) is treeprocessors.InlineProcessor and hasattr(inline, "_InlineProcessor__applyPattern"):
            self.treeprocessors.register(Inline(self), "inline", 20)
        if isinstance(self.treeprocessors["inline"], Inline):
            self.treeprocessors["inline"].freeze()
        if type(self.treeprocessors["unescape"]) is treeprocessors.UnescapeTreeprocessor:
            self.treeprocessors.register(Unescape(self), "unescape", 0)
        if "html_block" in self.preprocessors and type(self.preprocessors["html_block"]) is HtmlBlockPreprocessor:
            self.preprocessors.register(RawBlocks(self), "html_block", 20)
        self._block_level = frozenset(self.block_level_elements)
        if type(self.parser) is BlockParser:
            self.parser.__class__ = Blocks
        if isinstance(self.parser, Blocks):
            self.parser.freeze()

    def is_block_level(self, tag: Any) -> bool:  # noqa: ANN401 - as the library has it
        """Say whether an element is one that stands on lines of its own."""
        levels = self._block_level or self.block_level_elements
        return isinstance(tag, str) and (tag in levels or tag.lower().rstrip("/") in levels)
