"""Events are the truth: whatever is done to cases, each row is the fold of its events, and nothing that was written can be rewritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service.made import HOUR, MARIA, MINUTE, MONDAY
from service.store.stories import ASKED

from feedback_service.domain import Act, Actor, Message, RefusedError, fold, joins, messages, moves
from feedback_service.domain import acts as do
from feedback_service.store import cases
from feedback_service.store.receive import receive
from feedback_service.store.replay import differences

JOAN = Actor("requester", "joan")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "reply",
                "note",
                "write",
                "take",
                "pending",
                "hold",
                "resolve",
                "close",
                "spam",
                "assign",
                "tags",
                "link",
                "merge",
                "unmerge",
                "time",
            ]
        ),
        st.integers(0, 1),
        st.integers(1, 6 * 24 * 60),
    ),
    max_size=14,
)


class Desk:
    """Two cases, and one who does something to them now and then."""

    def __init__(self, store):
        self.store, self.now, self.number = store, MONDAY, 0
        self.ids = [store.write(cases.open_case, ASKED, Act(JOAN, MONDAY)).case.id for _ in range(2)]

    def step(self, what: str, which: int, minutes: int) -> None:
        """Do one thing, if the rules allow it."""
        self.now += minutes * MINUTE
        self.number += 1
        one, other = self.ids[which], self.ids[1 - which]
        how, name = Act(MARIA, self.now), f"{one}-{self.number}"
        try:
            if what == "write":
                self.store.write(receive, one, Act(JOAN, self.now), name, "Words.")
            elif what == "time":
                self.store.write(cases.look, one, self.now)
            elif what in {"merge", "unmerge"}:
                pair = getattr(joins, what)
                self.store.write(cases.act_on_two, one, other, how, lambda left, right: pair(left, right, how))
            elif what in {"reply", "note"}:
                wrote = Message(name, one, "note" if what == "note" else "public", "agent", "maria", "Words.", self.now)
                self.store.write(cases.act, one, how, lambda case: getattr(messages, what)(case, how, name), wrote=[wrote])
            else:
                self.store.write(cases.act, one, how, lambda case: self._act(what, case, how))
        except RefusedError:
            pass

    def _act(self, what, case, how):
        simple = {
            "take": moves.take,
            "pending": moves.wait_for_requester,
            "resolve": moves.resolve,
            "close": moves.close,
            "spam": moves.mark_spam,
        }
        if what in simple:
            return simple[what](case, how)
        if what == "hold":
            return moves.hold(case, how, moves.Hold("n", until=self.now + HOUR))
        if what == "assign":
            return do.assign(case, how, "maria", ["maria"])
        if what == "tags":
            return do.set_tags(case, how, [f"t{self.number % 3}", "Doble espai"])
        return do.link_article(case, how, do.Linked("kb-1", "abc"))


@given(runs=st.lists(STEPS, min_size=1, max_size=3))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
def test_rows_are_what_the_events_amount_to(store, runs):
    """After any acts in any order on any two cases, replay finds no difference, and every clock that wants to be looked at is known."""
    for steps in runs:
        desk = Desk(store)
        for what, which, minutes in steps:
            desk.step(what, which, minutes)
        for one in desk.ids:
            file = store.read(cases.case_file, one, desk.now)

            assert file.case == fold(file.events)
            assert [event.seq for event in file.events] == list(range(1, len(file.events) + 1))

    assert store.read(differences)[1] == []


def test_replay_names_what_differs(store):
    """A row that somebody changed behind the service's back is found, with its fields."""
    case = store.write(cases.open_case, ASKED, Act(JOAN, MONDAY)).case
    store.write(lambda tx: tx.conn.exec_driver_sql("UPDATE cases SET priority = 'urgent', tags = '[\"x\"]'"))

    assert store.read(differences) == (1, [f"Case {case.number} differs from its events: priority, tags"])


def test_a_verb_that_fails_writes_nothing_and_others_are_not_harmed(store):
    """Of what is committed together, each stands for itself."""

    def half(tx):
        cases.open_case(tx, ASKED, Act(JOAN, MONDAY))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        store.write(half)
    store.write(cases.open_case, ASKED, Act(JOAN, MONDAY + timedelta(hours=1)))

    assert store.read(differences) == (1, [])
