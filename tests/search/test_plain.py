"""The plain index: deterministic, small, exact in its weights."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from time import process_time
from typing import Any

import pytest
from search.engines import LOCALES, index_of, library, sample

from kbgen.config import Boosts
from kbgen.search import analyze, plain
from kbgen.search.query import Index


def opened(data: bytes) -> dict[str, Any]:
    """Return the content of an index file."""
    return dict(json.loads(data))


def test_same_articles_same_bytes() -> None:
    """The file is a pure function of its articles."""
    assert index_of(*library(3, 40)) == index_of(*library(3, 40))


def test_changed_body_changes_one_block() -> None:
    """An edit leaves the blocks of other articles as they are, byte for byte, and the records too."""
    articles = library(5, 40)
    before = opened(index_of(*articles, block=10))
    articles[17]["body"] += " zebra"
    after = opened(index_of(*articles, block=10))

    assert [one == other for one, other in zip(before["blocks"], after["blocks"], strict=True)] == [True, False, True, True]
    assert before["records"] == after["records"]


def test_forms_come_back_in_the_order_of_javascript() -> None:
    """Front coding loses nothing, and forms stand in UTF-16 order: a letter beyond U+FFFF comes before U+FA0E."""
    texts = "zebra reset resets resetting 𐒰 𐒱x \ufa0e 退貨 __proto__ constructor"
    index = Index(index_of({"title": "x", "body": texts}))
    forms = index.blocks[0].forms

    assert sorted(forms) == sorted({*analyze.analyser("en")(texts), "x"})
    assert forms == sorted(forms, key=lambda form: form.encode("utf-16-be"))
    assert forms.index("\U000104d8") < forms.index("\ufa0e")


def test_weight_is_bm25f() -> None:
    """A form in a title and twice in a body weighs the sum of both fields' BM25, to a step of the scale (9 percent)."""
    index = Index(index_of({"title": "lamp", "body": "lamp lamp off"}))
    expected = 3 * 2.2 * 1 / (1.2 + 1) + 1 * 2.2 * 2 / (1.2 + 2)
    [block] = index.blocks
    [(number, weight)] = index._postings(block, block.forms.index("lamp"))
    [(_, alone)] = index._postings(block, block.forms.index("off"))

    assert (number, alone) == (0, 100 * 100)
    assert weight / 10_000 == pytest.approx(expected, rel=0.1)


def test_boosts_are_relative_and_zero_means_not_found() -> None:
    """The defaults are those of the settings; boosts count relative to one another, and a field of boost 0 is not searched."""
    packed = [sample(0, title="lamp", body="hub")[1], sample(1, title="hub", body="lamp")[1]]
    titles = {**dict.fromkeys(plain.BOOSTS, 0.0), "title": 0.001}

    assert dict(plain.BOOSTS) == asdict(Boosts())
    assert plain.block(packed) == plain.block(packed, {name: boost * 7 for name, boost in plain.BOOSTS.items()})
    assert sum(letter.isalpha() for letter in opened(plain.block(packed, titles))["posts"]) == len(packed), "one posting for each title"
    assert opened(plain.block(packed, dict.fromkeys(plain.BOOSTS, 0.0)))["forms"] == ""


def test_title_outweighs_heading_outweighs_body() -> None:
    """The same word is worth most in a title, less in a heading, least in a body."""
    filler = {"title": "one two", "headings": ["three four"], "body": "five six seven"}
    index = Index(
        index_of(
            {**filler, "body": "five six lamp", "title": "one two"},
            {**filler, "headings": ["three lamp"]},
            {**filler, "title": "one lamp"},
            filler,
        )
    )

    assert [hit.number for hit in index.query("lamp")] == [2, 1, 0]


def test_postings_of_a_full_block_come_back() -> None:
    """Every article of a block of 256 is found by a form that all have, one that few have and one that only it has."""
    articles = [{"title": f"common own{number}x" + " third" * (number % 3 == 0)} for number in range(plain.BLOCK)]
    [block] = Index(index_of(*articles)).blocks
    index = Index(index_of(*articles))

    def numbers(form: str) -> list[int]:
        return [number for number, _ in index._postings(block, block.forms.index(form))]

    assert numbers("common") == list(range(plain.BLOCK))
    assert numbers("third") == list(range(0, plain.BLOCK, 3))
    assert all(numbers(f"own{number}x") == [number] for number in range(plain.BLOCK))


def test_records_and_blocks_must_agree() -> None:
    """A file whose blocks count other articles than its records is never written."""
    record, terms = sample(0)

    with pytest.raises(ValueError, match="hold 1 articles, but there are 2 records"):
        plain.index("en", [record, record], [plain.block([terms])])


def test_empty_locale_has_an_index() -> None:
    """A locale without articles still has a file, and it answers."""
    data = plain.index("fa", [], [])

    assert Index(data).query("رمز") == []
    assert Index(plain.index("fa", [], [plain.block([])])).query("رمز") == []


@pytest.mark.parametrize("title", ["</script><script>alert(1)</script>", "a\u2028b\u2029c", "__proto__", "constructor", '"\\\u0000'])
def test_hostile_titles_load(title: str) -> None:
    """Titles that would break out of a script or an object stay text."""
    index = Index(index_of({"title": title, "body": "constructor __proto__ toString"}))

    assert index.records[0].title == title
    assert [hit.number for hit in index.query("constructor")] == [0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * 160, "a" * 160),
        ("a" * 161, "a" * 160 + "…"),
        ("退" * 80, "退" * 80),
        ("退" * 81, "退" * 80 + "…"),
        ("some, " * 27, "some, " * 25 + "some…"),
        ("a" * 159 + " b", "a" * 159 + "…"),
    ],
)
def test_descriptions_are_cut(text: str, shown: str) -> None:
    """A result shows 160 letters of a description, or 80 Han characters; lengths count characters, never bytes."""
    assert Index(index_of({"description": text})).records[0].description == shown


@pytest.mark.parametrize("locale", LOCALES)
def test_rule_book_travels(locale: str) -> None:
    """The browser needs no second request: the file holds the rules of its locale, which read the same."""
    assert opened(plain.index(locale, [], []))["rules"] == analyze.rules(locale)


def test_size_and_cost_of_a_block() -> None:
    """256 articles of 600 words from 9,000 cost under 2 ms of CPU each and a file of 60 stays under 40 kB gzip."""
    import random

    dice = random.Random(1)
    vocabulary = [f"{dice.choice('bcdfglmnprst')}{dice.choice('aeiou')}{dice.choice('bdglmnrst')}{number:x}" for number in range(9000)]
    bodies = [" ".join(vocabulary[min(8999, int(dice.paretovariate(0.7)))] for _ in range(600)) for _ in range(plain.BLOCK)]
    packed = [analyze.pack(analyze.terms({"title": body[:30], "description": body[30:150], "body": body}, "en")) for body in bodies]
    start = process_time()
    plain.block(packed)
    cost = (process_time() - start) / plain.BLOCK
    record, _ = sample(0, description="d" * 150, headings=["A heading of some words"] * 5)
    data = plain.index("en", [record] * 60, [plain.block(packed[:60])])

    assert cost < 0.002
    assert len(gzip.compress(data)) < 40_000
