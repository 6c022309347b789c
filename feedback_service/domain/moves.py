"""
The status of a case: which moves exist, who may make them, and what must be true first.

Everything that is not in MOVES is refused with the moves that are.  Merging is in joins.py, what the passing of time moves in tick.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import get_args

from feedback_service.domain.nouns import Act, ActorKind, Case, CloseReason, Event, Fact, Status
from feedback_service.domain.pen import Pen
from feedback_service.domain.refused import RefusedError, invalid

_AGENT: frozenset[ActorKind] = frozenset({"agent"})
_AGENT_OR_ROBOT: frozenset[ActorKind] = frozenset({"agent", "robot"})
_ANYBODY: frozenset[ActorKind] = frozenset(get_args(ActorKind))

MOVES: Mapping[Status, Mapping[Status, frozenset[ActorKind]]] = MappingProxyType(
    {
        "new": {"open": _AGENT_OR_ROBOT, "pending": _AGENT, "on_hold": _AGENT, "resolved": _AGENT},
        "open": {"pending": _AGENT, "on_hold": _AGENT, "resolved": _AGENT},
        "pending": {"open": _ANYBODY, "on_hold": _AGENT, "resolved": _AGENT_OR_ROBOT},
        "on_hold": {"open": _ANYBODY, "resolved": _AGENT},
        "resolved": {"open": frozenset({"agent", "requester"}), "closed": _AGENT_OR_ROBOT},
        "closed": {},
    }
)
RESOLVE_REASONS: tuple[CloseReason, ...] = ("answered", "abandoned", "no_action")  # the others have acts of their own


@dataclass(frozen=True, slots=True)
class Hold:
    """What putting a case on hold needs: a note that says whom we wait for, and when to look again."""

    note: str  # id of the note, written with this act or before
    due_at: datetime | None = None
    until: datetime | None = None  # snooze


def allowed_moves(case: Case, kind: ActorKind) -> tuple[Status, ...]:
    """Name where somebody may move a case, in the order of its life."""
    return tuple(status for status, kinds in MOVES[case.status].items() if kind in kinds)


def take(case: Case, act: Act) -> tuple[Event, ...]:
    """Open a case: somebody has taken it, the waiting is over, or an agent looks at a resolved one again."""
    check_move(case, "open", act)
    pen = Pen(case, act)
    reopen(pen) if case.status == "resolved" else to_open(pen)
    return pen.events


def wait_for_requester(case: Case, act: Act) -> tuple[Event, ...]:
    """Set a case to pending.  A public reply must have come after the requester's last message."""
    check_move(case, "pending", act)
    if case.last_reply <= case.last_in:
        raise RefusedError(
            "reply_first",
            f"Case {case.number} waits for us: reply to the requester before it is set to pending.",
            allowed=_without(allowed_moves(case, act.actor.kind), "pending"),
        )
    pen = Pen(case, act)
    pen.write("status", {"status": "pending"})
    return pen.events


def hold(case: Case, act: Act, wish: Hold) -> tuple[Event, ...]:
    """Put a case on hold for a third party.  Needs a note, and a due or snooze that lies ahead."""
    check_move(case, "on_hold", act)
    if not wish.note:
        raise invalid("note", "hold_needs_note", "Write a note that says whom we wait for.")
    if wish.due_at is None and wish.until is None and case.due_at is None:
        raise invalid("due_at", "hold_needs_date", "Say when to look again: a due date or a snooze.", ("due_at", "until"))
    check_due(case, wish.due_at)
    check_snooze(wish.until, act.at)
    pen = Pen(case, act)
    pen.write("status", {"status": "on_hold", "note": wish.note})
    if wish.due_at is not None:
        pen.write("due", {"due_at": wish.due_at})
    if wish.until is not None:
        pen.write("snoozed", {"snoozed_until": wish.until})
    return pen.events


def resolve(case: Case, act: Act, reason: CloseReason | None = None) -> tuple[Event, ...]:
    """Answer a case.  Without a reason a public reply must exist; the reason is then "answered"."""
    check_move(case, "resolved", act)
    if reason is not None and reason not in RESOLVE_REASONS:
        raise invalid("close_reason", "unknown_reason", f"A case is not resolved as {reason}.", RESOLVE_REASONS)
    if case.last_reply == 0 and reason in {None, "answered"}:
        raise RefusedError(
            "reply_or_reason",
            f"Case {case.number} has no public reply: write one, or say why none is needed.",
            answer="invalid",
            field="close_reason",
            allowed=RESOLVE_REASONS[1:],
        )
    pen = Pen(case, act)
    to_resolved(pen, reason or "answered")
    return pen.events


def close(case: Case, act: Act) -> tuple[Event, ...]:
    """Close a resolved case for good."""
    check_move(case, "closed", act)
    pen = Pen(case, act)
    pen.write("status", {"status": "closed", "closed_at": max(act.at, case.updated_at)})
    return pen.events


def mark_spam(case: Case, act: Act) -> tuple[Event, ...]:
    """Close a case as spam, from any status: nobody is told, and no report counts it."""
    only_agents(act, "mark a case as spam")
    if case.close_reason == "spam":
        raise RefusedError("already_spam", f"Case {case.number} is spam already.")
    if case.close_reason == "erased":
        raise RefusedError("erased", f"Case {case.number} was erased.")
    pen = Pen(case, act)
    said: dict[str, Fact] = {"status": "closed", "close_reason": "spam", "closed_at": max(act.at, case.updated_at)}
    pen.write("status", {**said, "snoozed_until": None})
    return pen.events


def to_open(pen: Pen, *, why: str = "") -> None:
    """Write the move to open, which ends a snooze."""
    if pen.case.snoozed_until is not None:
        pen.write("woken", {"snoozed_until": None}, why=why)
    pen.write("status", {"status": "open"}, why=why)


def reopen(pen: Pen) -> None:
    """Write the move from resolved back to open: same assignee, time so far kept, counted."""
    said: dict[str, Fact] = {"status": "open", "reopened": pen.case.reopened + 1, "resolved_at": None, "close_reason": None}
    pen.write("reopened", said)


def to_resolved(pen: Pen, reason: CloseReason, *, why: str = "") -> None:
    """Write the move to resolved."""
    said: dict[str, Fact] = {"status": "resolved", "close_reason": reason, "snoozed_until": None}
    pen.write("status", {**said, "resolved_at": max(pen.act.at, pen.case.updated_at)}, why=why)


def check_move(case: Case, to: Status, act: Act) -> None:
    """Refuse a move that the table does not hold for this actor, naming those that it does."""
    allowed = allowed_moves(case, act.actor.kind)
    if to not in allowed:
        raise RefusedError("move_not_allowed", _no_such_move(case, to, allowed), allowed=allowed)


def not_closed(case: Case, wish: str) -> None:
    """Refuse to touch a closed case: it takes notes and redaction only."""
    if case.status == "closed":
        raise RefusedError("closed", f"Case {case.number} is closed: it takes notes only. Nobody can {wish}.", allowed=("note",))


def only_agents(act: Act, wish: str) -> None:
    """Refuse what requesters never do, and robots only by an act of their own."""
    if act.actor.kind != "agent":
        raise RefusedError("agents_only", f"Only an agent can {wish}.", answer="forbidden", allowed=("agent",))


def check_due(case: Case, due_at: datetime | None) -> None:
    """Refuse a due date before the case came in."""
    if due_at is not None and due_at < case.created_at:
        raise invalid("due_at", "due_before_created", f"The due date lies before case {case.number} was created.")


def check_snooze(until: datetime | None, now: datetime) -> None:
    """Refuse a snooze that ends before it begins."""
    if until is not None and until <= now:
        raise invalid("until", "snooze_in_past", "The end of a snooze lies ahead.")


def _no_such_move(case: Case, to: Status, allowed: tuple[Status, ...]) -> str:
    if case.status == "closed":
        return f"Case {case.number} is closed for good: a new message starts a follow-up case."
    if case.status == to:
        return f"Case {case.number} is {to} already; it may become {_listed(allowed)}."
    return f"Case {case.number} is {case.status} and cannot become {to}; it may become {_listed(allowed)}."


def _listed(names: tuple[str, ...]) -> str:
    return " or ".join(names) or "nothing else"


def _without(moves: tuple[Status, ...], move: Status) -> tuple[Status, ...]:
    return tuple(each for each in moves if each != move)
