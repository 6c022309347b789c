"""
The order of words in a language, as its dictionaries have it: under which heading a word stands, and what comes before it.

Nothing installed knows this (it is ICU's trade), so the few facts stand here.  Catalan and English sort letters with marks as their
base, and ç as c; Romanian has places of its own for ă â î ș ț; Persian has its 32 letters, with آ before ا.  Chinese words stand
under the radical (部首) of their first character: the block of unified ideographs is laid out by radical and strokes, so the order of
code points is that of printed dictionaries.  A language that is not named here sorts by the code points of its letters without marks.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache

ALPHABETS = {
    "ca": "abcdefghijklmnopqrstuvwxyz",
    "en": "abcdefghijklmnopqrstuvwxyz",
    "fa": "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
    "ro": "aăâbcdefghiîjklmnopqrsștțuvwxyz",
}
DIGITS = "0–9"
_SAME = str.maketrans({"ş": "ș", "ţ": "ț", "ي": "ی", "ى": "ی", "ك": "ک", "ە": "ه", "ة": "ه", "·": "", "\u200c": "", "\u0640": ""})
_RADICALS = [ord(unicodedata.normalize("NFKC", chr(0x2F00 + number))) for number in range(214)]
_FIRST, _LAST = 0x4E00, 0x9FFF  # the block that is in the order of radicals


@lru_cache(maxsize=65536)
def folded(text: str, language: str) -> str:
    """Return a text as it is sorted: lower case, without marks that the language does not sort by, from its first letter or digit."""
    alphabet = ALPHABETS.get(language, "")
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():
        plain = "".join(letter if letter in alphabet else _bare(letter) for letter in plain.translate(_SAME))
    while plain and not plain[0].isalnum():
        plain = plain[1:]
    return plain


def _bare(letter: str) -> str:
    """Return a letter without its marks; digits of every script become ASCII."""
    value = unicodedata.decimal(letter, None)
    if value is not None:
        return str(value)
    parts = unicodedata.normalize("NFD", letter)
    return "".join(one for one in parts if not unicodedata.combining(one)).translate(_SAME)


@lru_cache(maxsize=65536)
def heading(word: str, language: str) -> tuple[tuple[int, int], str]:
    """
    Say where a word stands.

    Args:
        word: As `folded` returns it, not empty.

    Returns: A key that sorts headings (the language's alphabet, then characters by radical, then other letters, then digits), and the
    heading: a letter in upper case, a radical, or "0–9".
    """
    first = word[0]
    place = ALPHABETS.get(language, "").find(first)
    if place >= 0:
        return (0, place), first.upper()
    if first.isdigit():
        return (3, 0), DIGITS
    if _FIRST <= ord(first) <= _LAST:
        number = bisect_right(_RADICALS, ord(first)) - 1
        return (1, number), chr(_RADICALS[number])
    return (2, ord(first)), first.upper()


@lru_cache(maxsize=64)
def _ranks(language: str) -> dict[int, str]:
    """Letters of the alphabet -> characters that sort as they do: after digits and spaces, before letters from elsewhere."""
    return {ord(letter): chr(0x100 + place) for place, letter in enumerate(ALPHABETS.get(language, ""))}


def sort_key(word: str, language: str) -> str:
    """Return what words of a language, as `folded` returns them, are sorted by."""
    return word.translate(_ranks(language))
