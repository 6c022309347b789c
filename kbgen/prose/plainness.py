"""KB501, KB502: texts and sentences that are hard to read.  Advice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbgen.model import Problem
from kbgen.prose.readability import length_of, measure_of, score_of
from kbgen.prose.sentences import sentences, words
from kbgen.prose.visible import problem_at

MOST = 5  # sentences of one article

RULES = {
    "KB501": "A text that is hard to read, by a formula. English: Flesch's reading ease (1948), below 50. Catalan and Romanian: Fernández "
    "Huerta's lecturabilidad (1959), which was made for Spanish, below 50. Persian: more than 20 words in a sentence; Chinese: more than "
    "30 characters, on average. No formula is established for these two; the limits are ours. Others: Björnsson's LIX (1968), above 50. "
    "Advice: a formula counts lengths, it does not understand. Write shorter sentences and more usual words.",
    "KB502": "A long sentence: in English more than 30 words, in Chinese 60 characters, in other languages 35 words. Readers in a hurry "
    "lose its beginning. Advice: make two of it, or a list.",
}


def hard_to_read(text: str, seen: str, shown: str, locale: str, path: str) -> Iterator[Problem]:
    """
    Yield what makes a text hard to read.

    Args:
        text: The file.
        seen: What readers see of it, at the same places.
        shown: The visible text of the page, one block a line.
    """
    _, measure = measure_of(locale)
    score = score_of(shown, locale)
    if score is not None and measure.hard(score):
        wanted = f"{measure.limit:.0f} or {'more' if measure.better > 0 else 'less'}"
        message = f"this text is hard to read: {score:.0f} by {measure.name}, where plain text has {wanted}"
        yield Problem(path, 0, 0, "KB501", message, "Write shorter sentences and more usual words", "advice")
    unit = "characters" if locale.startswith("zh") else "words"
    long = [(length, one) for one in sentences(shown) if (length := length_of(one, locale)) > measure.longest]
    for length, one in long[:MOST]:
        span = _found(one, seen, locale)
        if span:  # a sentence of a snippet is told of nobody
            told = ("KB502", f"this sentence has {length} {unit}", "Make two of it, or a list")
            yield problem_at(text, span, told, path)


def _found(sentence: str, seen: str, locale: str) -> tuple[int, int] | None:
    """Find the beginning of a sentence in a source, where marks may stand between its words."""
    start = list(sentence[:8]) if locale.startswith("zh") else words(sentence)[:5]
    found = re.search(r"[\W_]{0,9}?".join(map(re.escape, start)), seen)
    return found.span() if found else None
