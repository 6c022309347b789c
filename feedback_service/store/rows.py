"""Cases, messages and events as rows, and back.  Every field of Case has a column of its own name; a test folds events and compares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from feedback_service.clocks import Clock
from feedback_service.domain.fold import CASE_FIELDS
from feedback_service.domain.nouns import ArticleLink, Attachment, Case, Event, Message, Particulars
from feedback_service.domain.wire import to_json
from feedback_service.reports import row_of
from feedback_service.store.tx import micros, micros_or_none, moment, moment_or_none

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_MOMENTS = tuple(name for name in CASE_FIELDS if name.endswith(("_at", "_until", "_since")))
_LISTS = ("tags", "absorbed")
_COUNTED = ("linked", "known", "response_seconds", "resolution_seconds", "sla_met", "sla_breached")


def case_row(case: Case, clocks: Sequence[Clock], look_at: datetime | None) -> dict[str, Any]:
    """Write a case as its row, with what is kept so that nobody counts it again."""
    row: dict[str, Any] = {name: getattr(case, name) for name in CASE_FIELDS}
    row |= {name: micros_or_none(row[name]) for name in _MOMENTS}
    row |= {name: as_json(list(row[name])) for name in _LISTS}
    row["links"] = as_json([{**asdict(link), "at": micros(link.at)} for link in case.links]) if case.links else "[]"
    running = [(clock.due_at, clock.kind) for clock in clocks if clock.due_at is not None and clock.ended is None and clock.runs]
    due, kind = min(running, default=(None, None))
    report = row_of(case, clocks)
    row |= {name: getattr(report, name) for name in _COUNTED}
    return row | {"look_at": micros_or_none(look_at), "clock_due": micros_or_none(due), "clock": kind}


def case_of(row: Mapping[str, Any]) -> Case:
    """Read a case out of its row."""
    state: dict[str, Any] = {name: row[name] for name in CASE_FIELDS}
    state |= {name: moment_or_none(state[name]) for name in _MOMENTS}
    state |= {name: tuple(json.loads(state[name])) for name in _LISTS}
    state["links"] = tuple(ArticleLink(**{**link, "at": moment(link["at"])}) for link in json.loads(state["links"]))
    return Case(**state)


def event_row(event: Event) -> dict[str, Any]:
    """Write an event as its row."""
    return {"case": event.case, "seq": event.seq, "at": micros(event.at), "type": event.type, "event": to_json(event)}


def message_row(message: Message) -> dict[str, Any]:
    """Write a message as its row."""
    row: dict[str, Any] = {field.name: getattr(message, field.name) for field in fields(message)}
    lists = {"references": as_json(list(message.references)), "attachments": as_json([asdict(each) for each in message.attachments])}
    return row | lists | {"at": micros(message.at)}


def message_of(row: Mapping[str, Any]) -> Message:
    """Read a message out of its row."""
    state = dict(row) | {"references": tuple(json.loads(row["references"])), "auto": bool(row["auto"]), "at": moment(row["at"])}
    return Message(**{**state, "attachments": tuple(Attachment(**each) for each in json.loads(row["attachments"]))})


def particulars_row(case: str, told: Particulars, dropped: Sequence[str] = ()) -> dict[str, Any]:
    """Write what a person told as its row."""
    row: dict[str, Any] = {name: getattr(told, name) for name in Particulars.__slots__}
    return row | {"case": case, "cc": as_json(list(told.cc)), "dropped": as_json(list(dropped))}


def particulars_of(row: Mapping[str, Any]) -> Particulars:
    """Read what a person told."""
    state = {field.name: row[field.name] for field in fields(Particulars)}
    return Particulars(**{**state, "cc": tuple(json.loads(row["cc"]))})


def as_json(value: Any) -> str:
    """Write a list or a mapping the one way that is compared and searched."""
    return _encode(value) if value else "[]" if isinstance(value, list) else "{}"
