"""
Text -> forms, by the rule book in rules/*.json and nothing else; analyze.mjs reads the same files and gives the same forms.

A text is cut at white space first, and what a piece becomes is remembered: a help centre uses the same few thousand words again
and again, so an article of 3 kB costs a look-up per distinct word.  (White space is among the separators of the rule book, and no
rule looks across it, so the browser may work on the whole text.)
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from kbgen.search.compounds import joined
from kbgen.search.ranges import Table, inside, spans

FIELDS = ("title", "keywords", "headings", "description", "tags", "body")
PAIRED = ("title", "headings")  # fields whose neighbouring words are counted as pairs too, under "title+" and "headings+"
WHOLE = ("title", "keywords")  # fields each text of which is counted as a whole too, under the same names
PAIR = "+"  # between the words of a pair, and behind a whole: a separator of every rule book, so no form holds it
ALL = " "  # between forms that have to stand in one article
MOST_WHOLE, FULL, BRIEF = 6, 2, 3  # words of a whole that count, that stand there in full, and letters of the others
BOOKS = Path(__file__).parent / "rules"
REMEMBERED = 100_000  # pieces; beyond it the memory of a locale begins anew
LONG_PIECE = 32  # longer pieces are sentences without spaces, which do not come again

Rules = Mapping[str, Any]
Forms = tuple[str, ...]


@cache
def rules(locale: str) -> Rules:
    """
    Return the rule book of a locale: the common rules with those of its language added.

    Args:
        locale: A BCP 47 tag; "zh-Hant" takes the rules of "zh" and then its own, where there are such.

    Returns: Plain values; the browser gets the very same (`about`, which is for people, left out).
    """
    merged = _read("common")
    parts = locale.split("-")
    for end in range(1, len(parts) + 1):
        for key, value in _read("-".join(parts[:end])).items():
            merged[key] = {**merged[key], **value} if isinstance(value, dict) else merged[key] + value
    return {key: merged[key] for key in sorted(merged) if key != "about"}


def _read(name: str) -> dict[str, Any]:
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        return {}
    path = BOOKS / f"{name}.json"
    return dict(json.loads(path.read_bytes())) if path.is_file() else {}


def analyser(locale: str) -> Callable[[str], list[str]]:
    """
    Return the function that cuts a text of a locale into forms, in the order of the text.

    The function never raises, whatever the text: lone surrogates, control characters and marks are separators or fall away.
    """
    return _reader(locale).forms


@cache
def _reader(locale: str) -> Analyser:
    return Analyser(rules(locale))


def utf16(form: str) -> bytes:
    """Return the key that sorts as JavaScript does: by UTF-16 units."""
    return form.encode("utf-16-be", "surrogatepass")


class Analyser:
    """An interpreter of one rule book, with the memory of the pieces it has seen."""

    def __init__(self, book: Rules) -> None:
        """Make the tables ready; they learn about a character when they meet it."""
        self._memory: dict[str, Forms] = {}
        self._before, self._after = frozenset(book["before"]), frozenset(book["after"])
        self._replace = [tuple(pair) for pair in book["replace"]]
        self._longest: int = book["longest"]
        self._inside = book["apostrophes"] + book["joiners"]
        self._outer = Table(book["separators"], " ", self._inside + book["inner"])
        self._separate = Table(book["separators"], " ", self._inside)
        self._fold = Table(book["marks"], "", "", book["fold"])
        self._apostrophes, self._joiners = book["apostrophes"], book["joiners"]
        self._light = frozenset(book["light"])
        self._grams = spans(book["grams"])
        self._runs = re.compile("[{0}]+|[^{0}]+".format("".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in self._grams)))

    def forms(self, text: str) -> list[str]:
        """Return the forms of a text in its order."""
        found: list[str] = []
        for piece in text.split():
            found += self.piece(piece)
        return found

    def count(self, text: str) -> dict[str, int]:
        """Return how often each form stands in a text."""
        counts: dict[str, int] = {}
        known, get = self._memory, counts.get
        for piece, times in Counter(text.split()).items():
            for form in known.get(piece) or self.piece(piece):
                counts[form] = get(form, 0) + times
        return counts

    def telling(self, words: Sequence[str]) -> Sequence[str]:
        """Return the words that say something, or all where none does."""
        return [word for word in words if word not in self._light] or words

    def pairs(self, words: Sequence[str]) -> list[str]:
        """Return the pairs of neighbours, of words with spaces between them, the first of which says something; *words* as of `joined`."""
        return [
            one + PAIR + other
            for one, other in pairwise(words)
            if one not in self._light and not self.is_gram(one) and not self.is_gram(other)
        ]

    def gaps(self, words: Sequence[str]) -> list[str]:
        """Return the letters of a script without spaces that have one letter between them, which a reader may leave out or mistype."""
        return [one[0] + PAIR + other[1] for one, other in pairwise(words) if self.overlap(one, other)]

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two pairs of letters share one."""
        return len(one) == len(other) == 2 and one[1] == other[0] and self.is_gram(one)  # noqa: PLR2004 - pairs

    def whole(self, words: Sequence[str], *, light: bool = True) -> str:
        """
        Return one form for a text as a whole, which begins with its first word that says something; "" for no words.

        Args:
            words: What `joined` made of a text.
            light: Count light words where only one says something; without them "How to return" is as a whole what "Return" is.
        """
        some = [word for word in words if word not in self._light]
        if not some or (light and len(some) == 1):
            some += [word for word in words if word in self._light]
        made = ""
        for number, word in enumerate(some[:MOST_WHOLE]):
            if number and self.overlap(some[number - 1], word):
                made += word[1]
            else:
                made += (PAIR if number else "") + (word if number < FULL else word[:BRIEF])
        return made + PAIR if made else ""

    def piece(self, piece: str) -> Forms:
        """Return the forms of a text without white space."""
        known = self._memory.get(piece)
        if known is None:
            known = tuple(self._analysed(piece))
            if len(piece) <= LONG_PIECE:
                if len(self._memory) >= REMEMBERED:
                    self._memory.clear()
                self._memory[piece] = known
        return known

    def is_gram(self, form: str) -> bool:
        """Say whether a form is made of a script without spaces."""
        return not form[0].isascii() and inside(self._grams, ord(form[0]))

    def _analysed(self, piece: str) -> list[str]:
        text = piece if piece.isascii() else unicodedata.normalize("NFKC", piece.translate(self._outer))
        text = text.lower()
        for old, new in self._replace:
            text = text.replace(old, new)
        found: list[str] = []
        for word in text.translate(self._separate).split(" "):
            if word.isascii() and word.isalnum():
                found.append(word[: self._longest])
            else:
                for part in self._parted(word.strip(self._inside)):
                    found += self._folded(part)
        return found

    def _parted(self, word: str) -> list[str]:
        """Part a word at its joiners and keep the joined form too; runs of a script without spaces stay out of it."""
        if not any(joiner in word for joiner in self._joiners):
            return list(filter(None, [self._bare(word)]))
        found = []
        for run in self._runs.findall(word):
            parts = [bare for part in _split(run, self._joiners) if (bare := self._bare(part))]
            found += [*parts, "".join(parts)] if len(parts) > 1 else parts
        return found

    def _bare(self, word: str) -> str:
        """Cut off elided words and close the other apostrophes up."""
        parts = _split(word, self._apostrophes)
        first, last = 0, len(parts)
        while first < last - 1 and parts[first] in self._before:
            first += 1
        while first < last - 1 and parts[last - 1] in self._after:
            last -= 1
        return "".join(parts[first:last])

    def _folded(self, word: str) -> Sequence[str]:
        if word.isascii():
            return (word[: self._longest],)
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(self._fold))
        found: list[str] = []
        for run in self._runs.findall(text):
            if len(run) > 1 and self.is_gram(run):
                found += [run[at : at + 2] for at in range(len(run) - 1)]
            else:
                found.append(run[: self._longest])
        return found


def _split(text: str, marks: str) -> list[str]:
    for mark in marks[1:]:
        text = text.replace(mark, marks[0])
    return text.split(marks[0])


def terms(fields: Mapping[str, str | Sequence[str]], locale: str) -> dict[str, dict[str, int]]:
    """
    Count the forms of one article.

    Args:
        fields: Any of title, keywords, headings, description, tags, body; visible text, or several texts.
        locale: The article's locale.

    Returns: field -> form -> how often, for the fields that hold a form; under the names of PAIRED with a "+" the pairs of neighbouring
        words of each text, under those of WHOLE each text as a whole; a pure function of its arguments.
    """
    reader = _reader(locale)
    counted = {}
    for name in FIELDS:
        value = fields.get(name, "")
        found = reader.count(value if isinstance(value, str) else "\n".join(value))
        if found:
            counted[name] = found
    for name in dict.fromkeys((*PAIRED, *WHOLE)):
        value = fields.get(name, "")
        pairs: Counter[str] = Counter()
        for text in (value,) if isinstance(value, str) else value:
            words = [word for word, _ in joined(reader.forms(text))]
            pairs.update(reader.pairs(words) if name in PAIRED else ())
            pairs.update(reader.gaps(words) if name == "title" else ())
            pairs.update(filter(None, [reader.whole(words)] if name in WHOLE else ()))
        if pairs:
            counted[name + PAIR] = dict(pairs)
    return counted


def pack(counted: Mapping[str, Mapping[str, int]]) -> bytes:
    """
    Return the counts of `terms` as bytes for the shelf.

    The first line holds the lengths of FIELDS in forms; then a line for each field and count, "body 2", a tab and the forms, sorted.
    """
    lines = [" ".join(str(sum(counted.get(name, {}).values())) for name in FIELDS)]
    for name, forms in counted.items():
        groups: dict[int, list[str]] = {}
        for form, times in forms.items():
            groups.setdefault(times, []).append(form)
        lines += [f"{name} {times}\t{' '.join(sorted(groups[times]))}" for times in sorted(groups)]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def lengths_of(packed: bytes) -> list[int]:
    """Return how many forms each of FIELDS holds, without opening the rest."""
    return [int(length) for length in packed.partition(b"\n")[0].split()]


def groups_of(packed: bytes) -> Iterator[tuple[str, int, list[str]]]:
    """Yield field, count and the forms that stand so often in it, in the order in which they were packed."""
    for line in packed.decode("utf-8", "surrogatepass").split("\n")[1:]:
        name, _, forms = line.partition("\t")
        field, _, times = name.partition(" ")
        yield field, int(times), forms.split(" ")


def unpack(packed: bytes) -> dict[str, dict[str, int]]:
    """Return what `pack` was given."""
    counted: dict[str, dict[str, int]] = {}
    for name, times, forms in groups_of(packed):
        counted.setdefault(name, {}).update(dict.fromkeys(forms, times))
    return counted
