"""Events are the truth: what a fold needs, what it refuses, and how events travel."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import HOUR, MONDAY, Story, at

from feedback_service.domain import Event, apply, fold
from feedback_service.domain.acts import set_due, set_priority, set_tags
from feedback_service.domain.fold import CASE_FIELDS
from feedback_service.domain.moves import mark_spam, resolve
from feedback_service.domain.nouns import EVENT_TYPES, TIME
from feedback_service.domain.wire import from_json, to_json

NOTES = {  # what events say besides fields of the case
    "message", "auto", "note", "notice", "idea", "article", "revision", "link", "absorbs", "releases", "into", "messages", "followed_by",
    "clock", "clock_since", "clock_due", "mark", "target",
}  # fmt: skip


def long_story() -> Story:
    """Let nearly everything happen to a case."""
    story = Story(category="billing", tags=("a",)).do(set_tags, at(1), ["b"]).do(set_due, at(1), MONDAY + 9 * HOUR)
    return story.reply(2).write(3).reply(4).do(set_priority, at(5), "high").do(resolve, at(6)).write(7).do(mark_spam, at(8))


def test_any_prefix_folded_and_carried_on_is_the_whole():
    """A stored case that is carried on by new events equals the fold of all: table = fold."""
    events = long_story().events

    assert all(apply(fold(events[:cut]), events[cut:]) == fold(events) for cut in range(1, len(events)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: [],
        lambda events: events[1:],
        lambda events: [*events[:2], *events[3:]],
        lambda events: events * 2,
        lambda events: [*events[:1], replace(events[1], case="c2")],
    ],
)
def test_a_history_with_a_hole_is_refused(damage):
    """Nothing, no creation, a missing event, one twice, one of another case: an error, never a wrong case."""
    with pytest.raises(ValueError, match=r"case|Case"):
        fold(damage(list(long_story().events)))


def test_what_the_event_says_of_itself_cannot_be_overwritten():
    """An `after` that names the id, the version or the times of the case is ignored there."""
    story = Story()
    event = replace(story.events[0], after={**story.events[0].after, "id": "c2", "version": 7, "created_at": MONDAY + HOUR})

    assert fold([event]) == story.case


def test_events_say_fields_of_the_case_or_known_details():
    """A misspelt field would be lost without a word."""
    assert {name for event in long_story().events for name in event.after} <= {*CASE_FIELDS, *NOTES}


def test_events_survive_json():
    """Moments, lists and nothing come back as what they were."""
    for event in long_story().events:
        assert from_json(to_json(event)) == event


def test_the_same_event_gives_the_same_text():
    """Order of keys and zone of the clock play no part: an audit chain is counted over this text."""
    event = replace(Story().events[0], at=MONDAY.astimezone(timezone(timedelta(hours=2))), after={"b": 1, "a": MONDAY})

    assert to_json(event) == to_json(replace(event, at=MONDAY, after={"a": MONDAY, "b": 1}))
    assert json.loads(to_json(event))["at"] == "2026-03-02T09:00:00.000000+00:00"
    assert from_json(to_json(event)).at.tzinfo == UTC


@given(st.sampled_from(EVENT_TYPES), st.text(max_size=20), st.text(max_size=20), st.integers(1, 10**9))
@settings(max_examples=40)
def test_any_event_survives_json(kind, name, words, seq):
    """Whatever stands in a reason or an id."""
    event = Event(seq, name, MONDAY, TIME, kind, {}, {"message": words, "tags": (words, name), "due_at": None}, words, name)

    assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "1",
        '{"type":"created"}',
        to_json(Story().events[0]).replace("created", "beamed", 1),
        to_json(Story().events[0]).replace("requester", "martian", 1),
        to_json(Story().events[0])[:-1],
    ],
)
def test_what_is_no_event_is_refused(text):
    """Half a line, other JSON, and events of a newer program."""
    with pytest.raises(ValueError, match=r".") as caught:
        from_json(text)

    assert type(caught.value) in {ValueError, json.JSONDecodeError}
