"""
Ask the index: the Python twin of query.mjs.  It reads the files and nothing else, so it proves what a reader will find.

Both compute in the same order with whole numbers as long as they can, so both give the same hits in the same order:

    idf(word)  = round(1000 * ln(1 + (N - df + 1/2) / (df + 1/2))), at least 1: a word that every article holds finds them all
    score      = sum over the words of idf * best(factor * value) * (idf of the words found / idf of all words) ** 4

What a word's kin adds counts as three quarters of the word.  The exponent is 2 where a word is a pair of Han, kana or Thai letters.
Factors are in twentieths, see below.  A word that no article has falls back to forms that begin so, then to forms one or two slips of
the finger away; a pair of Han letters, to the other way of writing.  Neighbours in the query that are neighbours in a title or heading
weigh in addition.  Light words of the rule book are only looked for when the query holds no others.  An article that holds less than
two fifths of what the best one holds is no hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from math import log
from pathlib import Path
from typing import Any

from kbgen.search.analyze import PAIR
from kbgen.search.reader import LAST, Files, Shard, folder
from kbgen.search.records import Record
from kbgen.search.slips import slips

LONGEST = 200  # characters of a query that count
MOST_WORDS = 32
EXACT, VARIANT, SYNONYM, SLIP, PREFIX, KIN, SLIPS = 20, 18, 16, 14, 12, 10, 9
PAIRED, PAIRED_PREFIX = 12, 7
SURE = {KIN: 15}  # twentieths of a word that count as found; others count whole
SLIP_FROM, SLIPS_FROM = 4, 8  # characters of a word that may be one, two slips away
SHORT = 3  # a shorter beginning is completed from the head
MOST_SHARDS, SLIP_SHARDS = 4, 8  # that a beginning, or what may be a slip, looks through
MOST_FORMS = 8  # that are taken for completions of a short beginning, or for what was meant by a slip
MOST_LOOKS = 20  # articles whose text is searched for a phrase
WINDOW = 4  # words of a synonym
SECTIONS = 2
QUOTED = re.compile('["“”„«»「『]([^"“”„«»「」『』]+)["“”«»」』]')


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    number: int  # of the article in the index
    score: float
    record: Record
    sections: tuple[tuple[str, str], ...]  # anchor, text of the headings that the query speaks of


@dataclass(slots=True)
class Asked:
    """A word of the query, or a pair, and what it found."""

    word: str
    factors: dict[str, int] = field(default_factory=dict)  # form -> twentieths
    df: int = 0  # in how many articles it stands
    idf: int = 0  # thousandths
    meant: str = ""  # the form that was probably meant by a word that no article has
    best: dict[int, int] = field(default_factory=dict)  # article -> factor * value
    sure: dict[int, int] = field(default_factory=dict)  # article -> how surely the word is meant there, in twentieths


@dataclass(slots=True)
class Answer:
    """What a query found."""

    hits: list[Hit]
    total: int  # articles that match
    corrected: str  # what was probably meant, in folded forms; "" when every word is known
    words: list[Asked]


class Index(Files):
    """The index of a locale, to be asked."""

    def query(self, text: str, limit: int = 10, **wish: Any) -> list[Hit]:
        """Return the best articles for what somebody typed; see `answer`."""
        return self.answer(text, limit, **wish).hits

    def answer(self, text: str, limit: int = 10, category: str = "", kind: str = "", tag: str = "", *, literal: bool = False) -> Answer:
        """
        Answer what somebody typed.

        Args:
            text: Anything; what looks like an operator is text; cut at LONGEST characters.  What stands in quotes has to stand so in
                the article's text.
            limit: How many hits at most.
            category: Only articles whose category's URL begins so; empty for all.
            kind: Only articles of this kind; empty for all.
            tag: Only articles that carry this tag; empty for all.
            literal: Do not look for what was meant by words that no article has.

        Returns: Hits, best first, equal scores in the order of the index, and how they were found.
        """
        text = text[:LONGEST]
        typed = self.analyser.forms(text)[:MOST_WORDS]
        words, pairs = self._words(typed, literal=literal), self._pairs(typed)
        sums: dict[int, int] = {}
        found: dict[int, int] = {}
        for one in words:
            for number, weight in one.best.items():
                sums[number] = sums.get(number, 0) + one.idf * weight
                found[number] = found.get(number, 0) + one.idf * one.sure[number]
        for one in pairs:
            for number, weight in one.best.items():
                if number in sums:
                    sums[number] += one.idf * weight
        total = sum(one.idf * EXACT for one in words)
        square = any(self.analyser.is_gram(one.word) for one in words)
        scores = [
            (-_score(sums[number], held, total, square=square), number)
            for number, held in found.items()
            if held and self._chosen(number, category, kind, tag)
        ]
        most = max((found[number] for _, number in scores), default=0)
        kept = sorted((score, number) for score, number in scores if found[number] * 5 >= most * 2)
        phrases = [phrase for phrase in map(self.analyser.forms, QUOTED.findall(text)) if phrase]
        if phrases:
            kept = [one for one in kept[:MOST_LOOKS] if self._holds(one[1], phrases)]
        hits = [self._hit(number, -score, found[number] // EXACT, words) for score, number in kept[:limit]]
        meant = {one.word: one.meant for one in words if one.meant}
        return Answer(hits, len(kept), " ".join(meant.get(word, word) for word in typed) if meant else "", [*words, *pairs])

    def _words(self, typed: list[str], *, literal: bool) -> list[Asked]:
        synonyms: dict[str, list[str]] = {}
        for size in range(1, WINDOW + 1) if self.synonyms else ():
            for at in range(len(typed) - size + 1):
                window = typed[at : at + size]
                for word in window:
                    synonyms.setdefault(word, []).extend(self.synonyms.get(PAIR.join(window), ()))
        words = []
        light = self.light.issuperset(typed)
        for word in dict.fromkeys(typed):
            if word in self.light and not light:
                continue
            words.append(self._ask(word, typed, literal=literal))
            self._add(words[-1], synonyms.get(word, ()), SYNONYM)
            self._weigh(words[-1])
            words[-1].df = words[-1].df or len(words[-1].best)
        for one in words:
            one.idf = self._idf(one.df)
        return words

    def _chosen(self, number: int, category: str, kind: str, tag: str) -> bool:
        if not (category or kind or tag):
            return True
        its, kind_of, tags = self.facets.get(number, ("", "", ()))
        return its.startswith(category) and kind in {"", kind_of} and (not tag or tag in tags)

    def _idf(self, df: int) -> int:
        return max(1, int(1000 * log(1 + (self.count - df + 0.5) / (df + 0.5)) + 0.5))

    def _ask(self, word: str, typed: list[str], *, literal: bool) -> Asked:
        """Find the forms that a word may stand for."""
        asked = Asked(word)
        home = self.home(word)
        row = home.row(word)
        if word == typed[-1] or row < 0:
            self._add(asked, self._beginning(word), PREFIX)
        if row >= 0:
            asked.df = home.df(row)
            self._add(asked, [home.forms[one] for one in home.kin(row)], KIN)
            asked.factors[word] = EXACT
        elif self.analyser.is_gram(word):
            self._variants(asked, typed, literal=literal)
        elif not asked.factors and not literal:
            self._slips(asked)
        return asked

    def _pairs(self, typed: list[str]) -> list[Asked]:
        """Find the titles and headings that hold neighbours of the query as neighbours."""
        found = []
        for pair in dict.fromkeys(self.analyser.pairs(typed)):
            asked = Asked(pair, {pair: PAIRED})
            if pair.endswith(PAIR + typed[-1]):
                shard = self.home(pair)
                self._add(asked, [shard.forms[row] for row in shard.rows(pair)], PAIRED_PREFIX)
            self._weigh(asked)
            asked.df = len(asked.best)
            asked.idf = self._idf(asked.df)
            found.append(asked)
        return found

    def _variants(self, asked: Asked, typed: list[str], *, literal: bool) -> None:
        """Look for what a pair of letters is called in the other way of writing; if it is not, for letters that changed places."""
        options = [letter + self.characters.get(letter, "") for letter in asked.word]
        variants = list(map("".join, product(*options)))[1 : MOST_FORMS + 1]
        self._add(asked, [form for form in variants if self.has(form)], VARIANT)
        if len(asked.word) == 1:
            self._add(asked, [form for variant in variants for form in self._beginning(variant)], PREFIX)
        elif not asked.factors and not literal:
            first, second = asked.word[0], asked.word[1]
            near = [second + first, *(first + other[1] for other in typed if len(other) == 2 and other[0] == second)]  # noqa: PLR2004 - a pair
            self._add(asked, [form for form in near if self.has(form)], SLIP)

    def has(self, form: str) -> bool:
        """Say whether an article holds a form."""
        return self.home(form).row(form) >= 0

    def _add(self, asked: Asked, forms: Iterable[str], factor: int) -> None:
        for form in forms:
            asked.factors[form] = max(asked.factors.get(form, 0), factor)

    def _weigh(self, asked: Asked) -> None:
        for form, factor in asked.factors.items():
            shard = self.home(form)
            row = shard.row(form)
            for number, value in shard.postings(row) if row >= 0 else ():
                asked.best[number] = max(asked.best.get(number, 0), factor * value)
                asked.sure[number] = max(asked.sure.get(number, 0), SURE.get(factor, EXACT))

    def _beginning(self, word: str) -> list[str]:
        """Return the forms that begin with a word; of a very short one, the most frequent."""
        if len(word) < SHORT and not self.analyser.is_gram(word) and self.large:
            some = [(-rate, form) for form, rate in self.head.items() if form.startswith(word)]
            return [form for _, form in sorted(some)[:MOST_FORMS]]
        return [shard.forms[row] for shard in self._range(word) for row in shard.rows(word) if PAIR not in shard.forms[row]]

    def _range(self, start: str) -> list[Shard]:
        """Return the shards that hold the forms that begin so, the first few."""
        return [self.shard(name) for name in self.places(start, start + LAST)[:MOST_SHARDS]]

    def _slips(self, asked: Asked) -> None:
        """Look for what was meant by a word that no article has: among its neighbours, and in the head."""
        word = asked.word
        if not self._may_slip(word):
            return
        most = 2 if len(word) >= SLIPS_FROM else 1
        near: dict[str, tuple[int, int]] = {}
        places = self.places(word[:SHORT], word[:SHORT] + LAST)
        middle = places.index(self.place(word)) if self.place(word) in places else 0
        for shard in map(self.shard, places[max(0, middle - SLIP_SHARDS // 2) :][:SLIP_SHARDS]):
            for row, form in enumerate(shard.forms):
                steps = slips(word, form, most)
                if steps <= most:
                    near[form] = (steps, -shard.df(row))
        for form, rate in self.head.items():
            steps = slips(word, form, most)
            if steps <= most and form not in near:
                near[form] = (steps, -(2 ** (rate // 2)))
        best = sorted(near, key=lambda form: (near[form], form))[:MOST_FORMS]
        for form in best:
            asked.factors[form] = SLIP if near[form][0] == 1 else SLIPS
        asked.meant = best[0] if best else ""

    def _may_slip(self, word: str) -> bool:
        """Say whether a word may be a slip of the finger: numbers and pairs of letters are not, nor are words that say little."""
        if len(word) < SLIP_FROM or word in self.light or self.analyser.is_gram(word):
            return False
        return max(word) < LAST and not set(word) <= set("0123456789")

    def _holds(self, number: int, phrases: list[list[str]]) -> bool:
        """Say whether an article's record, or else its text, holds all phrases."""
        record = self.record(number)
        shown = [record.title, record.description, *(text for _, text in record.headings)]
        left = [phrase for phrase in phrases if not any(_within(phrase, self.analyser.forms(text)) for text in shown)]
        text = self.analyser.forms(self.text(record.url)) if left else []
        return all(_within(phrase, text) for phrase in left)

    def _hit(self, number: int, score: float, found: int, words: list[Asked]) -> Hit:
        record = self.record(number)
        return Hit(number, score, record, self._sections(record, found, words))

    def _sections(self, record: Record, found: int, words: list[Asked]) -> tuple[tuple[str, str], ...]:
        """Return the headings that hold at least half of what was found of the query, best first."""
        rated = []
        for at, (anchor, text) in enumerate(record.headings):
            forms = self.analyser.forms(text)
            rate = sum(one.idf for one in words if any(form in one.factors for form in forms))
            if rate and rate * 2 >= found:
                rated.append((-rate, at, anchor, text))
        return tuple((anchor, text) for _, _, anchor, text in sorted(rated)[:SECTIONS])


def _score(weights: int, found: int, total: int, *, square: bool) -> float:
    ratio = found / total
    both = ratio * ratio
    return weights * (both if square else both * both)


def _within(phrase: list[str], text: list[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(text)} "


def opened(place: Path, locale: str) -> Index:
    """
    Open the index of a locale in a portal on disk.

    Args:
        place: The output folder of a build.

    Raises: OSError: There is none. ValueError: It is of another version.
    """
    return Index(folder(place), f"{locale}/search/index.json")
