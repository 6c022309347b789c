"""
What an agent at the desk, or a program of one, wishes for a case, as acts of the domain: several fields at once, all of them or none.

A field that is not there is left alone; null takes away what may be empty.  Fields are done in the order of `FIELDS`, so that an agent of
the new team can be given in the same wish.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, cast

from feedback_service.domain import Act, Case, Event, apply
from feedback_service.domain.acts import assign, set_due, set_priority, set_tags, snooze, transfer
from feedback_service.domain.moves import Hold, close, hold, resolve, take, wait_for_requester
from feedback_service.domain.nouns import CLOSE_REASONS, PRIORITIES, STATUSES, CloseReason, Priority, Status
from feedback_service.intake import BODY, Complaint, FormError
from feedback_service.manifest import Manifest
from feedback_service.rules import Directory
from feedback_service.texts import TextError, clean_text

FIELDS = ("team", "assignee", "priority", "tags", "due_at", "note", "status", "close_reason", "snoozed_until")
_CHOICES: Mapping[str, tuple[str, ...]] = {"status": STATUSES[1:], "priority": PRIORITIES, "close_reason": CLOSE_REASONS}
_MOMENTS = ("due_at", "snoozed_until")
_MAY_BE_NULL = frozenset({"assignee", "due_at", "close_reason"})
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be different, by the name of the field; moments are UTC."""

    fields: Mapping[str, Any]

    @property
    def note(self) -> str:
        """The note that goes with it, "" if there is none."""
        return str(self.fields.get("note", ""))


def read_wish(fields: Mapping[str, Any], ignored: tuple[str, ...] = ()) -> Wish:
    """
    Check the fields of a wish.

    Args:
        ignored: Names of fields that are somebody else's, such as "version".
    Raises: FormError: With every field that is wrong.
    """
    wrong: dict[str, Complaint] = {}
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        if name in ignored:
            continue
        try:
            kept[name] = _value(name, value)
        except TextError as error:
            wrong[_shown(name)] = Complaint(error.reason, error.limit)
        except _WrongError as error:
            wrong[_shown(name)] = error.complaint
    if wrong:
        raise FormError(wrong)
    return Wish(kept)


def with_queues(who: Directory, manifest: Manifest) -> Directory:
    """Count the portal's queues among the teams, even while nobody is in them."""
    queues = {entry.queue for entry in manifest.articles.values() if entry.queue}
    return replace(who, teams={**dict.fromkeys(queues, frozenset[str]()), **who.teams})


def change(case: Case, act: Act, wish: Wish, who: Directory, note_id: str = "") -> tuple[Event, ...]:
    """
    Do what is wished; () if all of it is so already.

    Args:
        who: Teams and agents there are.
        note_id: Of the note that is stored with these events, which putting a case on hold needs; the note is written by the caller.
    Raises: RefusedError: By the first field that cannot be; nothing has happened then.
    """
    fields, done = wish.fields, _Done(case, act)
    if "team" in fields and fields["team"] != case.team:
        done.do(transfer, fields["team"], who.teams)
    if "assignee" in fields:
        done.do(assign, fields["assignee"], who.members(done.case.team))
    if "priority" in fields:
        done.do(set_priority, cast("Priority", fields["priority"]))
    if "tags" in fields:
        done.do(set_tags, fields["tags"])
    if "due_at" in fields:
        done.do(set_due, fields["due_at"])
    status = cast("Status | None", fields.get("status"))
    if status == "on_hold":
        done.do(hold, Hold(note_id, None, fields.get("snoozed_until")))
    elif status is not None and status != done.case.status:
        _move(done, status, fields.get("close_reason"))
    if "snoozed_until" in fields and status != "on_hold":
        done.do(snooze, fields["snoozed_until"])
    return tuple(done.events)


def _move(done: _Done, status: Status, reason: CloseReason | None) -> None:
    match status:
        case "open":
            done.do(take)
        case "pending":
            done.do(wait_for_requester)
        case "resolved":
            done.do(resolve, reason)
        case "closed":
            done.do(close)


class _Done:
    """Acts one after the other, each on the case as the last one left it."""

    def __init__(self, case: Case, act: Act) -> None:
        self.case, self.act, self.events = case, act, list[Event]()

    def do(self, work: Callable[Concatenate[Case, Act, P], tuple[Event, ...]], *values: P.args, **more: P.kwargs) -> None:
        new = work(self.case, self.act, *values, **more)
        self.case = apply(self.case, new)
        self.events += new


class _WrongError(ValueError):
    def __init__(self, reason: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.complaint = Complaint(reason, allowed=allowed)


def _value(name: str, value: Any) -> Any:
    """Read one field."""
    if name not in FIELDS:
        raise _WrongError("unknown_field", FIELDS)
    if value is None and name in _MAY_BE_NULL:
        return None
    if name == "tags":
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _WrongError("not_a_list_of_texts")
        return tuple(value)
    if not isinstance(value, str):
        raise _WrongError("not_text")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise _WrongError("broken_characters")
    if name in _MOMENTS:
        return _moment(value)
    if name == "note":
        return clean_text(value, BODY)
    if (known := _CHOICES.get(name)) and value not in known:
        raise _WrongError("unknown_value", known)
    return value


def _moment(text: str) -> datetime:
    """Read a moment with its zone, "2026-12-01T09:00:00Z"."""
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        raise _WrongError("not_a_moment") from None
    if moment.tzinfo is None or not 1970 < moment.year < 3000:
        raise _WrongError("not_a_moment")
    return moment.astimezone(UTC)


def _shown(name: str) -> str:
    return name[:50].encode("utf-8", "replace").decode()
