"""Searches and votes: counted without naming anybody, and each thing that was meant counted once."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import MONDAY

from feedback_service.domain import RefusedError
from feedback_service.ratings import MOVES, STATES, Rating, check_move, live
from feedback_service.searches import FormEvent, SearchEvent, collapse, fold_query, full_hour, with_refinements


def search(query: str, **more) -> SearchEvent:
    """Make a search of this hour."""
    return SearchEvent(MONDAY, "ca", query, **{"hits": 0, **more})


@pytest.mark.parametrize(
    ("query", "folded"),
    [
        ("  Restablir   la CONTRASENYA ", "restablir la contrasenya"),
        ("factura joan.perez@example.com no pagada", "factura no pagada"),
        ("我的信箱 王@例子.tw 無法登入", "我的信箱 無法登入"),
        ("comanda 12345678 perduda", "comanda perduda"),
        ("targeta 4111 1111 1111 1111", "targeta"),
        ("tel (+34) 93 123 45 67 ocupat", "tel (+ ocupat"),
        ("کد ۱۲۳۴۵۶۷ کار نمی‌کند", "کد کار نمی کند"),
        ("كتاب ي", "کتاب ی"),
        ("error 12345", "error 12345"),
        ("ＡＢＣ１", "abc1"),
        ("a\x00b\u202ec\nd", "a b c d"),
        ("<script>", "<script>"),
        ("", ""),
    ],
)
def test_queries_name_nobody(query, folded):
    """Addresses and runs of six digits or more go, in any digits and as telephones and cards are written."""
    assert fold_query(query) == folded


def test_a_megabyte_of_query():
    """It is cut, and a word that was cut is not half an address."""
    assert len(fold_query("ab " * 400_000)) <= 200
    assert "joan" not in fold_query("a " * 496 + "joan.perez@example.com")


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("a@1٣٤ -. \u200c")), max_size=80))
@settings(max_examples=150)
def test_folding_twice_is_folding_once(query):
    """Nothing with an @ and no six digits in a row survive, and the result is stable."""
    folded = fold_query(query)

    assert fold_query(folded) == folded
    assert "@" not in folded
    assert len(folded) <= 200
    assert not any(run.isdigit() and len(run) >= 6 for run in folded.split())


def test_keystrokes_are_one_search():
    """Letters that lengthen a query are typing; a click, a shorter query or another language is not."""
    typed = [search(query) for query in ("f", "fa", "fact", "factura")]

    assert [row.query for row in collapse(typed)] == ["factura"]
    assert [row.query for row in collapse([search("fact", clicked=1), search("factura")])] == ["fact", "factura"]
    assert [row.query for row in collapse([search("factura"), search("fact")])] == ["factura", "fact"]
    assert [row.query for row in collapse([search("a"), search("")])] == ["a"]


@given(st.lists(st.text(alphabet="ab", max_size=3), max_size=8))
@settings(max_examples=60)
def test_collapsed_searches_do_not_collapse_further(queries):
    """Once is enough, and the last thing typed is always kept."""
    kept = collapse([search(query) for query in queries])

    assert collapse(kept) == kept
    assert all(not after.query.startswith(before.query) for before, after in pairwise(kept))
    assert [row.query for row in kept[-1:]] == [query for query in queries if query][-1:]


def test_a_search_that_another_followed_was_refined():
    """The last one was not; what was already known of a search stays."""
    rows = with_refinements([search("a"), search("b", next="form"), search("c")])

    assert [row.next for row in rows] == ["refine", "form", "none"]


def test_only_the_hour_is_kept():
    """Minutes would help to tell who it was."""
    assert full_hour(datetime(2026, 3, 2, 9, 41, 5, tzinfo=UTC)) == MONDAY


@pytest.mark.parametrize(
    ("offered", "opened", "outcome", "deflected"),
    [
        (("a",), ("a",), "left", True),
        (("a",), ("a",), "answered", True),
        (("a",), ("a",), "sent", False),
        (("a",), (), "left", False),
        ((), ("a",), "left", False),
    ],
)
def test_deflection_is_explicit(offered, opened, outcome, deflected):
    """An offered article was opened, and nothing was sent; leaving alone says nothing."""
    assert FormEvent(MONDAY, "ca", offered, opened, outcome).deflected == deflected


def rating(seq: int, voter: str = "v", **more) -> Rating:
    """Make a vote."""
    return Rating(seq, "a", more.pop("revision", "r"), "ca", helpful=more.pop("helpful", True), voter=voter, at=MONDAY, **more)


def test_the_last_vote_counts():
    """One for each article, revision and voter, by the order of arrival and not of the list."""
    votes = [rating(3, helpful=False), rating(1), rating(2, "w"), rating(4, revision="s")]

    assert [(vote.seq, vote.helpful) for vote in live(votes)] == [(2, True), (3, False), (4, True)]


def test_spam_brings_no_older_vote_back():
    """The voter had replaced it."""
    assert live([rating(1), rating(2, state="spam")]) == ()


@pytest.mark.parametrize(("state", "to"), list(product(STATES, STATES)))
def test_the_way_of_a_rating(state, to):
    """Allowed steps pass; others are refused with those that are."""
    if to in MOVES[state]:
        check_move(state, to)
        return
    with pytest.raises(RefusedError) as caught:
        check_move(state, to)

    assert caught.value.allowed == MOVES[state]
