"""What clocks have to say: once each, dated at its own moment, reminders in open hours only."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import HOUR, JOAN, MINUTE, MONDAY, Story, announced, at, priorities, sla, worked

from feedback_service.announce import next_look
from feedback_service.clocks import clocks_of
from feedback_service.domain import fold
from feedback_service.domain.acts import set_priority
from feedback_service.domain.moves import mark_spam, resolve, take, wait_for_requester

BOOK = sla()


def said(story: Story, *kinds: str):
    """List (type, clock, hours after Monday nine) of a story's sla_ events."""
    return [(event.type, event.after["clock"], (event.at - MONDAY) / HOUR) for event in story.events if event.type in kinds]


def test_warned_at_four_fifths_and_breached_at_due():
    """Each thing is said once, and dated at its own moment however late the worker wakes."""
    story = worked(Story(), 0, 0.79, 0.8, 0.9, 0.9, 5, 5)

    assert said(story, "sla_warned", "sla_breached") == [("sla_warned", "first_response", 0.8), ("sla_breached", "first_response", 1)]


def test_a_worker_that_slept_dates_the_breach_at_due():
    """No warning for what is over, and the breach stands where it happened; an answer that came late changes nothing."""
    story = worked(Story().reply(2), 4)

    assert said(story, "sla_warned", "sla_breached", "sla_met") == [("sla_breached", "first_response", 1)]
    assert story.case.updated_at == MONDAY + 2 * HOUR
    assert story.case.version == len(story.events)


def test_reminders_wait_for_opening_hours():
    """A warning that was missed at 16:50 is not sent at night, but the next morning."""
    story = worked(Story(at(7.5, by=JOAN)), 7.5)  # 16:30: warned on Tuesday at 09:18
    late = worked(Story(at(6, by=JOAN)), 6, 20)  # 15:00: due at 16:00, found at night

    assert said(worked(story, 24 + 0.2), "sla_warned") == []
    assert said(worked(story, 24 + 0.3), "sla_warned") == [("sla_warned", "first_response", 24.3)]
    assert said(late, "sla_breached") == [("sla_breached", "first_response", 7)]


def test_pauses_and_ends_are_written_down():
    """Start, pause, end of the pause and the end stand in the history, dated when they happened."""
    story = Story().reply(1).do(wait_for_requester, at(2)).write(25)
    story = worked(story.reply(26).do(resolve, at(27)), 27, 27, 50)

    assert said(story, "sla_started", "sla_paused", "sla_resumed", "sla_met") == [
        ("sla_started", "first_response", 0),
        ("sla_met", "first_response", 1),
        ("sla_started", "resolution", 0),
        ("sla_paused", "resolution", 2),
        ("sla_resumed", "resolution", 25),
        ("sla_met", "resolution", 27),
        ("sla_started", "next_response", 25),
        ("sla_met", "next_response", 26),
    ]
    assert story.case.sla_policy == "all"


def test_a_promise_that_comes_back_is_said_again():
    """Normal, urgent, normal: the last thing in the history is what holds."""
    story = worked(Story(), 0, promised=priorities())
    story = worked(story.do(set_priority, at(0.1), "urgent"), 0.1, promised=priorities())
    story = worked(story.do(set_priority, at(0.2), "normal"), 0.2, 0.3, promised=priorities())

    assert [event.after["target"] for event in story.events if event.type == "sla_started"] == [4 * 3600, 3600, 4 * 3600]


def test_a_missed_reminder_is_looked_for_when_the_doors_open():
    """At night the worker sleeps until the morning, not until the due moment."""
    counted = clocks_of(Story(at(1, by=JOAN)).events, sla(resolution=8 * HOUR), MONDAY + 11 * HOUR)

    assert counted[0].warn_at == MONDAY + 7.4 * HOUR
    assert next_look(counted, MONDAY + 11 * HOUR) == MONDAY + 24 * HOUR
    assert next_look(counted, MONDAY + 24 * HOUR) == MONDAY + 25 * HOUR + timedelta(microseconds=1)


def test_the_worker_knows_when_to_look_again():
    """First the warning, then just after due; never, when nothing runs."""
    story = Story()
    counted = clocks_of(story.events, sla(first_response=HOUR), MONDAY)

    assert next_look(counted, MONDAY) == MONDAY + 0.8 * HOUR
    assert next_look(counted, MONDAY + 0.8 * HOUR) == MONDAY + HOUR + timedelta(microseconds=1)
    assert next_look(clocks_of(story.do(mark_spam, at(0.5)).events, BOOK, MONDAY + HOUR), MONDAY + HOUR) is None


@given(st.lists(st.tuples(st.sampled_from(["reply", "write", "pending", "take", "resolve"]), st.integers(1, 40 * 60)), max_size=12))
@settings(max_examples=40)
def test_announcing_late_says_the_same_as_announcing_in_time(steps):
    """Whatever happens to a case: a worker that looks once at the end finds the same breaches and ends as one that looked all the time."""
    lazy, keen, minutes = Story(), worked(Story(), 0), 0
    for step, wait in steps:
        minutes += wait
        for story in (lazy, keen):
            happen(story, step, minutes / 60)
            if story is keen:
                worked(keen, minutes / 60, (minutes + 1) / 60)
    worked(lazy, minutes / 60 + 100), worked(keen, minutes / 60 + 100)
    kinds = ("sla_breached", "sla_paused", "sla_resumed")

    assert sorted(set(said(lazy, *kinds))) == sorted(set(said(keen, *kinds)))
    assert announced(lazy.events, MONDAY + minutes * MINUTE + 100 * HOUR, BOOK) == ()
    assert fold(lazy.events).status == fold(keen.events).status
    for clock in clocks_of(lazy.events, BOOK, MONDAY + minutes * MINUTE):
        assert clock.elapsed >= timedelta()
        assert clock.state != "met" or clock.elapsed <= clock.target


def happen(story: Story, step: str, hours: float) -> None:
    """Do one step, if the case allows it."""
    status = story.case.status
    if step == "reply":
        story.reply(hours)
    elif step == "write":
        story.write(hours)
    elif step == "pending" and status in {"new", "open"} and story.case.last_reply > story.case.last_in:
        story.do(wait_for_requester, at(hours))
    elif step == "take" and status in {"new", "pending", "resolved"}:
        story.do(take, at(hours))
    elif step == "resolve" and status in {"new", "open", "pending"}:
        story.do(resolve, at(hours), "no_action")
