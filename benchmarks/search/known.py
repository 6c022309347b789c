"""
Known-item queries: what somebody types who wants one certain article, made from that article: work/queries/<locale>.json.

Usage: known.py [--count 50] [--locales ca,fa]

    title        all words of a title of up to six words, else four of them
    description  four of its rarer words
    heading      a heading that no other article has, at most five words of it
    body         three rarer words of one paragraph
    typo         two or three words of the title, one with a slip
    prefix       one or two words of the title, the last one cut to three to five letters (zh: the title broken off)
    variant      words of the title in another spelling: marks off, cedillas, Arabic letters, ZWNJ, Simplified, hyphens, apostrophes
    inflection   words of the title, one in another form that the article itself does not have (not in Chinese)

Whatever order a class draws in, words keep the order of the text.  Each class has a development half and a test half, of different
articles; nobody tunes on the test half.  Articles with the same title, or the same heading, count as right too.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from slips import can_slip, inflected, typo, variants
from sources import WORK, Article, load

CLASSES = ("title", "description", "heading", "body", "typo", "prefix", "variant", "inflection")
HALVES = ("dev", "test")
COUNT = 50  # queries of a class in each half
SEED = 20261122
COMMON = 0.1  # a word in more than this share of the articles is not what one would type to find this one
STEMMERS = {"en": "english", "ca": "catalan", "ro": "romanian", "fa": "persian"}
_WORD = re.compile(r"[\w\u200c·'’-]*\w")


class Maker:
    """Draws the queries of one locale."""

    def __init__(self, locale: str, articles: list[Article]) -> None:
        """Learn how common each word is, and which words are forms of each other."""
        self._locale, self._articles = locale, articles
        self._cut = _chinese_words() if locale == "zh-Hant" else _WORD.findall
        self._simplified = _to_simplified() if locale == "zh-Hant" else str
        self._said = [self._words_of(article) for article in articles]
        self._in = Counter(word for said in self._said for word in said)
        self._titles = _alike((article.title, article.id) for article in articles)
        self._headings = _alike((heading, article.id) for article in articles for heading in article.headings)
        self._stem = _stemmer(locale)
        self._families: dict[str, list[str]] = defaultdict(list)
        for form in sorted(self._in) if locale in STEMMERS else ():
            if form.isalpha():
                self._families[self._stem(form)].append(form)

    def queries(self, count: int) -> dict[str, list[dict[str, object]]]:
        """Return half -> its queries, each with its class, text and the articles that are right."""
        halves: dict[str, list[dict[str, object]]] = {half: [] for half in HALVES}
        for kind in CLASSES:
            draw = random.Random(f"{SEED} {self._locale} {kind}")
            order = draw.sample(range(len(self._articles)), len(self._articles))
            asked: set[str] = set()
            for number in order:
                made = getattr(self, f"_{kind}")(number, draw)
                text = " ".join(made[0].split()) if made else ""
                if made and text and text not in asked:
                    half = HALVES[len(asked) % 2]
                    asked.add(text)
                    halves[half].append({"class": kind, "query": text, "right": sorted(made[1])})
                if len(asked) == 2 * count:
                    break
        return halves

    def _words_of(self, article: Article) -> set[str]:
        text = "\n".join((article.title, article.description, *article.headings, article.body))
        return {word.lower() for word in self._cut(text)}

    def _rare(self, words: list[str]) -> list[int]:
        """Return where the words stand that are worth typing."""
        limit = COMMON * len(self._articles)
        return [at for at, word in enumerate(words) if self._in[word.lower()] <= limit and (len(word) > 2 or self._locale == "zh-Hant")]

    def _right(self, number: int) -> set[str]:
        return self._titles[_key(self._articles[number].title)]

    def _joined(self, words: list[str], places: list[int]) -> str:
        """Return some words of a text in its order; Chinese ones that are neighbours stay together."""
        made = ""
        for before, at in zip([-2, *places], places, strict=False):
            close = self._locale == "zh-Hant" and at == before + 1 and not (words[at] + words[before]).isascii()
            made += words[at] if close else f" {words[at]}"
        return made.strip()

    def _some(self, words: list[str], count: int, draw: random.Random) -> list[int]:
        """Return places of up to so many words, rare ones first."""
        rare = self._rare(words)
        chosen = draw.sample(rare, min(count, len(rare)))
        rest = [at for at in range(len(words)) if at not in chosen]
        return sorted(chosen + draw.sample(rest, max(0, min(count - len(chosen), len(rest)))))

    def _title(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        words = self._cut(self._articles[number].title)
        if not self._rare(words):
            return None
        return self._joined(words, list(range(len(words))) if len(words) <= 6 else self._some(words, 4, draw)), self._right(number)

    def _description(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        words = self._cut(self._articles[number].description)
        rare = self._rare(words)
        return (self._joined(words, sorted(draw.sample(rare, 4))), self._right(number)) if len(rare) >= 4 else None

    def _heading(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        fits = [heading for heading in self._articles[number].headings if len(self._headings[_key(heading)]) == 1]
        words = self._cut(draw.choice(fits)) if fits else []
        if len(words) < 2 or not self._rare(words):
            return None
        return self._joined(words, list(range(len(words))) if len(words) <= 5 else self._some(words, 5, draw)), {self._articles[number].id}

    def _body(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        paragraphs = [words for line in self._articles[number].body.split("\n") if len(self._rare(words := self._cut(line))) >= 3]
        if not paragraphs:
            return None
        words = draw.choice(paragraphs)
        places = {words[at].lower(): at for at in self._rare(words)}
        return (self._joined(words, sorted(draw.sample(sorted(places.values()), 3))), self._right(number)) if len(places) >= 3 else None

    def _typo(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        words = self._cut(self._articles[number].title)
        places = self._some(words, 3, draw)
        if self._locale == "zh-Hant":
            return self._chinese_typo(number, draw)
        able = [at for at in places if at in self._rare(words) and can_slip(words[at])]
        if not able or len(places) < 2:
            return None
        wrong = draw.choice(able)
        return self._joined(
            [typo(word, draw, self._locale) if at == wrong else word for at, word in enumerate(words)], places
        ), self._right(number)

    def _chinese_typo(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        runs = re.findall(r"[\u3400-\u9fff]{4,}", self._articles[number].title)
        run = draw.choice(runs)[:8] if runs else ""
        return (typo(run, draw, self._locale), self._right(number)) if run else None

    def _prefix(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        title = self._articles[number].title
        if self._locale == "zh-Hant":
            run = re.match(r"[\u3400-\u9fff]{3,}", title)
            return (run[0][: draw.choice((3, 4, 5))], self._right(number)) if run else None
        words = self._cut(title)
        rare = [at for at in self._rare(words) if len(words[at]) >= 6 and words[at].isalpha()]
        if not rare:
            return None
        last = draw.choice(rare)
        before = [at for at in self._rare(words) if at < last]
        first = [draw.choice(before)] if before else []
        return " ".join([*(words[at] for at in first), words[last][: draw.choice((3, 4, 5))]]), self._right(number)

    def _variant(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        words = self._cut(self._articles[number].title)
        text = self._joined(words, self._some(words, 4, draw))
        fits = variants(text, self._locale, self._simplified)
        return (draw.choice(fits), self._right(number)) if fits and self._rare(words) else None

    def _inflection(self, number: int, draw: random.Random) -> tuple[str, set[str]] | None:
        if self._locale not in STEMMERS:
            return None
        words = self._cut(self._articles[number].title)
        places = self._some(words, 3, draw)
        forms = {at: inflected(words[at], self._families, self._stem, self._said[number]) for at in places if at in self._rare(words)}
        able = [at for at, others in forms.items() if others]
        if not able or len(places) < 2:
            return None
        other = draw.choice(able)
        return self._joined([draw.choice(forms[other]) if at == other else word for at, word in enumerate(words)], places), self._right(
            number
        )


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _alike(pairs: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for text, name in pairs:
        found[_key(text)].add(name)
    return found


def _stemmer(locale: str) -> Callable[[str], str]:
    if locale not in STEMMERS:
        return str
    import snowballstemmer

    stem = snowballstemmer.stemmer(STEMMERS[locale])
    return lambda word: str(stem.stemWord(word))


def _chinese_words() -> Callable[[str], list[str]]:
    """Return a cutter of Chinese text into words; what is no letter or digit is left out."""
    sys.path.append(str(WORK / "python"))
    import jieba

    jieba.setLogLevel(60)
    return lambda text: [word for word in jieba.cut(text) if re.fullmatch(r"\w+", word)]


def _to_simplified() -> Callable[[str], str]:
    sys.path.append(str(WORK / "python"))
    from opencc import OpenCC

    return OpenCC("t2s").convert  # type: ignore[no-any-return]


def short(made: Mapping[str, Sequence[Mapping[str, object]]], count: int) -> list[str]:
    """Return the classes for which a corpus did not give enough queries: "inflection 43 and 42"; those without any are left out."""
    counts = {kind: [sum(query["class"] == kind for query in made[half]) for half in HALVES] for kind in CLASSES}
    return [f"{kind} {' and '.join(map(str, some))}" for kind, some in counts.items() if 0 < sum(some) < len(HALVES) * count]


def queries(locale: str) -> dict[str, list[dict[str, object]]]:
    """Read the queries of a locale.  Raises: FileNotFoundError: If known.py has not made them."""
    found = json.loads((WORK / "queries" / f"{locale}.json").read_bytes())
    return {half: found[half] for half in HALVES}


def main() -> None:
    """Draw the queries of every corpus that was laid out."""
    parser = argparse.ArgumentParser(description="Draw known-item queries from the corpora.")
    parser.add_argument("--count", type=int, default=COUNT, help=f"queries of a class in each half (default: {COUNT})")
    parser.add_argument("--locales", default="", help="only these, with commas between")
    asked = parser.parse_args()
    folder: Path = WORK / "queries"
    folder.mkdir(parents=True, exist_ok=True)
    for corpus in sorted((WORK / "corpora").glob("*.json")):
        if not asked.locales or corpus.stem in asked.locales.split(","):
            made = Maker(corpus.stem, load(corpus.stem)).queries(asked.count)
            (folder / corpus.name).write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
            print(corpus.stem, dict(Counter(str(query["class"]) for half in made.values() for query in half)))
            if few := short(made, asked.count):
                print(f"{corpus.stem}: fewer than {asked.count} queries in each half: {', '.join(few)}", file=sys.stderr)


if __name__ == "__main__":
    main()
