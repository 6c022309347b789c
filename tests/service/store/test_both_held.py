"""The quarantine: what was posted is kept as it was, until a person lets it out or its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from service.made import MARIA, MONDAY
from service.store.stories import ASKED

from feedback_service.domain import Act, RefusedError
from feedback_service.intake import RatingForm
from feedback_service.moderation import Ban
from feedback_service.store import NotThereError, audit, cases, held, people
from feedback_service.store.cases import NewCase

SECRET = "a-secret-of-24-characters"
HOW = Act(MARIA, MONDAY + timedelta(hours=1))


def hold(store, **more) -> tuple[int, held.Held]:
    """Put Joan's case into quarantine; returns its number and what is held."""
    new = NewCase(ASKED.told, "ca", "web", secret=SECRET, tags=("a",), dropped=("article",), **more)
    number = store.write(held.hold_case, new, ("honeypot",), MONDAY)
    return number, store.read(held.held_list)[0][0]


def test_a_case_that_is_let_out_is_the_case_that_was_posted(store):
    """It keeps its number, its words and its link, and is acknowledged only now."""
    number, one = hold(store, source_article="kb-1")
    acted = store.write(held.release_held, one.id, one.digest, HOW)

    assert acted.case.number == number
    assert (acted.case.tags, acted.case.source_article) == (("a",), "kb-1")
    assert store.read(cases.told_of, acted.case.id) == ASKED.told
    assert store.read(people.opened_by, SECRET, MONDAY) == acted.case.id
    assert store.read(held.held_count) == 0
    assert store.read(lambda tx: tx.conn.exec_driver_sql("SELECT kind FROM outbox").all()) == [("acknowledgement",)]


def test_it_is_let_out_once_and_as_it_was_read(store):
    """Another digest than the one that was read, or a second click, changes nothing."""
    _, one = hold(store)
    with pytest.raises(RefusedError):
        store.write(held.release_held, one.id, "0" * 64, HOW)
    store.write(held.release_held, one.id, one.digest, HOW)
    with pytest.raises(RefusedError):
        store.write(held.release_held, one.id, one.digest, HOW)
    with pytest.raises(NotThereError):
        store.write(held.release_held, "x", one.digest, HOW)

    assert store.read(lambda tx: tx.conn.exec_driver_sql("SELECT count(*) FROM cases").scalar()) == 1


def test_what_was_discarded_may_be_let_out_until_it_is_forgotten(store):
    """Nothing is lost by a wrong click; after a month it is gone, and its link opens nothing."""
    _, one = hold(store)
    store.write(held.discard_held, one.id, HOW)

    assert [each.id for each, _ in store.read(held.held_list, "discarded")] == [one.id]
    assert store.read(lambda tx: [(e.actor, e.act, e.object) for e in audit.entries(tx)]) == [("maria", "held.discarded", one.id)]
    assert store.write(held.forget_held, MONDAY + timedelta(days=29)) == 0
    assert store.write(held.forget_held, MONDAY + timedelta(days=31)) == 1
    with pytest.raises(NotThereError):
        store.write(held.release_held, one.id, one.digest, HOW)
    with pytest.raises(NotThereError):
        store.read(people.opened_by, SECRET, MONDAY)


def test_ratings_and_questions_become_what_they_wanted_to_be(store):
    """A vote counts from then on, dated when it was cast; a question is published with its answer."""
    form = RatingForm("kb-1", "ca", helpful=False, revision="r1", comment="Falta la factura.")
    thing = {name: getattr(form, name) for name in RatingForm.__slots__} | {"voter_or_day": "day-1"}
    rating = store.write(held.hold, "rating", ("banned",), thing, MONDAY)
    question = store.write(held.hold, "question", (), {"article": "kb-1", "locale": "ca", "text": "Quant triga?", "name": ""}, MONDAY)
    store.write(held.release_held, rating.id, rating.digest, HOW)
    store.write(held.release_held, question.id, question.digest, HOW, "Dos dies.")
    votes = store.read(lambda tx: tx.conn.exec_driver_sql("SELECT voter, comment FROM ratings").all())
    answers = store.read(lambda tx: tx.conn.exec_driver_sql("SELECT question, answer FROM answers").all())

    assert [tuple(row) for row in votes] == [("day-1", "Falta la factura.")]
    assert [tuple(row) for row in answers] == [("Quant triga?", "Dos dies.")]


def test_bans_hold_until_their_time_is_over(store):
    """The last word on somebody counts; without an end it is for good, until it is taken back."""
    short, long = Ban("domain", "spam.example", MONDAY + timedelta(days=1)), Ban("network", "192.0.2.0/24")
    for one in (Ban("domain", "spam.example"), short, long):
        store.write(held.ban, one, HOW)

    assert store.read(held.bans_of, MONDAY) == (short, long)
    assert store.read(held.bans_of, MONDAY + timedelta(days=2)) == (long,)
    assert store.write(held.unban, long, HOW) == 1
    assert store.read(held.bans_of, MONDAY + timedelta(days=2)) == ()
