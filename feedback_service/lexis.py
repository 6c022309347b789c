"""
Words of any text as cases and articles are found by them: one form for each word, whoever typed it on whichever keyboard.

Small letters, without marks; Persian and Arabic letters and all digits in one form; Chinese in pairs of characters, since it has no
spaces; a word with a joiner in it (ZWNJ) as its parts and as a whole, since people type both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40  # characters of a word that count
MOST = 20_000  # different words of one text

_PLAIN = re.compile(r"[0-9a-z]+")
_WORD = re.compile(r"[^\W_]+")
_PAIRS = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # scripts without spaces
_PIECE = re.compile(f"[{_PAIRS}]+|[^{_PAIRS}]+")
_PAIRED = re.compile(f"[{_PAIRS}]")
_ZWNJ = "\u200c"
_JOINED = re.compile(r"(?<![^\W_])[^\W_]++(?:\u200c[^\W_]++)+")  # each word is tried once, however long it is
_ONE_FORM = str.maketrans("يىكةۀأإٱؤøłđ", "ییکههاااوold") | {ord("ـ"): "", ord("æ"): "ae"}


def words(text: str) -> list[str]:
    """List the different words of a text, the first MOST, in their order."""
    if text.isascii():
        return list(dict.fromkeys(word[:LONGEST] for word in _PLAIN.findall(text.lower())))[:MOST]
    return list(dict.fromkeys(_cut(folded(text))))[:MOST]


def asked(text: str) -> list[str]:
    """List what somebody who searches means: as `words`, but a word with a joiner is the whole word only, and pairs stand alone."""
    if text.isascii():
        return words(text)
    return list(dict.fromkeys(_cut(folded(text).replace(_ZWNJ, ""), ends=False)))[:MOST]


def folded(text: str) -> str:
    """Write a text in one form: small letters without marks, one kind of digits."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_ONE_FORM)
    kept = (char for char in plain if not unicodedata.combining(char))
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)


def _cut(text: str, *, ends: bool = True) -> Iterator[str]:
    """Cut folded text into words; with *ends* a run of pairs gives its last character too, so that each one begins something."""
    for joined in _JOINED.findall(text):
        yield joined.replace(_ZWNJ, "")[:LONGEST]
    for run in _WORD.findall(text):
        for piece in _PIECE.findall(run):
            if not _PAIRED.match(piece):
                yield piece[:LONGEST]
                continue
            yield from (piece[place : place + 2] for place in range(len(piece) - 1))
            if ends or len(piece) == 1:
                yield piece[-1]
