"""Words as cases and articles are found by them: one form in five languages, whoever typed them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.lexis import LONGEST, asked, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("FACTURACIÓ", "facturació"),
        ("facturacio", "facturació"),
        ("restituţie", "restituție"),
        ("Straße", "strasse"),
        ("كيف", "کیف"),
        ("قُفل", "قفل"),
        ("میرود", "می\u200cرود"),
        ("میـــرود", "میرود"),
        ("۱۰۴۲", "1042"),
        ("١٠٤٢", "1042"),
        ("ｆａｃｔｕｒａ", "factura"),
        ("l'article", "L’article"),
        ("ann@example.org", "Ann <ann@example.org>"),
        ("退貨", "我要退貨"),
        ("貨", "退貨"),
        ("退", "退貨"),
        ("退貨政策", "退貨政策說明"),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed, meant):
    """Every word that is asked for begins a word of the text."""
    there = words(meant)

    assert asked(typed)
    assert all(any(word.startswith(wanted) for word in there) for wanted in asked(typed))


@pytest.mark.parametrize(("typed", "other"), [("退貨", "貨退"), ("lamp", "clamp"), ("می", "قمی")])
def test_what_is_typed_does_not_find_something_else(typed, other):
    """A word begins where it begins, and characters follow one another."""
    assert not all(any(word.startswith(wanted) for word in words(other)) for wanted in asked(typed))


@given(st.text())
def test_any_text_becomes_words_that_an_index_takes(text):
    """No space, quote or sign of a query language is ever part of a word; none is empty, long or there twice."""
    found = words(text) + asked(text)

    assert all(word and len(word) <= LONGEST and word.isalnum() for word in found)
    assert len(words(text)) == len(set(words(text)))


@given(st.text())
def test_every_text_finds_itself(text):
    """Whatever stands in a case, copied into the search it finds that case."""
    there = words(text)

    assert all(any(word.startswith(wanted) for word in there) for wanted in asked(text))
