"""
The plain index: one file per locale, which the browser loads whole when the search field gets focus.

It is made of blocks of up to BLOCK articles, each a pure function of their counted terms, so that one changed article aggregates
one block anew.  `kbgen.search.query` reads the file, query.mjs reads it in the browser.

    {"version": 1, "locale": "ro", "rules": {the rule book}, "kinds": [..], "categories": [..],
     "records": [[url, title, description, category, kind, [tag ..], [id, text, id, text ..]] ..],
     "scale": [..], "blocks": [{"count": articles, "base": [..], "forms": "AresetFsBt", "posts": "C3c12hD"} ..]}

Forms and postings hold no capital letters of their own, so a capital begins the next one.  For a form, it says how many letters are
those of the form before (A none, B one ..); then come the others.  For its postings, each a letter and a distance, the first letter is
the capital: the letter says how much the form weighs there, `scale` of it times the `base` of the article, in hundredths each; the distance
(nothing means 0) says how many articles lie between.  A base is the weight of a form that stands once in the body, at the least boost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from kbgen.search.analyze import FIELDS, rules, utf16

BLOCK = 256  # articles
BOOSTS: Mapping[str, float] = {"title": 3.0, "keywords": 3.0, "headings": 1.5, "description": 1.5, "tags": 1.5, "body": 1.0}
K1, B = 1.2, 0.75  # as lunr has them
STEPS_IN_DOUBLE = 4  # steps of the scale from a weight to twice that weight
BASE_STEP = 2  # the step of a weight that is the article's base
SCALE = [round(100 * 2 ** ((step - BASE_STEP) / STEPS_IN_DOUBLE)) for step in range(26)]
DESCRIPTION = 160  # characters shown of a description; half as many in scripts of wide characters
LONG_WORD = 30  # a description is cut within a word only if it is longer
VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """What a result shows of an article."""

    url: str  # relative to the top of the portal
    title: str
    description: str
    category: str  # its title
    kind: str
    tags: tuple[str, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()  # anchor, text


def block(packed: Sequence[bytes], boosts: Mapping[str, float] = BOOSTS) -> bytes:
    """
    Aggregate the counted terms of some articles.

    Args:
        packed: What `analyze.pack` made of each, in the order of the records; at most BLOCK of them.
        boosts: Field -> weight of a word in it, relative to one another; a word is not found by a field whose boost is 0.  The scale
            reaches to some fifty times the least of them.

    Returns: A piece of the index; the same bytes for the same counts, whatever else the site holds.
    Source: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; k1, b and boosts as in lunr.
    """
    articles = [{name: [(times, line.split(" ")) for times, line in lines] for name, lines in json.loads(row).items()} for row in packed]
    lengths = [{name: sum(times * len(forms) for times, forms in lines) for name, lines in article.items()} for article in articles]
    averages = {name: _two_digits([one[name] for one in lengths if name in one]) for name in FIELDS}
    least = min((boost for boost in boosts.values() if boost > 0), default=1.0)
    shares = {name: boosts.get(name, 0.0) / least for name in FIELDS}
    bases = [_weight(1, length.get("body", 0), averages["body"]) for length in lengths]
    rows: dict[str, list[Any]] = {}  # form -> number of its last article, its postings as they are written
    for number, article in enumerate(articles):
        letters = _Letters(bases[number])
        for form, weight in _weights(article, lengths[number], averages, shares).items():
            row = rows.get(form)
            if row is None:
                rows[form] = [number, letters[weight].upper() + _GAPS[number]]
            else:
                row[1] += letters[weight] + _GAPS[number - row[0] - 1]
                row[0] = number
    forms = sorted(rows, key=utf16)
    base = [round(100 * weight) for weight in bases]
    return _json({"count": len(packed), "base": base, "forms": _front_coded(forms), "posts": "".join(rows[form][1] for form in forms)})


class _Letters(dict[float, str]):
    """How the weights of an article are written; most of its forms have the same few weights."""

    def __init__(self, base: float) -> None:
        super().__init__()
        self._base = base

    def __missing__(self, weight: float) -> str:
        step = round(STEPS_IN_DOUBLE * log2(weight / self._base)) + BASE_STEP
        self[weight] = letter = chr(ord("a") + min(25, max(0, step)))
        return letter


def index(locale: str, records: Sequence[Record], blocks: Sequence[bytes]) -> bytes:
    """
    Put a locale's index together.

    Args:
        locale: Whose rule book goes along.
        records: All articles of the locale, in the order in which the blocks count them.
        blocks: The pieces that `block` made.

    Returns: The file; the same bytes for the same arguments.
    Raises: ValueError: If the blocks do not hold as many articles as there are records.
    """
    counted = sum(int(one[len(b'{"count":') : one.index(b",")]) for one in blocks)
    if counted != len(records):
        message = f"the blocks hold {counted} articles, but there are {len(records)} records"
        raise ValueError(message)
    kinds = sorted({record.kind for record in records})
    categories = sorted({record.category for record in records}, key=utf16)
    kind_at, category_at = ({name: number for number, name in enumerate(names)} for names in (kinds, categories))
    rows = [_row(record, category_at[record.category], kind_at[record.kind]) for record in records]
    head = {
        "version": VERSION,
        "locale": locale,
        "rules": rules(locale),
        "kinds": kinds,
        "categories": categories,
        "records": rows,
        "scale": SCALE,
    }
    return _json(head)[:-1] + b',"blocks":[' + b",".join(blocks) + b"]}"


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _row(record: Record, category: int, kind: int) -> list[Any]:
    headings = [text for heading in record.headings for text in heading]
    shown = _shortened(record.description)
    return [record.url, record.title, shown, category, kind, list(record.tags), headings]


def _shortened(text: str) -> str:
    """Cut a description to what a result has room for, between words where there are any; Han and kana take twice the room."""
    room = 0
    for at, letter in enumerate(text):
        room += 2 if "\u2e80" <= letter <= "\u9fff" else 1
        if room > DESCRIPTION:
            kept, _, word = text[: at + 1].rpartition(" ")
            return (kept if kept and len(word) <= LONG_WORD else text[:at]).rstrip(" ,;:–—") + "…"
    return text


def _two_digits(numbers: Sequence[int]) -> float:
    """Return the average rounded to two digits: a small edit then leaves the weights of the neighbours as they are."""
    return float(f"{sum(numbers) / len(numbers):.1e}") if numbers else 1.0


def _weight(times: int, length: int, average: float) -> float:
    """Return BM25 of a form in a field: (k1 + 1) * tf / (k1 * (1 - b + b * length / average) + tf)."""
    return (K1 + 1) * times / (K1 * (1 - B + B * length / average) + times)


def _weights(
    article: Mapping[str, list[tuple[int, list[str]]]],
    lengths: Mapping[str, int],
    averages: Mapping[str, float],
    boosts: Mapping[str, float],
) -> dict[str, float]:
    """Return form -> BM25F weight, the sum over the fields of boost times BM25."""
    weights: dict[str, float] = {}
    get = weights.get
    for name in reversed(FIELDS):  # the body first: nearly all its forms are new
        boost = boosts[name]
        for times, forms in article.get(name, ()) if boost else ():
            weight = boost * _weight(times, lengths[name], averages[name])
            if name == "body":
                weights.update(dict.fromkeys(forms, weight))
            else:
                for form in forms:
                    weights[form] = get(form, 0.0) + weight
    return weights


def _front_coded(forms: Sequence[str]) -> str:
    coded, before = [], ""
    for form in forms:
        shared = 0
        for one, other in zip(before[:25], form, strict=False):
            if one != other or one > "\uffff":
                break
            shared += 1
        coded.append(chr(ord("A") + shared) + form[shared:])
        before = form
    return "".join(coded)


_GAPS = ["", *map(str, range(1, BLOCK))]
