"""The rule book gives the same forms in Python, Node.js and Chromium, and Python counts them quickly enough."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from search.engines import LOCALES, SCRIPTS, in_node, random_texts, vectors

from kbgen.search import analyze
from kbgen.search.compounds import joined

if TYPE_CHECKING:
    from playwright.sync_api import Page

ANALYSE = """
const { analyser } = await import(`${scripts}/analyze.mjs`);
result = value.map(([book, texts]) => texts.map(analyser(book)));
"""


@pytest.mark.parametrize("locale", LOCALES)
def test_vectors_in_python(locale: str) -> None:
    """Each reviewed string gives the forms beside it; there are at least five hundred."""
    forms = analyze.analyser(locale)
    given = vectors(locale)

    assert len(given) >= 500
    assert [(text, forms(text)) for text, _ in given] == given


@pytest.mark.parametrize("locale", LOCALES)
def test_vectors_in_node(locale: str) -> None:
    """The browser's interpreter gives the same forms."""
    given = vectors(locale)

    assert in_node(ANALYSE, [[analyze.rules(locale), [text for text, _ in given]]]) == [[forms for _, forms in given]]


def test_random_text_in_node() -> None:
    """Both interpreters agree on 10,000 texts of any characters, in every locale."""
    texts = random_texts(7, 10_000)
    given = in_node(ANALYSE, [[analyze.rules(locale), texts] for locale in LOCALES])

    for locale, answers in zip(LOCALES, given, strict=True):
        forms = analyze.analyser(locale)

        assert [(text, forms(text)) for text in texts] == list(zip(texts, answers, strict=True))


@pytest.mark.browser
def test_vectors_and_random_text_in_chromium(page: Page, serve_folder: Callable[[Path], str]) -> None:
    """The engine that readers have agrees too: reviewed strings and 2,000 random texts, in every locale."""
    page.goto(serve_folder(SCRIPTS) + "analyze.mjs")
    program = """async ([value]) => {
        const scripts = location.origin; let result;
        const { analyser } = await import(`${scripts}/analyze.mjs`);
        return JSON.stringify(JSON.parse(value).map(([book, texts]) => texts.map(analyser(book))));
    }"""
    cases = {locale: [text for text, _ in vectors(locale)] + random_texts(11, 2000) for locale in LOCALES}
    answers = json.loads(page.evaluate(program, [json.dumps([[analyze.rules(locale), texts] for locale, texts in cases.items()])]))

    for (locale, texts), given in zip(cases.items(), answers, strict=True):
        forms = analyze.analyser(locale)

        assert [(text, forms(text)) for text in texts] == list(zip(texts, given, strict=True))


@pytest.mark.parametrize("name", ["xx", *sorted(path.stem for path in analyze.BOOKS.glob("*.json") if path.stem != "common")])
def test_rule_book_is_sound(name: str) -> None:
    """Ranges stand in order and apart, apostrophes, joiners and inner letters are separators, and light words are forms."""
    book = analyze.rules(name)
    separators = [[int(end, 16) for end in span.split("-")] for line in book["separators"] for span in line.split()]
    edges = [edge for span in separators for edge in (span[0], span[-1])]

    assert all(span[0] <= span[-1] for span in separators)
    assert all(last < first for last, first in zip(edges[1::2], edges[2::2], strict=False))
    for letter in book["apostrophes"] + book["joiners"] + book["inner"]:
        assert any(span[0] <= ord(letter) <= span[-1] for span in separators), hex(ord(letter))
    for word in book["light"]:
        assert analyze.analyser(name)(word) == [word]
    assert all(ord(letter) <= 0xFFFF for letter in book["fold"])


def test_locale_takes_the_rules_of_its_language() -> None:
    """zh-Hant is read by zh.json, ca-valencia by ca.json, and an unknown or hostile tag by the common rules alone."""
    common = analyze.rules("xx")

    assert analyze.rules("zh-Hant") == analyze.rules("zh") != common
    assert analyze.analyser("ca-valencia")("l'hora") == ["hora"]
    assert analyze.rules("../../etc/passwd") == analyze.rules("") == common


def test_terms_count_each_field() -> None:
    """Every field is counted for itself, several texts of a field together, and empty fields leave no trace."""
    counted = analyze.terms({"title": "Reset a reset", "headings": ["Reset", "Next"], "tags": (), "body": "a b a"}, "en")

    assert counted == {
        "title": {"reset": 2, "a": 1},
        "headings": {"reset": 1, "next": 1},
        "body": {"a": 2, "b": 1},
        "title+": {"reset+a": 1, "reset+reset+": 1},
    }


def test_a_text_as_a_whole() -> None:
    """A title or keyword is one form that begins with its first telling word; a single one takes the light ones along; letters of Han overlap."""
    counted = analyze.terms({"title": "How do I reset my old Wi-Fi password", "keywords": ["can't sign in", "login"]}, "en")
    chinese = analyze.terms({"title": "重設密碼"}, "zh-Hant")

    assert "reset+old+wif+pas+" in counted["title+"]
    assert counted["keywords+"] == {"sign+cant+in+": 1, "login+": 1}
    assert chinese["title+"] == {"重+密": 1, "設+碼": 1, "重設密碼+": 1}


def test_joined_words() -> None:
    """Parts that their joined form follows are one word again, whatever stands around them."""
    forms = analyze.analyser("ca")("fes-ne un Wi-Fi step-by-step")

    assert [word for word, _ in joined(forms)] == ["fesne", "un", "wifi", "stepbystep"]
    assert joined(["a", "b"]) == [("a", ()), ("b", ())]


@pytest.mark.parametrize("locale", LOCALES)
def test_packed_terms_come_back(locale: str) -> None:
    """What is packed for the shelf comes back as it was, and packing gives the same bytes whatever the order of the text."""
    texts = [text for text, _ in vectors(locale)]
    counted = analyze.terms({"title": texts[0], "body": texts}, locale)
    turned = analyze.terms({"body": texts[::-1], "title": texts[0]}, locale)

    assert analyze.unpack(analyze.pack(counted)) == counted
    assert analyze.pack(turned) == analyze.pack(counted)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of many different pieces does not make the memory of pieces grow without end, nor change what comes out."""
    monkeypatch.setattr(analyze, "REMEMBERED", 10)
    reader = analyze.Analyser(analyze.rules("en"))
    text = " ".join(f"word{number}" for number in range(100))

    assert reader.forms(text) == text.split()
    assert len(reader._memory) <= 10


@pytest.mark.parametrize("locale", ["en", "zh-Hant"])
def test_counting_is_cheap(locale: str) -> None:
    """Counting an article of 3 kB is far from a millisecond of CPU: three times the measured time is allowed."""
    texts: dict[str, Any] = {
        "en": "The customer's order has been delivered, but the lamp is offline. ",
        "zh-Hant": "如何重設密碼並更新付款資料？請先登入帳號。",
    }
    body = texts[locale] * (3000 // len(texts[locale].encode()))
    analyze.pack(analyze.terms({"body": body}, locale))
    start = process_time()
    for _ in range(20):
        analyze.pack(analyze.terms({"body": body}, locale))

    assert (process_time() - start) / 20 < 0.002
