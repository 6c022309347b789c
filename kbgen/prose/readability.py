"""
How easy a text is to read, by a formula that was made for its language where there is one.

Every score is advice: a formula counts lengths, it does not understand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kbgen.prose.sentences import characters, sentences, words

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?<=[^aeiouy])(?:(?<!l)e|(?<![td])ed|(?<![sxz])(?<!ch)(?<!sh)(?<![cg])es|(?<=[aeiou]l)e)$"
)  # made, called, lines, while
ENOUGH = 100  # words, or 200 Han characters: Flesch's and Fernández Huerta's formulas are for samples of a hundred words
HYPHENS = {"ca": "ca", "ro": "ro"}  # pyphen's dictionaries


@dataclass(frozen=True, slots=True)
class Measure:
    """How the texts of a language are measured."""

    name: str
    score: Callable[[Sequence[str], str], float]  # sentences, language
    limit: float
    better: int  # 1: more is easier, -1: less is
    longest: int  # words, or Han characters, of a sentence

    def hard(self, score: float) -> bool:
        """Say whether a text with this score is hard to read."""
        return (score - self.limit) * self.better < 0


def reading_ease(words: int, sentences: int, syllables: int) -> float:
    """
    Score how easy English text is to read; higher is easier.

    Args:
        words, sentences: Counts; each must be 1 or more.
        syllables: Count of syllables in those words.

    Returns: A score without unit, near 0 (very hard) to 100 (very easy); not clipped.  Below 50 is "difficult" by its author's table.
    Raises: ValueError: If *words* or *sentences* is below 1.
    Source: R. Flesch, "A New Readability Yardstick", J. Applied Psychology 32(3), 1948.
    """
    _at_least_one(words, sentences)
    return 206.835 - 1.015 * words / sentences - 84.6 * syllables / words


def lecturabilidad(words: int, sentences: int, syllables: int) -> float:
    """
    Score how easy Spanish text is to read; higher is easier.  Lent to Catalan and Romanian, for which no formula is established.

    Args, Returns, Raises: As `reading_ease`.
    Source: J. Fernández Huerta, "Medidas sencillas de lecturabilidad", Consigna 214, 1959: 206.84 - 0.60 P - 1.02 F, P being syllables in
        a hundred words and F read as words in a sentence, as G. Law showed in 2011 that it must be.
    """
    _at_least_one(words, sentences)
    return 206.84 - 60 * syllables / words - 1.02 * words / sentences


def lix(words: int, sentences: int, long_words: int) -> float:
    """
    Score how hard text of any language with spaces is to read; higher is harder, and 50 is where "difficult" begins.

    Args:
        words, sentences: Counts; each must be 1 or more.
        long_words: Count of the words of more than six letters.

    Raises: ValueError: If *words* or *sentences* is below 1.
    Source: C. H. Björnsson, "Läsbarhet", Liber, Stockholm 1968.
    """
    _at_least_one(words, sentences)
    return words / sentences + 100 * long_words / words


def _at_least_one(words: int, sentences: int) -> None:
    if words < 1 or sentences < 1:
        raise ValueError("a score needs a word and a sentence")


def _by_syllables(formula: Callable[[int, int, int], float]) -> Callable[[Sequence[str], str], float]:
    def score(text: Sequence[str], language: str) -> float:
        count = syllables_of(language)
        found = [word for one in text for word in words(one)]
        return formula(len(found), len(text), sum(map(count, found)))

    return score


def _lix(text: Sequence[str], _language: str) -> float:
    found = [word for one in text for word in words(one)]
    return lix(len(found), len(text), sum(len(word) > 6 for word in found))  # noqa: PLR2004 - letters


def _words_a_sentence(text: Sequence[str], _language: str) -> float:
    return sum(len(words(one)) for one in text) / len(text)


def _characters_a_sentence(text: Sequence[str], _language: str) -> float:
    return sum(map(characters, text)) / len(text)


# Limits of sentences, and those of Persian and Chinese, are ours: no formula is established that needs no list of words.
MEASURES = {
    "en": Measure("Flesch's reading ease", _by_syllables(reading_ease), 50, 1, 30),
    "ca": Measure("Fernández Huerta's lecturabilidad", _by_syllables(lecturabilidad), 50, 1, 35),
    "ro": Measure("Fernández Huerta's lecturabilidad", _by_syllables(lecturabilidad), 50, 1, 35),
    "fa": Measure("words in a sentence", _words_a_sentence, 20, -1, 35),
    "zh": Measure("characters in a sentence", _characters_a_sentence, 30, -1, 60),
}
OTHERS = Measure("Björnsson's LIX", _lix, 50, -1, 35)


def measure_of(locale: str) -> tuple[str, Measure]:
    """Return the language of a locale, and how its texts are measured."""
    language = locale.split("-", maxsplit=1)[0]
    return language, MEASURES.get(language, OTHERS)


def score_of(text: str, locale: str) -> float | None:
    """
    Score a text.

    Args:
        text: Visible text, one block a line.

    Returns: The score of the locale's measure; None for a text that is too short for one.
    """
    language, measure = measure_of(locale)
    found = sentences(text)
    size = sum(map(characters, found)) / 2 if language == "zh" else sum(len(words(one)) for one in found)
    return measure.score(found, language) if size >= ENOUGH else None


def length_of(sentence: str, locale: str) -> int:
    """Return how long a sentence is: words, in Chinese characters."""
    return characters(sentence) if measure_of(locale)[0] == "zh" else len(words(sentence))


@cache
def syllables_of(language: str) -> Callable[[str], int]:
    """
    Return what counts the syllables of a word.

    Catalan and Romanian words are cut where they may be hyphenated, a letter at either end allowed.  English is hyphenated by meaning
    rather than by sound, so its groups of vowels are counted, but for those that are silent.
    """
    if language == "en":
        return _vowel_groups
    import pyphen  # noqa: PLC0415 - only advice needs it

    hyphens: Any = pyphen.Pyphen(lang=HYPHENS[language], left=1, right=1)
    return cache(lambda word: len(hyphens.positions(word)) + 1)


def _vowel_groups(word: str) -> int:
    bare = _SILENT.sub("", word.lower())
    return max(1, len(_VOWELS.findall(bare)))
