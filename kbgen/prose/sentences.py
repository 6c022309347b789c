"""Text -> sentences and words, for languages with spaces and without."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS = ".!?…؟。！？"
_CLOSING = "\"'”’»)]」』）"
_END = re.compile(rf"[{_ENDS}]+[{re.escape(_CLOSING)}]*")
_WORD = re.compile(r"[^\W\d_](?:[\w\u200c·]|['’-](?=\w))*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
_UNITS = re.compile(rf"{_HAN.pattern}|[A-Za-z0-9]+")
_NO_SPACES = "。！？"  # what follows them may follow at once


def sentences(text: str) -> list[str]:
    """
    Return the sentences of a text whose blocks stand on lines of their own.

    Headings, cells of tables and items without a full stop are no sentences.  A full stop that a small letter follows ends none, for
    it is an abbreviation's.
    """
    found: list[str] = []
    for block in text.split("\n"):
        if block.rstrip(_CLOSING + " ")[-1:] in set(_ENDS):
            found += _cut(block)
    return [one for one in found if characters(one) or words(one)]


def _cut(block: str) -> Iterator[str]:
    begun = 0
    for match in _END.finditer(block):
        rest = block[match.end() :]
        if match[0][0] in _NO_SPACES or not rest or (rest[0].isspace() and not rest.lstrip()[:1].islower()):
            yield block[begun : match.end()].strip()
            begun = match.end()


def words(text: str) -> list[str]:
    """Return the words of a text; numbers are none."""
    return _WORD.findall(text)


def characters(text: str) -> int:
    """Count the Han characters of a text; a word or a number in Latin letters counts as one."""
    return len(_UNITS.findall(text))
