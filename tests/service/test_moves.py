"""The life of a case: every move that exists, its guard, and how everything else is refused."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from service.made import DAYS, HOUR, JOAN, MONDAY, RULE, Story, at

from feedback_service.domain import RefusedError
from feedback_service.domain.messages import note, receive, reply
from feedback_service.domain.moves import (
    MOVES,
    Hold,
    allowed_moves,
    check_move,
    close,
    hold,
    mark_spam,
    resolve,
    take,
    wait_for_requester,
)
from feedback_service.domain.nouns import STATUSES, TIME
from feedback_service.domain.tick import Life, next_tick, tick

HELD = Hold("n1", due_at=MONDAY + 5 * DAYS)
# The table of the specification, written once more by hand: who may move a case from where to where.
TABLE = {
    ("new", "open"): "agent robot",
    ("new", "pending"): "agent",
    ("new", "on_hold"): "agent",
    ("new", "resolved"): "agent",
    ("open", "pending"): "agent",
    ("open", "on_hold"): "agent",
    ("open", "resolved"): "agent",
    ("pending", "on_hold"): "agent",
    ("pending", "open"): "requester agent robot",
    ("on_hold", "open"): "requester agent robot",
    ("pending", "resolved"): "agent robot",
    ("on_hold", "resolved"): "agent",
    ("resolved", "open"): "requester agent",
    ("resolved", "closed"): "agent robot",
}


def story_in(status: str) -> Story:
    """Bring a case into a status, by allowed moves."""
    story = Story()
    if status == "new":
        return story
    story.reply(1)
    if status == "on_hold":
        story.do(hold, at(2), HELD)
    if status == "pending":
        story.do(wait_for_requester, at(2))
    if status in {"resolved", "closed"}:
        story.do(resolve, at(2))
    if status == "closed":
        story.do(close, at(3))
    return story


def refused(act, *arguments, **more) -> RefusedError:
    """Return how an act is refused."""
    with pytest.raises(RefusedError) as caught:
        act(*arguments, **more)
    return caught.value


@pytest.mark.parametrize(("start", "end"), list(product(STATUSES, STATUSES)))
def test_the_table_is_the_whole_truth(start, end):
    """A move that the specification holds is allowed to those it names, and to nobody else; no other move exists."""
    case = story_in(start).case
    wanted = TABLE.get((start, end), "").split()

    assert case.status == start
    for actor in (at().actor, JOAN, RULE):
        if actor.kind in wanted:
            check_move(case, end, at(by=actor))
        else:
            error = refused(check_move, case, end, at(by=actor))
            assert (error.answer, error.allowed) == ("conflict", allowed_moves(case, actor.kind))
            assert all(move in error.message for move in error.allowed)


def test_no_move_leads_out_of_closed():
    """Closed is final, and the answer says what happens instead."""
    error = refused(take, story_in("closed").case, at(4))

    assert MOVES["closed"] == {}
    assert error.message == "Case 1 is closed for good: a new message starts a follow-up case."


def test_the_first_act_of_an_agent_opens():
    """A note is an act; afterwards nothing makes the case new again."""
    story = Story().do(note, at(1), "n1")

    assert [event.type for event in story.events] == ["created", "note", "status"]
    assert story.case.status == "open"
    assert not any("new" in moves for moves in MOVES.values())


def test_the_note_of_a_rule_opens_nothing():
    """No person has taken the case."""
    assert Story().do(note, at(1, by=RULE), "n1").case.status == "new"


def test_pending_waits_for_an_answer_of_ours():
    """Only after a public reply that came after the requester's last message."""
    story = Story().do(note, at(1), "n1")

    assert refused(wait_for_requester, story.case, at(1)).reason == "reply_first"

    story.reply(2).write(3)
    error = refused(wait_for_requester, story.case, at(4))

    assert (error.answer, error.allowed) == ("conflict", ("on_hold", "resolved"))
    assert story.reply(5).do(wait_for_requester, at(5)).case.status == "pending"


def test_on_hold_says_whom_we_wait_for_and_until_when():
    """A note and a date; the date lies ahead."""
    case = story_in("open").case

    assert refused(hold, case, at(2), Hold("")).field == "note"
    assert refused(hold, case, at(2), Hold("n1")).allowed == ("due_at", "until")
    assert refused(hold, case, at(2), Hold("n1", until=MONDAY)).reason == "snooze_in_past"
    assert refused(hold, case, at(2), Hold("n1", due_at=MONDAY - DAYS)).reason == "due_before_created"
    assert Story().do(hold, at(1), Hold("n1", until=MONDAY + DAYS)).case.snoozed_until == MONDAY + DAYS


def test_a_message_of_the_requester_wakes_the_case():
    """From pending and on hold back to open, the snooze is over; a program's message wakes nobody."""
    held = Story().reply(1).do(hold, at(2), Hold("n1", until=MONDAY + 3 * DAYS))

    assert held.write(3, auto=True).case.status == "on_hold"
    assert held.write(4).case.status == "open"
    assert held.case.snoozed_until is None
    assert story_in("pending").write(5).case.status == "open"


def test_resolving_needs_a_reply_or_a_reason():
    """Without an answer somebody says why none is needed, in one of the reasons for it."""
    case = Story().case
    error = refused(resolve, case, at(1))

    assert (error.answer, error.field, error.allowed) == ("invalid", "close_reason", ("abandoned", "no_action"))
    assert refused(resolve, case, at(1), "answered").allowed == ("abandoned", "no_action")
    assert refused(resolve, case, at(1), "spam").allowed == ("answered", "abandoned", "no_action")
    assert Story().do(resolve, at(1), "no_action").case.close_reason == "no_action"
    assert Story().reply(1).do(resolve, at(2)).case.close_reason == "answered"


def test_reopening_keeps_the_assignee_and_counts():
    """Within the days a reply opens the case again; the reason and the moment of resolving are forgotten."""
    story = story_in("resolved").write(20)

    assert (story.case.status, story.case.reopened, story.case.resolved_at, story.case.close_reason) == ("open", 1, None, None)
    assert story.reply(21).do(resolve, at(22)).do(take, at(23)).case.reopened == 2


@pytest.mark.parametrize(("days", "fate"), [(13.9, "joined"), (14.1, "follow_up")])
def test_a_late_reply_starts_a_follow_up(days, fate):
    """After the days to reopen are over, a message is a new case, even if no worker has closed the old one yet."""
    case = story_in("resolved").case

    assert receive(case, at(2 + 24 * days, by=JOAN), "m9", reopen_within=14 * DAYS).fate == fate


def test_a_message_on_a_closed_case():
    """Closed starts a follow-up; spam and erased cases keep silent."""
    closed, spam = story_in("closed"), Story().do(mark_spam, at(1))

    assert receive(closed.case, at(9, by=JOAN), "m9", reopen_within=14 * DAYS).other == "c1"
    assert receive(spam.case, at(9, by=JOAN), "m9", reopen_within=14 * DAYS).fate == "suspended"


def test_a_closed_case_takes_notes_only():
    """Nothing else that an agent may wish is done to it."""
    closed = story_in("closed")
    error = refused(reply, closed.case, at(9), "out")

    assert (error.answer, error.allowed) == ("conflict", ("note",))
    assert closed.do(note, at(9), "n9").case.status == "closed"


@pytest.mark.parametrize("status", STATUSES)
def test_spam_from_anywhere(status):
    """An agent closes any case as spam, once."""
    story = story_in(status).do(mark_spam, at(9))

    assert (story.case.status, story.case.close_reason) == ("closed", "spam")
    assert refused(mark_spam, story.case, at(9)).reason == "already_spam"
    assert refused(mark_spam, story_in(status).case, at(9, by=JOAN)).answer == "forbidden"


def test_time_wakes_what_was_snoozed():
    """On hold becomes open at the end of the snooze; an open case is only shown again."""
    held = Story().reply(1).do(hold, at(2), Hold("n1", until=MONDAY + DAYS))

    assert tick(held.case, MONDAY + DAYS - HOUR, Life()) == ()
    assert next_tick(held.case, Life()) == MONDAY + DAYS

    held.events += tick(held.case, MONDAY + DAYS, Life())

    assert held.case.status == "open"
    assert held.case.snoozed_until is None
    assert held.events[-1].actor == TIME


def test_time_gives_up_after_one_warning():
    """Warned once after five days, resolved as abandoned two days after the warning, even if it went out late."""
    story = story_in("pending")
    day = story.case.status_since

    assert tick(story.case, day + 4.9 * DAYS, Life()) == ()

    story.events += tick(story.case, day + 9 * DAYS, Life())

    assert story.events[-1].after == {"notice": "pending_warning"}
    assert tick(story.case, day + 10.9 * DAYS, Life()) == ()

    story.events += tick(story.case, next_tick(story.case, Life()), Life())

    assert (story.case.status, story.case.close_reason) == ("resolved", "abandoned")


def test_every_wait_has_its_own_warning():
    """Who answered a warning, and is asked again, is warned again."""
    story = story_in("pending")
    story.events += tick(story.case, story.case.status_since + 5 * DAYS, Life())
    story.write(130).reply(131).do(wait_for_requester, at(132))

    assert story.case.pending_warned_at is None


def test_time_closes_what_was_answered():
    """After the days to reopen, and not at the very moment: a reply at that moment still reopens."""
    case = story_in("resolved").case
    closing = next_tick(case, Life())

    assert tick(case, case.resolved_at + 14 * DAYS, Life()) == ()
    assert [event.type for event in tick(case, closing, Life())] == ["auto_closed"]
    assert next_tick(story_in("closed").case, Life()) is None


def test_a_clock_that_was_set_back_reorders_nothing():
    """Events are never dated before those that they follow."""
    story = Story().reply(5).write(3).do(note, at(-100), "n1")

    assert [event.at - MONDAY for event in story.events[-2:]] == [timedelta(hours=5)] * 2
    assert story.case.unanswered_since == MONDAY + 5 * HOUR
