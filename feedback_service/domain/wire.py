"""Events as JSON, for the store, the export and the audit chain: the same event always gives the same text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from feedback_service.domain.nouns import EVENT_TYPES, Actor, ActorKind, Event, EventType, Fact

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_KINDS = frozenset(get_args(ActorKind))
_TIMES = ("_at", "_until", "_since", "_due")  # how the names of moments end


def to_json(event: Event) -> str:
    """Write an event as one line: sorted keys, no spaces, moments as ISO 8601 in UTC with microseconds."""
    plain = {
        "seq": event.seq,
        "case": event.case,
        "at": _moment(event.at),
        "actor": {"kind": event.actor.kind, "id": event.actor.id},
        "type": event.type,
        "before": _plain(event.before),
        "after": _plain(event.after),
        "why": event.why,
        "request_id": event.request_id,
    }
    return _encode(plain)


def from_json(text: str) -> Event:
    """Read what `to_json` wrote.  Raises: ValueError: If it is no event, or one of a newer program."""
    try:
        plain = json.loads(text)
        actor, kind = plain["actor"], plain["type"]
        if kind not in EVENT_TYPES or actor["kind"] not in _KINDS:
            raise ValueError(f"This program knows no event {kind} by {actor['kind']}: it was written by a newer one.")
        return Event(
            seq=int(plain["seq"]),
            case=str(plain["case"]),
            at=datetime.fromisoformat(plain["at"]),
            actor=Actor(cast("ActorKind", actor["kind"]), str(actor["id"])),
            type=cast("EventType", kind),
            before=facts(plain["before"]),
            after=facts(plain["after"]),
            why=str(plain["why"]),
            request_id=str(plain["request_id"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is no event: {error!r} is missing or of another kind.") from error


def facts(plain: Mapping[str, Any]) -> dict[str, Fact]:
    """Give JSON values their Python kinds again: lists become tuples, moments become datetimes."""
    return {name: _fact(name, value) for name, value in plain.items()}


def _fact(name: str, value: Any) -> Fact:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and name.endswith(_TIMES):
        return datetime.fromisoformat(value)
    return cast("Fact", value)


def _plain(said: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: _moment(value) if isinstance(value, datetime) else value for name, value in said.items()}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
