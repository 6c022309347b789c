"""Characters that cannot be seen but change what is read (security.md T32)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kbgen.markup.source import Origin
from kbgen.model import Problem, Severity

MOST = 50  # problems of one article; more say nothing new

# Control characters, overrides and embeddings, isolates, zero-width characters, noncharacters, lone surrogates.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200d\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKS = re.compile(
    "(?:[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]){9,}"
)
_HARMLESS = "\u200b\u200c\u200d\u2060\ufeff"  # invisible, but they neither turn nor hide text; word processors leave them behind
_OPEN, _CLOSE = "\u2066\u2067\u2068", "\u2069"
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
# Arabic, Syriac, N'Ko, Mandaic; Indic; South-East Asian; Khmer and Mongolian; Arabic presentation forms.
_JOINING = ((0x600, 0x8FF), (0x900, 0xDFF), (0xE00, 0x109F), (0x1780, 0x18AF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))


def cleaned(origin: Origin) -> tuple[str, list[Problem]]:
    """Return the text without hidden characters, and a problem for each; the same object when there are none."""
    text = origin.text
    if text.isascii() and _SUSPECT.search(text) is None:
        return text, []
    gone = set(_bad(text))
    problems = [_hidden(origin, offset) for offset in sorted(gone)[:MOST]]
    if len(gone) > MOST:
        problems.append(origin.problem(-1, "KB807", f"{len(gone) - MOST} more hidden characters", "Delete them"))
    for match in _MARKS.finditer(text):
        message = f"{len(match[0])} marks on one letter, the first U+{ord(match[0][0]):04X}"
        problems.append(origin.problem(match.start(), "KB807", message, "Keep at most eight"))
        gone.update(range(match.start() + 8, match.end()))
    if not gone:
        return text, problems
    return "".join(character for offset, character in enumerate(text) if offset not in gone), problems


def _hidden(origin: Origin, offset: int) -> Problem:
    character = origin.text[offset]
    name = unicodedata.name(character, "control character")
    severity: Severity = "warning" if character in _HARMLESS else "error"
    return origin.problem(offset, "KB807", f"hidden character U+{ord(character):04X} ({name})", "Delete it", severity=severity, edit="")


def _bad(text: str) -> Iterator[int]:
    """Yield the offsets of the characters to leave out."""
    isolates: list[int] = []
    for match in _SUSPECT.finditer(text):
        character, offset = match[0], match.start()
        if character in _OPEN or character == _CLOSE:
            isolates.append(offset)
        elif character in "\u200c\u200d":
            if not _joins(text, offset):
                yield offset
        else:
            yield offset
    yield from _unbalanced(text, isolates)


def _joins(text: str, offset: int) -> bool:
    """Say whether a zero-width (non-)joiner stands where its script needs it: beside a letter of such a script, or in an emoji."""
    before = text[offset - 1] if offset else ""
    after = text[offset + 1 : offset + 2]
    if text[offset] == "\u200d" and before and after and unicodedata.category(after) in {"So", "Mn"}:
        return unicodedata.category(before) in {"So", "Sk", "Mn"}
    if before and _needs_joiners(before):
        return True
    return text[offset] == "\u200c" and bool(after) and _needs_joiners(after) and not before.isspace()  # a suffix: API-ha


def _needs_joiners(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _JOINING)


def _unbalanced(text: str, isolates: list[int]) -> Iterator[int]:
    """Yield isolates that nothing closes, and closings of nothing, paragraph by paragraph."""
    if not isolates:
        return
    ends = [match.start() for match in _PARAGRAPH.finditer(text)] + [len(text) + 1]
    opened: list[int] = []
    paragraph = 0
    for offset in isolates:
        while offset > ends[paragraph]:
            yield from opened
            opened = []
            paragraph += 1
        if text[offset] != _CLOSE:
            opened.append(offset)
        elif opened:
            opened.pop()
        else:
            yield offset
    yield from opened
