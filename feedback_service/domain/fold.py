"""
From events to a case.  What an event says of a field is taken over as it stands; a few types of events also mean something more.

A folding is one mutable dict, thrown away at the end, because making a new Case for each event costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, cast

from feedback_service.domain.nouns import ArticleLink, Case, Event, LinkKind

CASE_FIELDS = tuple(each.name for each in fields(Case))
_FIELDS = frozenset(CASE_FIELDS)
_SKELETON = {"created_at", "updated_at", "id", "version"}  # said by the event itself, never by its `after`


def fold(events: Iterable[Event]) -> Case:
    """
    Make a case of its events, all of them, in the order of `seq`.

    Raises: ValueError: If there are none, one is missing, one belongs to another case, or the first is no creation.
    """
    state: dict[str, Any] = {}
    for event in events:
        advance(state, event)
    if not state:
        raise ValueError("A case without events is no case.")
    return Case(**state)


def apply(case: Case, events: Iterable[Event]) -> Case:
    """Carry a case on by its next events; the same as folding all of them."""
    state = {name: getattr(case, name) for name in CASE_FIELDS}
    for event in events:
        advance(state, event)
    return Case(**state)


def advance(state: dict[str, Any], event: Event) -> None:
    """Take one event into a folding: a dict of Case's fields, empty before the creation.  Raises ValueError as fold does."""
    if not state:
        if event.type != "created":
            raise ValueError(f"The first event of a case is its creation; case {event.case} begins with {event.type}.")
        state |= {"id": event.case, "created_at": event.at, "updated_at": event.at, "version": 0, "status": "new"}
    if event.seq != state["version"] + 1 or event.case != state["id"]:
        raise ValueError(f"Case {state['id']} is at event {state['version']}; event {event.seq} of case {event.case} does not follow.")
    for name, value in event.after.items():
        if name in _FIELDS and name not in _SKELETON:
            state[name] = value
    if "status" in event.after or event.type == "created":
        state |= {"status_since": event.at, "pending_warned_at": None}
    if meaning := _MEANINGS.get(event.type):
        meaning(state, event)
    state["version"] = event.seq
    state["updated_at"] = max(state["updated_at"], event.at)


def _asked(state: dict[str, Any], event: Event) -> None:
    if not event.after.get("auto"):
        state["last_in"] = event.seq
        state["unanswered_since"] = state.get("unanswered_since") or event.at


def _answered(state: dict[str, Any], event: Event) -> None:
    if not event.after.get("auto"):
        state |= {"last_reply": event.seq, "unanswered_since": None, "first_response_at": state.get("first_response_at") or event.at}


def _linked(state: dict[str, Any], event: Event) -> None:
    said: Mapping[str, Any] = event.after
    link = ArticleLink(said["article"], said["revision"], cast("LinkKind", said["link"]), event.actor.id, event.at)
    state["links"] = (*state.get("links", ()), link)


def _merged(state: dict[str, Any], event: Event) -> None:
    if other := event.after.get("absorbs"):
        state["absorbed"] = (*state.get("absorbed", ()), other)


def _unmerged(state: dict[str, Any], event: Event) -> None:
    state["absorbed"] = tuple(each for each in state.get("absorbed", ()) if each != event.after.get("releases"))


def _notified(state: dict[str, Any], event: Event) -> None:
    if event.after.get("notice") == "pending_warning":
        state["pending_warned_at"] = event.at


_MEANINGS: Mapping[str, Callable[[dict[str, Any], Event], None]] = {
    "created": _asked,
    "message_in": _asked,
    "reply_out": _answered,
    "article_linked": _linked,
    "merged": _merged,
    "unmerged": _unmerged,
    "notified": _notified,
}
