"""
What people write on a case: the creation, messages of the requester, replies and notes of agents.

A message that a program sent by itself (`auto`) is kept and shown, but it moves no case and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feedback_service.domain.acts import first_act
from feedback_service.domain.fold import fold
from feedback_service.domain.moves import not_closed, only_agents, reopen, to_open
from feedback_service.domain.nouns import Act, Case, CaseType, Channel, Event, Fact, Priority
from feedback_service.domain.pen import Pen
from feedback_service.domain.refused import RefusedError


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a case on the day it comes in; `id`, `number` and `requester` are made by the store."""

    id: str
    number: int
    requester: str
    locale: str
    channel: Channel
    type: CaseType = "question"
    priority: Priority = "normal"
    category: str | None = None
    team: str | None = None
    tags: tuple[str, ...] = ()
    source_article: str | None = None
    source_revision: str | None = None
    split_from: str | None = None
    follow_up_of: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """
    What becomes of a requester's message.

    "joined": `events` belong to the case.  "elsewhere": give the message to case `other`, into which this one was merged.
    "follow_up": open a new case with `follow_up_of` = `other`.  "suspended": keep the message apart, nobody is told.
    """

    fate: Literal["joined", "elsewhere", "follow_up", "suspended"]
    events: tuple[Event, ...] = ()
    other: str = ""


def create(opening: Opening, act: Act) -> tuple[Event, ...]:
    """Open a case.  Whether it may be opened at all is decided before, by intake.py and moderation.py."""
    said: dict[str, Fact] = {name: getattr(opening, name) for name in Opening.__slots__ if name != "id"}
    kept = {name: value for name, value in said.items() if value not in {None, ()}}
    return (Event(1, opening.id, act.at, act.actor, "created", {}, kept, "", act.request_id),)


def created(opening: Opening, act: Act) -> Case:
    """Show the case that an opening makes."""
    return fold(create(opening, act))


def receive(case: Case, act: Act, message: str, *, reopen_within: timedelta, auto: bool = False) -> Received:
    """
    Take a message of the requester (or of somebody in cc).

    Args:
        message: The id of the message, which the store keeps with these events.
        reopen_within: How long after its answer a case may be reopened; later a message starts a follow-up.
        auto: The message was sent by a program, such as an out-of-office notice.
    """
    if case.merged_into is not None:
        return Received("elsewhere", other=case.merged_into)
    if case.close_reason in {"spam", "erased"}:
        return Received("suspended")
    if not auto and (case.status == "closed" or _too_late(case, act.at, reopen_within)):
        return Received("follow_up", other=case.id)
    pen = Pen(case, act)
    pen.write("message_in", {"message": message, "auto": auto})
    if not auto:
        _wake(pen)
    return Received("joined", pen.events)


def reply(case: Case, act: Act, message: str, *, auto: bool = False) -> tuple[Event, ...]:
    """Write to the requester.  Agents; a robot only with `auto`, which counts as no answer."""
    not_closed(case, "reply to it")
    if not auto:
        only_agents(act, "reply")
    pen = Pen(case, act)
    pen.write("reply_out", {"message": message, "auto": auto})
    if not auto:
        first_act(pen)
    return pen.events


def note(case: Case, act: Act, message: str) -> tuple[Event, ...]:
    """Write a note, which the requester never sees.  The one thing that a closed case still takes."""
    if act.actor.kind == "requester":
        raise RefusedError("agents_only", "Only agents and rules write notes.", answer="forbidden", allowed=("agent", "robot"))
    pen = Pen(case, act)
    pen.write("note", {"message": message})
    if act.actor.kind == "agent":
        first_act(pen)
    return pen.events


def bounced(case: Case, act: Act, message: str) -> tuple[Event, ...]:
    """Note that a reply could not be delivered.  It still counts as our answer: we did answer."""
    pen = Pen(case, act)
    pen.write("bounced", {"message": message})
    return pen.events


def notified(case: Case, act: Act, notice: str) -> tuple[Event, ...]:
    """Note that a notice was put into the outbox."""
    pen = Pen(case, act)
    pen.write("notified", {"notice": notice})
    return pen.events


def _wake(pen: Pen) -> None:
    if pen.case.status == "resolved":
        reopen(pen)
    elif pen.case.status in {"pending", "on_hold"}:
        to_open(pen)
    elif pen.case.snoozed_until is not None:
        pen.write("woken", {"snoozed_until": None})


def _too_late(case: Case, now: datetime, within: timedelta) -> bool:
    return case.status == "resolved" and case.resolved_at is not None and now - case.resolved_at > within
