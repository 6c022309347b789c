"""Whole stories: the exercise that agents practise, saves that collide, and whatever else may happen to a case."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import DAYS, HOUR, JOAN, JORDI, MONDAY, RULE, Story, announced, at

from feedback_service.domain import Act, Actor, RefusedError, apply, fold
from feedback_service.domain.acts import assign, erase, rate, set_due, set_priority, set_tags, snooze, transfer
from feedback_service.domain.conflicts import unseen
from feedback_service.domain.messages import note, receive, reply
from feedback_service.domain.moves import Hold, close, hold, mark_spam, resolve, take, wait_for_requester
from feedback_service.domain.tick import Life, next_tick, tick
from feedback_service.domain.wire import from_json, to_json

MARIA_LOPEZ = Actor("agent", "maria.lopez")
TEAM = {"maria.lopez", "maria", "jordi"}
WISHES = {
    "take": take,
    "pending": wait_for_requester,
    "hold": lambda case, act: hold(case, act, Hold("n", until=act.at + DAYS)),
    "resolve": resolve,
    "abandon": lambda case, act: resolve(case, act, "abandoned"),
    "close": close,
    "spam": mark_spam,
    "assign": lambda case, act: assign(case, act, "jordi", TEAM),
    "transfer": lambda case, act: transfer(case, act, "billing", {"billing"}),
    "urgent": lambda case, act: set_priority(case, act, "urgent"),
    "tag": lambda case, act: set_tags(case, act, ["a"]),
    "due": lambda case, act: set_due(case, act, act.at + DAYS),
    "snooze": lambda case, act: snooze(case, act, act.at + HOUR),
    "reply": lambda case, act: reply(case, act, "m"),
    "note": lambda case, act: note(case, act, "n"),
    "rate": lambda case, act: rate(case, act, "good"),
    "erase": erase,
    "write": lambda case, act: receive(case, act, "m", reopen_within=14 * DAYS).events,
    "robot writes": lambda case, act: receive(case, act, "m", reopen_within=14 * DAYS, auto=True).events,
    "time": lambda case, act: tick(case, act.at, Life()),
}


def test_the_exercise_that_agents_practise():
    """A case by hand, a billing problem of high priority, given to Maria López, commented after contact, resolved and closed."""
    story = Story(Act(MARIA_LOPEZ, MONDAY), channel="manual", type="problem", category="facturacio", priority="high")
    story.do(assign, Act(MARIA_LOPEZ, MONDAY), "maria.lopez", TEAM)
    story.do(note, Act(MARIA_LOPEZ, MONDAY + HOUR), "n1").do(reply, Act(MARIA_LOPEZ, MONDAY + 2 * HOUR), "m1")
    story.do(resolve, Act(MARIA_LOPEZ, MONDAY + 3 * HOUR)).do(close, Act(MARIA_LOPEZ, MONDAY + 4 * HOUR))
    case = story.case

    assert (case.channel, case.type, case.category, case.priority, case.assignee) == (
        "manual",
        "problem",
        "facturacio",
        "high",
        "maria.lopez",
    )
    assert (case.status, case.close_reason, case.closed_at) == ("closed", "answered", MONDAY + 4 * HOUR)
    assert [event.type for event in story.events] == ["created", "assigned", "status", "note", "reply_out", "status", "status"]


def test_saves_that_collide():
    """What somebody else did is shown first; what clocks and mails did by themselves, or one did oneself, stops nobody."""
    story = Story().reply(0.5)
    opened = story.case.version
    story.events += announced(story.events, MONDAY + 5 * HOUR)
    story.do(set_priority, at(5), "high")

    assert unseen(story.events, opened, "maria") == ()
    assert [event.type for event in unseen(story.events, opened, "jordi")] == ["priority"]

    story.do(note, at(6, by=JORDI), "n1").write(7)

    assert [event.type for event in unseen(story.events, opened, "maria")] == ["note", "message_in"]
    assert unseen(story.events, story.case.version, "maria") == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(list(WISHES)), st.sampled_from(["agent", "requester", "robot"]), st.integers(0, 20 * 24)), max_size=15
    )
)
@settings(max_examples=80)
def test_whatever_happens_a_case_stays_whole(steps):
    """After any run of wishes, granted or refused: the case is the fold of its events, and its fields agree with its status."""
    story, hours = Story(), 0
    for wish, kind, wait in steps:
        hours += wait
        act = {"agent": at(hours), "requester": at(hours, by=JOAN), "robot": at(hours, by=RULE)}[kind]
        if wish in {"write", "robot writes"}:
            act = at(hours, by=JOAN)
        before = story.case
        try:
            new = WISHES[wish](before, act)
        except RefusedError:
            continue
        story.events += new
        story.events += announced(story.events, act.at)
        whole(story, before)


def whole(story: Story, before) -> None:
    """Check what must always hold."""
    case = story.case

    assert fold(map(from_json, map(to_json, story.events))) == case == apply(before, story.events[before.version :])
    assert case.version == len(story.events)
    assert (case.status == "closed") == (case.closed_at is not None)
    assert (case.close_reason is not None) == (case.status in {"resolved", "closed"})
    assert case.status != "resolved" or case.resolved_at is not None
    assert case.status in {"resolved", "closed"} or case.resolved_at is None
    assert case.status != "pending" or case.last_reply > case.last_in
    assert (case.first_response_at is not None) == (case.last_reply > 0)
    assert (case.unanswered_since is None) == (case.last_reply > case.last_in)
    assert before.status != "closed" or case.status == "closed"
    assert case.status == "new" or before.status != "new" or story.events[1:]
    assert next_tick(case, Life()) is None or case.status != "closed"
