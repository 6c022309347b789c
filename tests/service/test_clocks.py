"""When a case is late: three clocks, their pauses, warnings and breaches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from service.made import DAYS, HOUR, JOAN, MONDAY, OFFICE, Story, at, priorities, sla, worked

from feedback_service.clocks import clocks_of
from feedback_service.domain import Act, apply
from feedback_service.domain.acts import set_priority, transfer
from feedback_service.domain.joins import merge, unmerge
from feedback_service.domain.messages import reply
from feedback_service.domain.moves import Hold, hold, mark_spam, resolve, take, wait_for_requester
from feedback_service.domain.nouns import TIME
from feedback_service.sla import Book, Policy, Sla, book

BOOK = sla()


def clocks(story: Story, hours: float, promised: Book = BOOK):
    """Count a story's clocks so many hours after Monday nine; by kind, the last one of each."""
    return {clock.kind: clock for clock in clocks_of(story.events, promised, MONDAY + hours * HOUR)}


def test_the_agreed_example_of_a_pause():
    """A target of 8 h, created Monday 09:00, pending from Monday 11:00 to Tuesday 10:00, is due on Tuesday at 16:00."""
    story = Story().reply(1).do(wait_for_requester, at(2)).do(take, at(25))
    resolution = clocks(story, 26)["resolution"]

    assert resolution.due_at == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert resolution.elapsed == 3 * HOUR
    assert resolution.left == 5 * HOUR


def test_a_paused_clock_has_no_due_moment():
    """Nobody knows when the requester will answer."""
    resolution = clocks(Story().reply(1).do(wait_for_requester, at(2)), 3)["resolution"]

    assert (resolution.state, resolution.due_at, resolution.elapsed) == ("paused", None, 2 * HOUR)


def test_only_a_persons_public_words_answer():
    """An automatic reply, a note or a change of status is no first response; a public message of an agent is."""
    story = Story().do(reply, Act(TIME, MONDAY), "robot", auto=True).do(take, at(0.2))

    assert clocks(story, 0.5)["first_response"].state == "running"
    assert clocks(story.reply(0.6), 0.7)["first_response"].state == "met"


@pytest.mark.parametrize(("late", "state"), [(-1, "met"), (0, "met"), (1, "breached")])
def test_met_exactly_at_due_is_met(late, state):
    """A reply at the due moment is in time, one a second later is not."""
    assert clocks(Story().reply(1 + late / 3600), 3)["first_response"].state == state


def test_a_reply_after_hours_is_late():
    """A target that ends with the day is missed in the evening, though no open time has passed since."""
    story = Story(at(7, by=JOAN))  # 16:00, so due at 17:00

    assert clocks(story, 8)["first_response"].state == "running"
    assert clocks(story, 9)["first_response"].state == "breached"
    assert clocks(story.reply(9), 10)["first_response"].state == "breached"


def test_further_messages_do_not_restart_next_response():
    """The oldest unanswered message counts; a reply ends the clock, and the next message starts another."""
    story = Story().reply(0.5).write(1).write(2)

    assert clocks(story, 2.5)["next_response"].since == MONDAY + HOUR
    assert clocks(story, 2.5)["next_response"].due_at == MONDAY + 3 * HOUR

    story.reply(2.5).write(4)

    assert clocks(story, 4)["next_response"].since == MONDAY + 4 * HOUR
    assert [clock.state for clock in clocks_of(story.events, BOOK, MONDAY + 4 * HOUR) if clock.kind == "next_response"] == [
        "met",
        "running",
    ]


def test_a_second_message_before_the_first_response_starts_nothing():
    """Until somebody has answered at all, the first response is what is owed."""
    assert "next_response" not in clocks(Story().write(0.5), 0.6)


def test_a_program_starts_no_clock():
    """An out-of-office notice asks for no answer."""
    assert "next_response" not in clocks(Story().reply(0.5).write(1, auto=True), 2)


def test_reopening_adds_and_the_time_resolved_does_not_count():
    """Two hours, a day resolved, then one more: three hours."""
    story = Story().reply(1).do(resolve, at(2)).write(26)
    resolution = clocks(story, 27)["resolution"]

    assert (resolution.state, resolution.elapsed, resolution.ended) == ("running", 3 * HOUR, None)
    assert clocks(story.reply(27).do(resolve, at(27)), 30)["resolution"].state == "met"


def test_on_hold_runs_unless_the_policy_pauses_it():
    """Waiting for a third party is our time, but a policy may say otherwise."""
    story = Story().reply(1).do(hold, at(2), Hold("n1", due_at=MONDAY + 3 * DAYS))

    assert clocks(story, 4)["resolution"].elapsed == 4 * HOUR
    assert clocks(story, 4, sla(pause_on=("pending", "on_hold")))["resolution"].elapsed == 2 * HOUR


def test_first_response_never_pauses():
    """Putting a case on hold before an answer buys no time."""
    story = Story().do(hold, at(0.5), Hold("n1", due_at=MONDAY + 3 * DAYS))

    assert clocks(story, 2, sla(pause_on=("pending", "on_hold")))["first_response"].state == "breached"


def test_what_nobody_owes_is_cancelled():
    """Spam, and cases that were resolved with a reason only, leave no promise open; what was broken before stays so."""
    assert clocks(Story().do(mark_spam, at(0.5)), 9)["first_response"].state == "cancelled"
    assert clocks(Story().do(resolve, at(0.5), "no_action"), 9)["first_response"].state == "cancelled"
    assert clocks(Story().do(resolve, at(2), "no_action"), 9)["first_response"].state == "breached"


def test_undoing_a_merge_gives_the_clocks_back():
    """A response clock ran on all the time; resolution counts nothing while the case was merged."""
    story, other = Story(), Story(name="c2", number=2)
    story.events += merge(story.case, other.case, at(0.25)).source
    other_case = apply(other.case, merge(Story().case, other.case, at(0.25)).target)

    assert {clock.state for clock in clocks(story, 0.5).values()} == {"cancelled"}

    story.events += unmerge(story.case, other_case, at(2)).source
    after = clocks(story, 3)

    assert (after["first_response"].state, after["first_response"].due_at) == ("breached", MONDAY + HOUR)
    assert after["resolution"].elapsed == 1.25 * HOUR


def test_a_change_of_priority_keeps_start_and_pauses():
    """Urgent from the third hour on: due an hour after the start, so late at once; low again: nothing was promised."""
    story = Story().reply(0.5).do(wait_for_requester, at(1)).do(take, at(2))

    assert clocks(story, 2, priorities())["resolution"].due_at == MONDAY + 5 * HOUR

    story.do(set_priority, at(3), "urgent")

    assert clocks(story, 3, priorities())["resolution"].due_at == MONDAY + 2 * HOUR
    assert clocks(story.do(set_priority, at(3), "low"), 3, priorities()) == {}


def test_a_change_of_team_changes_the_policy():
    """The first policy that fits counts, from the same start."""
    story = Story().do(transfer, at(1), "gold", ["gold"])

    assert clocks(story, 1, priorities())["resolution"].due_at == MONDAY + 2 * HOUR


def test_what_comes_after_the_end_changes_nothing():
    """A response that was in time stays so when the case becomes urgent later."""
    promised = book(Sla("r1", (Policy("all", OFFICE, {"normal": {"first_response": 4 * HOUR}, "urgent": {"first_response": HOUR}}),)))
    story = Story().reply(3).do(set_priority, at(3.5), "urgent")

    assert clocks(story, 5, promised)["first_response"].state == "met"


def test_a_change_of_hours_rewrites_no_history():
    """A clock keeps the revision that it was started with; a new one gets the new file."""
    old, new = sla(first_response=HOUR, next_response=HOUR).revisions["r1"], sla(revision="r2", next_response=5 * HOUR).revisions["r2"]
    story = worked(Story(), 0)
    both = Book({"r1": old, "r2": new}, "r2")

    assert clocks(story, 0.5, both)["first_response"].due_at == MONDAY + HOUR
    assert clocks(story.reply(0.5).write(1), 1, both)["next_response"].due_at == MONDAY + 6 * HOUR
    with pytest.raises(LookupError, match="r1"):
        clocks(story, 0.5, book(new))


def test_a_clock_that_was_announced_late_keeps_its_revision_too():
    """The worker that slept wrote the promise down after the answer; the next file changes nothing of it."""
    old, new = sla().revisions["r1"], sla(revision="r2", first_response=0.1 * HOUR).revisions["r2"]
    story = worked(Story().reply(0.5), 3)

    assert clocks(story, 4, Book({"r1": old, "r2": new}, "r2"))["first_response"].state == "met"


def test_a_clock_set_back_breaches_nothing():
    """A moment before the last event counts as that event's."""
    story = Story().reply(0.9)

    assert clocks(story, -100)["resolution"].elapsed == 0.9 * HOUR
