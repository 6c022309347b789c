"""Cases in a store, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from service.made import HOUR, JOAN, JORDI, MONDAY, at, sla
from service.store.stories import ASKED, ask, said

from feedback_service.domain import Event, fold
from feedback_service.domain.acts import assign, set_priority
from feedback_service.domain.joins import merge
from feedback_service.domain.messages import note, receive, reply
from feedback_service.domain.moves import resolve
from feedback_service.domain.refused import RefusedError
from feedback_service.store import ChangedError, KeyReusedError, NotThereError, cases, outbox, people
from feedback_service.store.tables import events, messages

MANY = 50


def give_to(who: str):
    """Assign, for act()."""
    return lambda how: lambda case: assign(case, how, who, {"maria", "jordi"})


def do(store, case, act, hours=1.0, **more):
    """Let Maria act on a case; *act* takes the circumstances and returns what act() runs."""
    how = at(hours)
    return store.write(cases.act, case.id, how, act(how), **more)


def test_an_opened_case_is_read_as_it_came(store):
    """Number, particulars, first event, acknowledgement and secret link are there, and the row is what the events amount to."""
    case = ask(store, secret="a-secret-of-24-characters").case
    file = store.read(cases.case_file, case.id, MONDAY)

    assert file.case == case == fold(file.events) == store.read(cases.case_by_number, 1001)
    assert file.told == ASKED.told
    assert [clock.kind for clock in file.clocks] == ["first_response", "resolution"]
    assert [mail.kind for mail in store.read(outbox.mails_of, case.id)] == ["acknowledgement"]
    assert store.read(people.opened_by, "a-secret-of-24-characters", MONDAY) == case.id


def test_numbers_are_given_once_when_many_ask_together(store):
    """Fifty cases opened at once by fifty threads have fifty numbers without a gap, and one requester."""
    with ThreadPoolExecutor(MANY) as threads:
        opened = [done.result().case for done in [threads.submit(ask, store) for _ in range(MANY)]]

    assert sorted(case.number for case in opened) == list(range(1001, 1001 + MANY))
    assert len({case.requester for case in opened}) == 1


def test_acts_become_events_and_row(store):
    """After a day of work the events are in order and the row is their fold."""
    case = ask(store).case
    do(store, case, give_to("maria"), 0.5)
    do(store, case, lambda how: lambda case: reply(case, how, "m1"), 0.75, wrote=[said(case, "m1")])
    do(store, case, lambda how: lambda case: resolve(case, how), 2)
    file = store.read(cases.case_file, case.id, MONDAY + 3 * HOUR)

    assert file.case == fold(file.events)
    assert (file.case.status, file.case.assignee, file.case.first_response_at) == ("resolved", "maria", MONDAY + 0.75 * HOUR)
    assert [message.text for message in file.messages] == ["Text of m1"]


def test_the_same_form_twice_writes_one_message(store):
    """A message that is there already means a form that was sent twice: nothing happens the second time."""
    case = ask(store).case
    post = partial(do, store, case, lambda how: lambda case: note(case, how, "m1"), wrote=[said(case, "m1", kind="note")])
    first, second = post(), post()

    assert (len(first.events) > 0, second.events) == (True, ())
    assert len(store.read(cases.messages_of, case.id)) == 1


def test_a_message_is_not_lost_under_a_name_that_came_before(store):
    """Another text, another kind or another case under the name of a message that is there: refused, and nothing is written."""
    case, other = ask(store).case, ask(store).case
    do(store, case, lambda how: lambda case: note(case, how, "m1"), wrote=[said(case, "m1", kind="note")])
    tries = (
        (case, replace(said(case, "m1", kind="note"), text="Other")),
        (case, said(case, "m1")),
        (other, said(other, "m1", kind="note")),
    )
    for one, message in tries:
        with pytest.raises(KeyReusedError):
            do(store, one, lambda how: lambda case: note(case, how, "m1"), wrote=[message])

    assert len(store.read(cases.messages_of, case.id, other.id)) == 1


def test_who_saw_an_old_page_is_told_what_happened(store):
    """A decision on version 1 after somebody else's act is refused with that act, and nothing is written."""
    case = ask(store).case
    do(store, case, give_to("jordi"))
    how = at(2, by=JORDI)
    store.write(cases.act, case.id, how, lambda case: set_priority(case, how, "urgent"))
    before = store.read(cases.history_of, case.id)

    with pytest.raises(ChangedError) as caught:
        do(store, case, give_to("maria"), 3, seen=case.version)

    assert "priority" in {event.type for event in caught.value.events}
    assert store.read(cases.history_of, case.id) == before


def test_nobody_saw_a_page_of_tomorrow(store):
    """A version that the case has not reached yet proves nothing: refused, so that it cannot switch the comparison off."""
    case = ask(store).case
    with pytest.raises(ChangedError):
        do(store, case, give_to("maria"), seen=case.version + 1)

    assert store.read(cases.case, case.id).assignee is None


def test_of_many_who_act_on_one_page_one_wins(open_again):
    """Twenty agents on the same page through two doors: the first is written, nineteen are told; the history has no gap."""
    doors = [open_again()] if open_again.kind == "sqlite" else [open_again(), open_again()]
    case = ask(doors[0]).case

    def decide(n):
        how = at(1 + n / 100, by=type(JORDI)("agent", f"a{n}"))
        try:
            return doors[n % len(doors)].write(cases.act, case.id, how, lambda case: set_priority(case, how, "high"), seen=case.version)
        except ChangedError as error:
            return error

    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(decide, range(20)))
    history = doors[0].read(cases.history_of, case.id)

    assert sum(not isinstance(each, ChangedError) for each in results) == 1
    assert [event.seq for event in history] == list(range(1, len(history) + 1))


def test_a_refused_act_writes_nothing(store):
    """The domain's no leaves history, messages and outbox as they were, though the verb wrote before."""
    case = ask(store).case
    how = at(1)

    def note_then_refuse(tx):
        cases.act(tx, case.id, how, lambda case: note(case, how, "m1"), wrote=[said(case, "m1", kind="note")])
        cases.act(tx, case.id, how, lambda case: assign(case, how, "nobody", {"maria"}))

    with pytest.raises(RefusedError):
        store.write(note_then_refuse)

    assert store.read(cases.history_of, case.id)[-1].seq == case.version
    assert store.read(cases.messages_of, case.id) == ()


def test_a_merge_writes_both_cases_or_none(store):
    """Messages of a merged case show in the other; two merges in opposite directions at once never wait for each other for ever."""
    one, two = ask(store).case, ask(store).case
    do(store, one, lambda how: lambda case: note(case, how, "m1"), wrote=[said(one, "m1", kind="note")])
    how = at(2)

    def join(pair):
        try:
            return store.write(cases.act_on_two, *pair, how, lambda source, target: merge(source, target, how))
        except RefusedError:
            return None

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(join, [(one.id, two.id), (two.id, one.id)]))
    (source, target) = next(pair for pair in done if pair)
    file = store.read(cases.case_file, target.case.id, MONDAY + 3 * HOUR)

    assert sum(pair is not None for pair in done) == 1
    assert (source.case.merged_into, file.case.absorbed) == (target.case.id, (source.case.id,))
    assert [message.id for message in file.messages] == ["m1"]
    assert [told.subject for _, told in file.absorbed] == [ASKED.told.subject]


def test_time_passes_over_the_cases_that_wait_for_it(store):
    """The worker finds a case when its clock is due, writes the breach at the due moment, and finds nothing to do the second time."""
    case = ask(store).case
    late = MONDAY + 2 * HOUR
    due = store.read(cases.due_looks, late)
    looked = store.write(cases.look, case.id, late)

    assert due == (case.id,)
    assert [(event.type, event.at) for event in looked.events if event.type == "sla_breached"] == [("sla_breached", MONDAY + HOUR)]
    assert store.write(cases.look, case.id, late).events == ()


def test_a_clock_that_went_back_orders_nothing_anew(store):
    """R12: an act an hour in the past comes after what was there; nothing reopens, nothing is breached, the case was updated last by the later."""
    case = ask(store, when=5).case
    do(store, case, give_to("maria"), 6)
    do(store, case, lambda how: lambda case: reply(case, how, "m1"), 4, wrote=[said(case, "m1", when=4)])
    store.write(cases.look, case.id, MONDAY + 3 * HOUR)
    store.write(
        cases.act, case.id, at(2, by=JOAN), lambda case: receive(case, at(2, by=JOAN), "m2", reopen_within=timedelta(days=1)).events
    )
    history = store.read(cases.history_of, case.id)
    now = store.read(cases.case, case.id)

    assert [event.seq for event in history] == list(range(1, len(history) + 1))
    assert "sla_breached" not in {event.type for event in history}
    assert (now.reopened, now.updated_at, now.last_in > now.last_reply) == (0, MONDAY + 6 * HOUR, True)
    assert now == fold(history)


def test_years_beyond_2038_are_kept(store):
    """R12: moments far ahead come back to the microsecond."""
    far = 365 * 24 * 30.0
    case = ask(store, when=far).case

    assert store.read(cases.case, case.id).created_at == MONDAY + far * HOUR
    assert store.read(cases.due_looks, MONDAY + (far - 1) * HOUR) == ()


def test_history_only_grows(store):
    """Whoever has the database in hand cannot change or remove an event by mistake: the database itself refuses."""
    case = ask(store).case
    for statement in (events.delete(), events.update().values(type="closed")):
        with pytest.raises(Exception, match="only grows"):
            store.write(lambda tx, statement=statement: tx.run(statement))

    assert [event.type for event in store.read(cases.history_of, case.id)][:1] == ["created"]


def test_texts_of_every_language_come_back_as_they_were(store):
    """Letters beyond the basic plane, both directions and marks that join are kept byte for byte."""
    text = "سلام\u200cها 🧑‍🔧 e\u0301 繁體 \u2028 'quoted' \\ %s :name {}"
    case = ask(store, subject=text, body=text, requester_name=text).case
    do(store, case, lambda how: lambda case: note(case, how, "m1"), wrote=[said(case, "m1", text=text)])

    assert store.read(cases.told_of, case.id).body == text
    assert store.read(lambda tx: tx.one(messages.select()))["text"] == text


def test_what_is_not_there_is_said(store):
    """No case, no number, no link: NotThereError from each verb."""
    for verb, args in (
        (cases.case, ("none",)),
        (cases.case_by_number, (7,)),
        (cases.told_of, ("none",)),
        (cases.case_file, ("none", MONDAY)),
    ):
        with pytest.raises(NotThereError):
            store.read(verb, *args)
    with pytest.raises(NotThereError):
        store.write(cases.look, "none", MONDAY)

    assert store.read(cases.history_of, "none") == ()


def test_the_store_is_the_same_after_it_was_opened_again(open_again):
    """What was written is there when the store is opened once more, and every event is what it was."""
    first = open_again()
    case = ask(first).case
    do(first, case, give_to("maria"))
    written: tuple[Event, ...] = first.read(cases.history_of, case.id)
    first.close()
    again = open_again()

    assert again.read(cases.history_of, case.id) == written
    assert again.promises == sla()
