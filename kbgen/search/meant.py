"""What few queries need: what was meant by a word that no article has, and the phrases in quotes.  The twin of parts of meant.mjs."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from kbgen.search.analyze import ALL
from kbgen.search.reader import LAST
from kbgen.search.slips import slips

if TYPE_CHECKING:
    from kbgen.search.query import Index

VARIANT, SLIP, SLIPS, PREFIX, EXACT = 18, 14, 9, 12, 20  # factors, in twentieths
SHORT = 3  # letters by which neighbours of a word are looked up
SLIP_FROM, SLIPS_FROM = 4, 8  # characters of a word that may be one, two slips away
SLIP_SHARDS = 8  # that are looked through for what may be a slip
MOST_FORMS = 8  # that are taken for what was meant
ROOT, ROOT_ELSEWHERE = 4, 3  # letters that two forms of a word share: of Latin ones, of scripts that leave vowels out
NUMBERS = re.compile(r"[0-9]+|[^0-9]+")
QUOTED = re.compile('["“”„«»「『]([^"“”„«»「」『』]+)["“”«»」』]')
Factors = dict[str, int]


def variants(index: Index, word: str, others: list[str], *, slip: bool) -> Factors:
    """
    Look for what a pair of letters, or a letter, is called in the other way of writing; if it is not, for letters that changed places.

    Args:
        others: The words of the query.
        slip: Letters may have changed places.
    """
    options = [letter + index.characters.get(letter, "") for letter in word]
    some = list(map("".join, product(*options)))[1 : MOST_FORMS + 1]
    found = {form: VARIANT for form in some if index.has(form)}
    if len(word) == 1:
        return {form: PREFIX for variant in some for form in index.beginning(variant)} | found
    if found or not slip:
        return found
    first, second = word[0], word[1]
    near = [second + first, *(first + other[1] for other in others if len(other) == 2 and other[0] == second)]  # noqa: PLR2004 - a pair
    return {form: SLIP for form in near if index.has(form)}


def meant_by(index: Index, word: str) -> tuple[Factors, str]:
    """
    Look for what was meant by a word that no article has: a number and its unit, another form of it, or words that are near.

    Returns: What it may stand for, and the word that a reader is told of; "" when it was no slip of the finger.
    """
    parts = NUMBERS.findall(word)
    if len(parts) > 1 and index.stands(ALL.join(parts)):
        return {ALL.join(parts): EXACT}, ""
    if not _may_slip(index, word):
        return {}, ""
    most = 2 if len(word) >= SLIPS_FROM else 1
    near: dict[str, tuple[int, int]] = {}
    same: dict[str, tuple[int, int]] = {}
    for shard in map(index.shard, _around(index, word)):
        for row, form in enumerate(shard.forms):
            steps = slips(word, form, most)
            if steps <= most:
                near[form] = (steps, -shard.df(row))
            if _is_form(word, form, index.endings):
                same[form] = (0, -shard.df(row))
    for form, rate in index.head.items():
        steps = slips(word, form, most)
        if steps <= most and form not in near:
            near[form] = (steps, -(2 ** (rate // 2)))
    best = sorted(near, key=lambda form: (near[form], form))[:MOST_FORMS]
    found = {form: SLIP if near[form][0] == 1 else SLIPS for form in best}
    forms = sorted(same, key=lambda form: (same[form], form))[:MOST_FORMS]
    return found | dict.fromkeys(forms, SLIP), best[0] if best and not forms else ""


def _may_slip(index: Index, word: str) -> bool:
    """Say whether a word may be a slip of the finger: numbers and pairs of letters are not, nor are words that say little."""
    if len(word) < SLIP_FROM or word in index.light or index.analyser.is_gram(word):
        return False
    return max(word) < LAST and len(NUMBERS.findall(word)) + (not word[0].isdigit()) > 1


def _around(index: Index, word: str) -> list[str]:
    """Return the names of the shards around a word that begin as it does."""
    places = index.places(word[:SHORT], word[:SHORT] + LAST)
    middle = places.index(index.place(word)) if index.place(word) in places else 0
    return places[max(0, middle - SLIP_SHARDS // 2) :][:SLIP_SHARDS]


def _is_form(word: str, form: str, endings: frozenset[str]) -> bool:
    """Say whether two forms differ by their endings alone."""
    shared = 0
    while shared < len(word) and shared < len(form) and word[shared] == form[shared]:
        shared += 1
    least = ROOT if word.isascii() else ROOT_ELSEWHERE
    return any(word[at:] in endings and form[at:] in endings for at in range(least, shared + 1))


def holds(index: Index, number: int, phrases: list[list[str]]) -> bool:
    """Say whether an article's record, or else its text, holds all phrases."""
    record = index.record(number)
    shown = [record.title, record.description, *(text for _, text in record.headings)]
    left = [phrase for phrase in phrases if not any(_within(phrase, index.analyser.forms(text)) for text in shown)]
    text = index.analyser.forms(index.text(record.url)) if left else []
    return all(_within(phrase, text) for phrase in left)


def _within(phrase: list[str], text: list[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(text)} "
