"""
Words of any text as cases and articles are found by them: one form for each word, whoever typed it on whichever keyboard.

Small letters, without marks; Persian and Arabic letters and all digits in one form; Chinese in pairs of characters, since it has no
spaces; a word with a joiner in it (ZWNJ) as its parts and as a whole, since people type both.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40  # characters of a word that count
MOST = 20_000  # different words of one text
MOST_FORMS = 20_000  # characters whose form is remembered

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
    return _tidy(_PLAIN.findall(text.lower()) if text.isascii() else _cut(folded(text)))


def asked(text: str) -> list[str]:
    """List what somebody who searches means: as `words`, but a word with a joiner is the whole word only, and pairs stand alone."""
    return words(text) if text.isascii() else _tidy(_cut(folded(text).replace(_ZWNJ, ""), ends=False))


def folded(text: str) -> str:
    """Write a text in one form: small letters without marks, one kind of digits."""
    return text.translate(_FORMS)


class _Forms(dict[int, str]):
    """The one form of each character, found out when it is met for the first time."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code).casefold()).translate(_ONE_FORM)
        kept = (char for char in plain if not unicodedata.combining(char))
        form = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)
        if len(self) < MOST_FORMS:
            self[code] = form
        return form


_FORMS = _Forms()


def _tidy(found: list[str]) -> list[str]:
    return list(dict.fromkeys([word[:LONGEST] for word in found]))[:MOST]


def _cut(text: str, *, ends: bool = True) -> list[str]:
    """Cut folded text into words; with *ends* a run of pairs gives its last character too, so that each one begins something."""
    joined = [one.replace(_ZWNJ, "") for one in _JOINED.findall(text)] if _ZWNJ in text else []
    runs: list[str] = _WORD.findall(text)
    if not _PAIRED.search(text):
        return joined + runs
    for run in runs:
        for piece in _PIECE.findall(run):
            if not _PAIRED.match(piece):
                joined.append(piece)
                continue
            joined += [piece[place : place + 2] for place in range(len(piece) - 1)]
            if ends or len(piece) == 1:
                joined.append(piece[-1])
    return joined
