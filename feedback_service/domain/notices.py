"""Who is told of what: read from the events of one act, so that the outbox is filled in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from feedback_service.domain.nouns import Case, Event

NoticeKind = Literal["acknowledgement", "reply", "satisfaction", "pending_warning", "assigned", "transferred", "message_in", "attention"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell.  `to` is "requester", "agent:<id>" or "team:<id>"; addresses are the mail room's business."""

    kind: NoticeKind
    to: str
    case: str
    message: str = ""  # id of the message that it carries


def notices(case: Case, events: Iterable[Event], *, from_robot: bool = False) -> tuple[Notice, ...]:
    """
    List what the events of one act say to whom.

    Args:
        case: The case after those events.  Spam, merged and erased cases are silent.
        from_robot: The requester's message was sent by a program: no acknowledgement, or two programs write to each other for ever.
    """
    if case.close_reason in {"spam", "duplicate", "erased"}:
        return ()
    return tuple(notice for event in events if (notice := _notice(case, event, from_robot=from_robot)) is not None)


def _notice(case: Case, event: Event, *, from_robot: bool) -> Notice | None:
    said = event.after
    message = str(said.get("message", ""))
    watcher = f"agent:{case.assignee}" if case.assignee else f"team:{case.team}" if case.team else ""
    match event.type:
        case "created" if event.actor.kind == "requester" and not from_robot and case.split_from is None:
            return Notice("acknowledgement", "requester", case.id)
        case "reply_out" if not said.get("auto"):
            return Notice("reply", "requester", case.id, message)
        case "message_in" if watcher and not said.get("auto"):
            return Notice("message_in", watcher, case.id, message)
        case "status" if said.get("status") == "resolved" and said.get("close_reason") == "answered":
            return Notice("satisfaction", "requester", case.id)
        case "notified" if said.get("notice") == "pending_warning":
            return Notice("pending_warning", "requester", case.id)
        case "notified" if said.get("notice") == "attention":
            return Notice("attention", str(said.get("to", "")), case.id)
        case "assigned" if case.assignee and case.assignee != event.actor.id:
            return Notice("assigned", f"agent:{case.assignee}", case.id)
        case "transferred" if case.team:
            return Notice("transferred", f"team:{case.team}", case.id)
    return None
