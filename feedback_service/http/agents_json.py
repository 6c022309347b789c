"""What the agents' API answers with: cases, messages, clocks, accounts and figures as JSON, each field under its own name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from feedback_service.accounts import Agent, Token
from feedback_service.clocks import Clock
from feedback_service.domain import Case, Event, Message, Particulars
from feedback_service.domain.wire import to_json
from feedback_service.reports import Figure
from feedback_service.store.cases import CaseFile
from feedback_service.store.queue import Listed

_CASE = (
    "number", "status", "close_reason", "priority", "type", "category", "tags", "team", "assignee", "channel", "locale", "created_at",
    "updated_at", "due_at", "snoozed_until", "first_response_at", "resolved_at", "closed_at", "reopened", "satisfaction", "source_article",
    "source_revision", "requester", "version",
)  # fmt: skip


def case_json(case: Case) -> dict[str, Any]:
    """Write the facts of a case.  `requester` is an opaque key, the same for the same person; `version` goes back with a change."""
    return {name: plain(getattr(case, name)) for name in _CASE}


def listed_json(listed: Listed) -> dict[str, Any]:
    """Write a case as a list shows it, with the clock that ends first."""
    clock = {"kind": listed.clock, "due_at": plain(listed.due_at)} if listed.due_at else None
    return case_json(listed.case) | {"subject": listed.subject, "requester_name": listed.requester, "clock": clock}


def file_json(file: CaseFile) -> dict[str, Any]:
    """Write a case with what its requester told, its clocks and the articles that are linked to it."""
    links = [
        {"article": link.article, "revision": link.revision, "kind": link.kind, "by": link.by, "at": plain(link.at)}
        for link in file.case.links
    ]
    return case_json(file.case) | told_json(file.told) | {"clocks": [clock_json(clock) for clock in file.clocks], "links": links}


def told_json(told: Particulars) -> dict[str, Any]:
    """Write what a person told."""
    return {
        "subject": told.subject,
        "body": told.body,
        "requester_name": told.requester_name,
        "requester_email": told.requester_email,
        "cc": list(told.cc),
    }


def clock_json(clock: Clock) -> dict[str, Any]:
    """Write a promise; spans are whole seconds of open time."""
    spans = {"target_seconds": int(clock.target.total_seconds()), "elapsed_seconds": int(clock.elapsed.total_seconds())}
    return {
        "kind": clock.kind,
        "state": clock.state,
        "policy": clock.policy.name,
        "since": plain(clock.since),
        "due_at": plain(clock.due_at),
    } | spans


def message_json(message: Message) -> dict[str, Any]:
    """Write a message.  Its text is plain; files are named, not sent."""
    files = [{"name": each.name, "size": each.size, "type": each.type, "sha256": each.sha256} for each in message.attachments]
    facts = {"id": message.id, "kind": message.kind, "sender": message.sender, "author": message.author, "text": message.text}
    return facts | {"auto": message.auto, "at": plain(message.at), "attachments": files}


def event_json(event: Event) -> dict[str, Any]:
    """Write an event as the history has it."""
    written: dict[str, Any] = json.loads(to_json(event))
    del written["case"]
    return written


def agent_json(agent: Agent) -> dict[str, Any]:
    """Write an account; nothing of it opens anything."""
    facts = {"id": agent.id, "name": agent.name, "roles": sorted(agent.roles), "teams": sorted(agent.teams), "locale": agent.locale}
    return facts | {"email": agent.email, "disabled": agent.disabled, "has_second_factor": agent.has_totp}


def token_json(token: Token) -> dict[str, Any]:
    """Write what is known of an API token: its name and end, and an id that opens nothing."""
    return {"id": token.key[:16], "label": token.label, "reads_only": token.reads_only, "expires_at": plain(token.expires_at)}


def figure_json(figure: Figure) -> dict[str, Any]:
    """Write a number with what it counts."""
    return {"key": figure.key, "value": figure.value, "part": figure.part, "whole": figure.whole, "definition": figure.definition}


def plain(value: Any) -> Any:
    """Write a value as JSON has it: moments in UTC, lists as lists."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, Sequence) and not isinstance(value, str) else value
