"""
Ask the index: the Python twin of query.mjs.  It reads the files and nothing else, so it proves what a reader will find.

Both compute in the same order with whole numbers as long as they can, so both give the same hits in the same order:

    idf(word)  = round(1000 * ln(1 + (N - df + 1/2) / (df + 1/2))), at least 1: a word that every article holds finds them all
    score      = sum over the words of idf * best(factor * value) * (idf of the words found / idf of all words) ** 3

What a word's kin adds counts as three quarters of the word.  The exponent is 2 where a word is a pair of Han, kana or Thai letters.
Factors are in twentieths, see below.  A word with hyphens or half spaces, and neighbours that articles also write as one word, are one
word, found where it stands and where all its parts do.  A word that no article has falls back to forms that begin so, then to forms one
or two slips of the finger away; a pair of Han letters, to the other way of writing, and to titles that have a letter between the two.
Neighbours in the query that are neighbours in a title or heading weigh in addition, and so does a title or a keyword that is what was
typed, or begins so.  Light words of the rule book are only looked for when the query holds no others.  An article that holds less than
two fifths of what the best one holds is no hit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import Any

from kbgen.search.analyze import ALL, PAIR
from kbgen.search.compounds import joined
from kbgen.search.meant import EXACT, MOST_FORMS, PREFIX, QUOTED, SHORT, holds, meant_by, variants
from kbgen.search.reader import LAST, Files, Shard, folder
from kbgen.search.records import Record

LONGEST = 200  # characters of a query that count
MOST_WORDS = 32
SYNONYM, KIN, SLIP_KIN = 16, 10, 4  # factors, in twentieths; others stand in `meant`
LONGER = 8  # forms that begin with a word that articles have: somebody may still be typing
PAIRED, PAIRED_PREFIX, WHOLE, BEGINS, GAP = 24, 14, 80, 15, 6
SURE = {KIN: 15, SLIP_KIN: 10}  # twentieths of a word that count as found; others count whole
KEPT = (2, 5)  # an article that holds less than this part of what the best one holds is no hit
MOST_SHARDS = 4  # that a beginning looks through
MOST_LOOKS = 20  # articles whose text is searched for a phrase
WINDOW = 6  # words, or pairs of letters, of a synonym
SECTIONS = 2
DIGITS = frozenset("0123456789")


Typed = tuple[str, Sequence[str]]  # a word, and the parts of one that is written with hyphens, half spaces or spaces too


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
    factors: dict[str, int] = field(default_factory=dict)  # form, or forms with ALL between them -> twentieths
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
    phrases: list[Asked]  # pairs of neighbours, and the query as a whole
    scores: dict[int, float]  # of all that match, best first
    held: dict[int, int]  # article -> what it holds of the query
    asked: int  # what an article with all words holds


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
        apart = joined(self.analyser.forms(text)[:MOST_WORDS])
        typed = self._compounds(apart)
        words, phrases = self._words(typed, literal=literal), self._phrases(typed, apart)
        sums: dict[int, int] = {}
        found: dict[int, int] = {}
        for one in words:
            for number, weight in one.best.items():
                sums[number] = sums.get(number, 0) + one.idf * weight
                found[number] = found.get(number, 0) + one.idf * one.sure[number]
        for one in phrases:
            for number, weight in one.best.items():
                if number in sums:
                    sums[number] += one.idf * weight
        total = sum(one.idf * EXACT for one in words)
        square = any(self.analyser.is_gram(one.word) for one in words)
        scores = [
            (-_score(sums[number], held / total, square=square), number)
            for number, held in found.items()
            if held and self._chosen(number, category, kind, tag)
        ]
        least = max((found[number] for _, number in scores), default=0) * KEPT[0]
        kept = sorted((score, number) for score, number in scores if found[number] * KEPT[1] >= least)
        quoted = [forms for forms in map(self.analyser.forms, QUOTED.findall(text)) if forms]
        if quoted:
            kept = [one for one in kept[:MOST_LOOKS] if holds(self, one[1], quoted)]
        hits = [self._hit(number, -score, found[number] // EXACT, words) for score, number in kept[:limit]]
        meant = {one.word: one.meant for one in words if one.meant}
        corrected = " ".join(meant.get(word, word) for word, _ in typed) if meant else ""
        return Answer(hits, len(kept), corrected, words, phrases, {number: -score for score, number in kept}, found, total)

    def _compounds(self, words: list[Typed]) -> list[Typed]:
        """Make neighbours that are written as one word too that word: wi, fi -> wifi."""
        found: list[Typed] = []
        left = deque(words)
        while left:
            one = left.popleft()
            if left and self._joins(one, left[0]) and self.has(one[0] + left[0][0]):
                other = left.popleft()
                one = one[0] + other[0], (one[0], other[0])
            found.append(one)
        return found

    def _joins(self, one: Typed, other: Typed) -> bool:
        pair = [one[0], other[0]]
        if one[1] or other[1] or self.light.issuperset(pair) or set("".join(pair)) <= DIGITS:
            return False
        return not any(map(self.analyser.is_gram, pair))

    def _words(self, typed: list[Typed], *, literal: bool) -> list[Asked]:
        synonyms: dict[str, list[str]] = {}
        for size in range(1, WINDOW + 1) if self.synonyms else ():
            for at in range(len(typed) - size + 1):
                window = [word for word, _ in typed[at : at + size]]
                for word in window:
                    synonyms.setdefault(word, []).extend(self.synonyms.get(PAIR.join(window), ()))
        words = []
        some = dict(typed)
        for word in self.analyser.telling(list(some)):
            same = synonyms.get(word, ())
            words.append(self._ask(word, some[word], typed, literal=literal or bool(same)))
            self._add(words[-1], same, SYNONYM)
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

    def _ask(self, word: str, parts: Sequence[str], typed: list[Typed], *, literal: bool) -> Asked:
        """Find the forms that a word may stand for."""
        asked = Asked(word)
        home = self.home(word)
        row = home.row(word)
        if parts:
            self._add(asked, [ALL.join(self.analyser.telling(parts))], EXACT)
        if word == typed[-1][0] or row < 0:
            self._add(asked, self.beginning(word), PREFIX if row < 0 else LONGER)
        if row >= 0:
            asked.df = 0 if parts else home.df(row)
            self._add(asked, self._kin(word), KIN)
            self._add(asked, [word], EXACT)
        elif self.analyser.is_gram(word):
            asked.factors |= variants(self, word, [other for other, _ in typed], slip=not literal and not asked.factors)
        elif not asked.factors and not literal:
            asked.factors, asked.meant = meant_by(self, word)
            self._add(asked, self._kin(asked.meant) if asked.meant else (), SLIP_KIN)
        if self.analyser.is_gram(word) and self.has(PAIR.join(word)):
            self._add(asked, [PAIR.join(word)], GAP)
        return asked

    def _kin(self, form: str) -> list[str]:
        home = self.home(form)
        return [home.forms[one] for one in home.kin(home.row(form))]

    def _phrases(self, typed: list[Typed], apart: list[Typed]) -> list[Asked]:
        """Find the titles and headings that hold neighbours of the query as neighbours, and what is what was typed, or begins so."""
        found = []
        words = [word for word, _ in typed]
        for pair in dict.fromkeys(self.analyser.pairs(words)):
            found.append(Asked(pair, {pair: PAIRED}))
            if pair.endswith(PAIR + words[-1]):
                self._add(found[-1], [form for form in self._from([self.home(pair)], pair) if not form.endswith(PAIR)], PAIRED_PREFIX)
        spelt = (words, [word for word, _ in apart])
        names = [name for some in spelt for light in (True, False) if (name := self.analyser.whole(some, light=light))]
        found.append(Asked(ALL.join(words)))
        for name in names:
            self._add(found[-1], [form for form in self._from(self._range(name[:-1]), name[:-1]) if form.endswith(PAIR)], BEGINS)
        self._add(found[-1], names, WHOLE)
        for one in found:
            self._weigh(one)
            one.df = len(one.best)
            one.idf = self._idf(one.df)
        return found

    def _from(self, shards: Iterable[Shard], start: str) -> list[str]:
        return [shard.forms[row] for shard in shards for row in shard.rows(start)]

    def has(self, form: str) -> bool:
        """Say whether an article holds a form."""
        return self.home(form).row(form) >= 0

    def _add(self, asked: Asked, forms: Iterable[str], factor: int) -> None:
        for form in forms:
            asked.factors[form] = max(asked.factors.get(form, 0), factor)

    def _weigh(self, asked: Asked) -> None:
        for forms, factor in asked.factors.items():
            for number, value in self.postings(forms):
                asked.best[number] = max(asked.best.get(number, 0), factor * value)
                asked.sure[number] = max(asked.sure.get(number, 0), SURE.get(factor, EXACT))

    def beginning(self, word: str) -> list[str]:
        """Return the forms that begin with a word; of a very short one, the most frequent."""
        if len(word) < SHORT and not self.analyser.is_gram(word) and self.large:
            some = [(-rate, form) for form, rate in self.head.items() if form.startswith(word)]
            return [form for _, form in sorted(some)[:MOST_FORMS]]
        return [form for form in self._from(self._range(word), word) if PAIR not in form]

    def _range(self, start: str) -> list[Shard]:
        """Return the shards that hold the forms that begin so, the first few."""
        return [self.shard(name) for name in self.places(start, start + LAST)[:MOST_SHARDS]]

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


def _score(weights: int, share: float, *, square: bool) -> float:
    return weights * (share * share if square else share * share * share)


def opened(place: Path, locale: str) -> Index:
    """
    Open the index of a locale in a portal on disk.

    Args:
        place: The output folder of a build.

    Raises: OSError: There is none. ValueError: It is of another version.
    """
    return Index(folder(place), f"{locale}/search/index.json")
