"""What people type instead of what is written: slips of the finger, other spellings, other forms of a word.  Pure, seeded from outside."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

# Neighbours on the keyboards that readers of the locale have; a slip hits one of them.
_ROWS = {
    "latin": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "fa": ("ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو"),
}
_SPLIT_LETTERS = 5  # a word is worth a slip from this length
_TO_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def typo(word: str, draw: random.Random, locale: str) -> str:
    """
    Return a word with one slip: a letter lost, doubled, swapped with the next or hit beside.

    The first letter stays, as it mostly does when people type; in a Chinese word a character is lost or swapped.
    """
    if _is_han(word):
        at = draw.randrange(1, len(word) - 1)
        return draw.choice((word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :]))
    at = draw.randrange(1, len(word) - 1)
    rows = _ROWS["fa" if locale == "fa" else "latin"]
    row = next((row for row in rows if word[at] in row), None)
    near = [row[place] for place in (row.index(word[at]) - 1, row.index(word[at]) + 1) if 0 <= place < len(row)] if row else []
    made = [word[:at] + word[at + 1 :], word[: at + 1] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :]]
    made += [word[:at] + letter + word[at + 1 :] for letter in near[:1]]
    return draw.choice([other for other in made if other != word])


def can_slip(word: str) -> bool:
    """Say whether a word is long enough, and of one script, to be mistyped and still meant."""
    return (len(word) >= 4 and _is_han(word)) or (len(word) >= _SPLIT_LETTERS and word.isalpha() and not _has_han(word))


def variants(text: str, locale: str, simplified: Callable[[str], str]) -> list[str]:
    """
    Return other spellings of a text that mean the same to a reader; none when it has none.

    Args:
        simplified: Traditional -> Simplified Chinese.
    """
    made = {
        "ca": [_bare(text), text.replace("l·l", "l.l"), text.replace("l·l", "ll"), text.replace("’", "'"), text.replace("'", "’")],
        "ro": [_bare(text), text.replace("ș", "ş").replace("ț", "ţ").replace("Ș", "Ş").replace("Ț", "Ţ")],
        "fa": [
            text.replace("ی", "ي").replace("ک", "ك"),
            text.replace("\u200c", " "),
            text.replace("\u200c", ""),
            text.translate(_TO_PERSIAN),
            text.translate(_TO_ASCII),
        ],
        "zh-Hant": [simplified(text), text.translate(_WIDE)],
        "en": [
            re.sub(r"(?<=\w)-(?=\w)", "", text),
            re.sub(r"(?<=\w)-(?=\w)", " ", text),
            text.replace("'", "’") if "'" in text else text.replace("’", "'"),
            re.sub(r"(?<=\w)['’](?=\w)", "", text),
            _bare(text),
        ],
    }[locale]
    return list(dict.fromkeys(other for other in made if other != text))


def inflected(word: str, families: Mapping[str, Sequence[str]], stem: Callable[[str], str], said: set[str]) -> list[str]:
    """
    Return other forms of a word that some article of the corpus has, but not this one.

    Args:
        families: Stem -> the forms of the corpus that have it.
        said: The words of the article, in lower case.
    """
    low = word.lower()
    return [form for form in families.get(stem(low), ()) if form != low and form not in said and len(form) > 3]


def _bare(text: str) -> str:
    """Return a text without diacritics, as people type on a foreign keyboard."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def _is_han(word: str) -> bool:
    return bool(word) and all("\u3400" <= letter <= "\u9fff" for letter in word)


def _has_han(word: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in word)
