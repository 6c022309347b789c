"""What happens without anybody asking: time passes over cases, one job never holds up another."""

from __future__ import annotations

import asyncio

import pytest
from service.made import DAYS, HOUR, JOAN, MARIA, MINUTE, MONDAY, run_apart, sla

from feedback_service.domain import Act, Message, Particulars
from feedback_service.domain.messages import reply
from feedback_service.domain.moves import resolve, wait_for_requester
from feedback_service.store import cases, open_store
from feedback_service.worker import Job, forget_job, time_job, work


@pytest.fixture
def store(tmp_path):
    """A store with promises and a case that came in on Monday at nine."""
    opened = open_store(tmp_path, promises=sla())
    opened.write(cases.open_case, new_case(), Act(JOAN, MONDAY))
    yield opened
    opened.close()


def new_case() -> cases.NewCase:
    """Describe a case of Joan's."""
    return cases.NewCase(Particulars("Hello", "A question", requester_email="joan@example.org"), "ca", "web")


def only_case(store):
    """Read the one case there is."""
    return store.read(cases.case_by_number, cases.FIRST_NUMBER)


def events(store):
    """Read its history."""
    return store.read(cases.history_of, only_case(store).id)


def pass_time(store, *hours: float) -> list[int]:
    """Let the worker look so many hours after Monday nine; returns how many cases it touched each time."""
    return [run_apart(time_job(store).round(MONDAY + hour * HOUR)) for hour in hours]


def test_a_promise_warns_and_breaks_at_its_moment(store):
    """The warning at 80 %, the breach dated at the due moment although the worker woke two hours late, each once."""
    assert pass_time(store, 0.5, 0.8, 0.9, 3, 3) == [0, 1, 0, 1, 0]

    told = [
        (event.type, event.at)
        for event in events(store)
        if event.type in {"sla_warned", "sla_breached"} and event.after["clock"] == "first_response"
    ]

    assert told == [("sla_warned", MONDAY + 48 * MINUTE), ("sla_breached", MONDAY + HOUR)]


def test_pending_cases_are_warned_then_given_up_then_closed(store):
    """One step at a time, each at its day; the requester is told once."""
    case, how = only_case(store), Act(MARIA, MONDAY + HOUR / 2)
    message = Message("m1", case.id, "public", "agent", "maria", "An answer", how.at)
    store.write(cases.act, case.id, how, lambda now: reply(now, how, "m1"), wrote=[message])
    store.write(cases.act, case.id, how, lambda now: wait_for_requester(now, how))
    seen = []
    for day in range(30):
        pass_time(store, day * 24)
        seen.append(only_case(store).status)

    assert [seen.index(status) for status in ("pending", "resolved", "closed")] == [0, 8, 23]
    assert only_case(store).close_reason == "abandoned"
    assert len([event for event in events(store) if event.after.get("notice") == "pending_warning"]) == 1


def test_answered_cases_close(store):
    """After two weeks, not before; nothing is left to look at then."""
    case, how = only_case(store), Act(MARIA, MONDAY)
    store.write(cases.act, case.id, how, lambda now: resolve(now, how, "no_action"))

    assert pass_time(store, 14 * 24, 14 * 24 + 1, 1000) == [0, 1, 0]
    assert only_case(store).status == "closed"


def test_one_broken_case_stops_no_other(store):
    """A case whose history cannot be read is logged and passed over."""
    second = store.write(cases.open_case, new_case(), Act(JOAN, MONDAY)).case
    store.promises.revisions.clear()
    store.write(lambda tx: tx.conn.exec_driver_sql("UPDATE cases SET look_at = 0"))
    store.promises.revisions["r1"] = sla().at(None)
    store.write(lambda tx: tx.conn.exec_driver_sql("DROP TRIGGER events_no_delete"))
    store.write(lambda tx: tx.conn.exec_driver_sql('DELETE FROM events WHERE seq = 1 AND "case" <> ?', (second.id,)))

    assert pass_time(store, 2) == [1]
    assert [event.type for event in store.read(cases.history_of, second.id)][-1] == "sla_breached"


def test_a_round_that_fails_stops_nothing():
    """The job is tried again, the others go on, and all of it ends when it is told to."""
    seen: list[str] = []
    stop = asyncio.Event()

    async def broken(_now):
        seen.append("broken")
        raise OSError

    async def well(_now):
        seen.append("well")
        if seen.count("broken") >= 2 and seen.count("well") >= 2:
            stop.set()
        return 0

    run_apart(asyncio.wait_for(work([Job("broken", broken, 0.01), Job("well", well, 0.01)], stop), 30))

    assert seen.count("broken") >= 2
    assert seen.count("well") >= 2


def test_what_is_due_in_plenty_is_done_without_a_pause():
    """A hundred rounds of work are not a hundred pauses."""
    stop, left = asyncio.Event(), [100]

    async def busy(_now):
        left[0] -= 1
        if not left[0]:
            stop.set()
        return left[0]

    run_apart(asyncio.wait_for(work([Job("busy", busy, 3600)], stop), 30))

    assert left == [0]


def test_forgetting(store):
    """The job runs on a store that has nothing to forget, and asks for no second round."""
    assert run_apart(forget_job(store).round(MONDAY + 99 * DAYS)) == 0
