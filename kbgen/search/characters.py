"""
Traditional and Simplified Chinese: which characters of the one a reader may type for those of the other that the articles write.

The correspondence is OpenCC's, character by character; nothing of it is copied here.  Only the characters in use travel, in a file
that is read when a query holds a pair of letters that no article has: [group ..], each a character, then those written in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any


def groups_of(letters: Iterable[str], locale: str) -> list[str]:
    """
    List the characters that may be typed in place of others.

    Args:
        letters: Of all forms of the index.
        locale: Anything but Chinese has no such characters.

    Returns: Groups, each a character and those that it may stand for, sorted.
    """
    if locale.partition("-")[0] != "zh":
        return []
    groups: dict[str, set[str]] = {}
    for letter in sorted(letters):
        for other in (_converter("t2s").convert(letter), _converter("s2t").convert(letter)):
            if other != letter and len(other) == 1:
                groups.setdefault(other, set()).add(letter)
    return [typed + "".join(sorted(groups[typed])) for typed in sorted(groups)]


def han(forms: Iterable[str]) -> str:
    """Return the Han characters of some forms, each once, sorted."""
    return "".join(sorted({letter for form in forms for letter in form if "\u3400" <= letter <= "\u9fff"}))


@cache
def _converter(direction: str) -> Any:
    import opencc  # only Chinese portals load it

    return opencc.OpenCC(direction)
