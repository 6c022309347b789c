"""
The file of a locale that names all others; its own name stays, so that pages need not change when an article does.

    {"version": 3, "locale": "ro", "count": articles, "cut": postings kept of a form, "base": where the files lie, "rules": the rule book,
     "shards": the separators, front-coded, "names": the shards' names, seven letters each, "deep": whether those are names of pages
     instead, each [separators, names] of some shards, "records": the names of the chunks, one a block, "head": name, "facets": name,
     "synonyms": {form: [form ..]}, "characters": name or ""}

The ranges of the rule book are written as numbers: how far each begins behind the end of the one before, and how far it reaches.  A form
stands in the last shard whose separator does not come after it.  A file's address is base + name + ".json", for a chunk of
records base + name + digit + ".json".  The head is [forms, classes]: the 2,000 words that most articles hold, sorted, and for each
one a number that grows by two when the articles double.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from kbgen.search.analyze import PAIR
from kbgen.search.blocks import ordered
from kbgen.search.numbers import front_coded, read, written
from kbgen.search.ranges import spans
from kbgen.search.shards import CUT, CUT_LARGE, LARGE, SIZE, SIZE_LARGE, as_json, is_border

VERSION = 3
HEAD = 2_000  # forms
TOP = 48  # forms that a run of shards proposes for the head
RANGES = ("separators", "marks", "grams")
FLAT = 600  # shards that the manifest itself names
PAGE = 64  # shards of a page
FOLDER = "assets/search"  # what lies in assets/ is served as never changing


@dataclass(frozen=True, slots=True)
class Parts:
    """All that the manifest of a locale names."""

    count: int
    separators: Sequence[str]
    shards: Sequence[str]  # names
    deep: bool  # they are pages of names
    records: Sequence[str]  # names
    head: str
    facets: str
    synonyms: Mapping[str, Sequence[str]]
    characters: str


def cut_of(count: int) -> int:
    """Return how many postings are kept of a form at so many articles, at least."""
    return CUT if count <= LARGE else CUT_LARGE


def size_of(count: int) -> int:
    """Return how many letters a shard has on average at so many articles."""
    return SIZE if count <= LARGE else SIZE_LARGE


def manifest(locale: str, rules: Mapping[str, Any], parts: Parts) -> bytes:
    """Write the manifest."""
    content: dict[str, Any] = {
        "version": VERSION,
        "locale": locale,
        "count": parts.count,
        "cut": cut_of(parts.count),
        "base": f"../../{FOLDER}/{locale}/",
        "head": parts.head,
        "facets": parts.facets,
        "shards": front_coded(parts.separators),
        "names": "".join(parts.shards),
        "deep": parts.deep,
        "records": "".join(parts.records),
        "synonyms": parts.synonyms,
        "characters": parts.characters,
        "rules": {key: _closed(value) if key in RANGES else value for key, value in rules.items()},
    }
    return as_json(content)


def _closed(lines: Sequence[str]) -> str:
    numbers, last = [], 0
    for first, end in spans(lines):
        numbers += [first - last, end - first]
        last = end
    return "".join(map(written, numbers))


def opened_rules(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule book as `analyze.rules` has it, from the manifest."""
    found = dict(rules)
    for key in RANGES:
        line, last, numbers = [], 0, iter(read(rules[key]))
        for gap in numbers:
            first = last + gap
            last = first + next(numbers)
            line.append(f"{first:X}-{last:X}")
        found[key] = [" ".join(line)]
    return found


def pages(separators: Sequence[str], names: Sequence[str]) -> list[tuple[str, bytes]]:
    """
    Write the pages of a directory that is too long for the manifest; their borders hang on the names, so that an edit changes few.

    Returns: The first separator of each, and the page.
    """
    found, start = [], 0
    for at in range(1, len(names) + 1):
        if at == len(names) or at - start >= 2 * PAGE or (at - start >= PAGE // 2 and separators[at] and is_border(separators[at])):
            found.append((separators[start], as_json([front_coded(separators[start:at]), "".join(names[start:at])])))
            start = at
    return found


def head(tops: Iterable[tuple[int, str]]) -> bytes:
    """Write the head; *tops* are pairs of how many articles hold a form, and the form."""
    best = sorted(tops, key=lambda top: (-top[0], top[1]))[:HEAD]
    classes = {form: round(2 * log2(df)) for df, form in best}
    forms = ordered(classes)
    return as_json([front_coded(forms), "".join(written(classes[form]) for form in forms)])


def is_head(form: str, df: int) -> bool:
    """Say whether a form may stand in the head: a word that several articles hold."""
    return df > 1 and len(form) > 2 and PAIR not in form and not form[0].isdigit() and max(form) < "\u2e80"
