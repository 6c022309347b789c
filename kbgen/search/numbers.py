"""
How the files of the index write numbers and lists of forms: as text, for hosts compress text, and so that a loop over letters reads it.

A number has digits of base 45, the most significant first.  A digit is one of 90 printable letters of ASCII without quote and
backslash: the first 45 end a number, the others say that more follows.  A list of forms is front-coded: forms hold no capital letters,
so a capital begins the next one and says how many letters are those of the form before (A none, B one ..); then come the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

BASE = 45
DIGITS = "".join(chr(code) for code in range(35, 127) if code != ord("\\"))[: 2 * BASE]  # "\"" is 34
PLACES = {letter: place for place, letter in enumerate(DIGITS)}
MOST_SHARED = 25  # letters that front coding can count
NAME_LETTERS = "0123456789abcdefghijklmnopqrstuv"
NAME = 7  # letters of a file's name, of 5 bits each: two files of 100,000 articles, or an old and a new one, must not meet


@lru_cache(maxsize=200_000)
def written(number: int) -> str:
    """Write a number that is not negative."""
    text = DIGITS[number % BASE]
    number //= BASE
    while number:
        text = DIGITS[BASE + number % BASE] + text
        number //= BASE
    return text


def read(text: str) -> list[int]:
    """Read the numbers of a text."""
    numbers, number = [], 0
    for letter in text:
        place = PLACES[letter]
        number = number * BASE + place % BASE
        if place < BASE:
            numbers.append(number)
            number = 0
    return numbers


def front_coded(forms: Iterable[str]) -> str:
    """Write forms one after the other, each without the letters that it shares with the one before."""
    coded, before = [], ""
    for form in forms:
        shared = 0
        most = min(len(form), len(before), MOST_SHARED)
        while shared < most and form[shared] == before[shared] and form[shared] <= "\uffff":  # beyond it JavaScript counts two
            shared += 1
        coded.append(chr(ord("A") + shared) + form[shared:])
        before = form
    return "".join(coded)


def front_decoded(text: str) -> list[str]:
    """Return the forms that `front_coded` was given."""
    forms, before = [], ""
    for shared, rest in re.findall(r"([A-Z])([^A-Z]*)", text):
        before = before[: ord(shared) - ord("A")] + rest
        forms.append(before)
    return forms


def name_of(digest: str, taken: Sequence[str] | set[str] = ()) -> str:
    """
    Shorten a digest to the name of a file.

    Args:
        digest: Hexadecimal digits.
        taken: Names that are in use; the next one that is free follows from the digest alone.
    """
    number = int(digest, 16)
    while True:
        name = "".join(NAME_LETTERS[number >> 5 * place & 31] for place in range(NAME))
        if name not in taken:
            return name
        number >>= 5
        if not number:
            number = int(digest, 16) * 31 + len(taken)
