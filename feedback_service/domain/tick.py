"""What time does to a case: ends of snoozes, a warning before a pending case is given up, and the closing of answered ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.domain.moves import to_open, to_resolved
from feedback_service.domain.nouns import TIME, Act, Case, Event
from feedback_service.domain.pen import Pen


@dataclass(frozen=True, slots=True)
class Life:
    """How long a case waits, as spans of 24 hours: set under [cases] of the SLA file."""

    warn_pending_after: timedelta = timedelta(days=5)
    resolve_pending_after: timedelta = timedelta(days=7)
    close_resolved_after: timedelta = timedelta(days=14)  # so long a requester may reopen


def tick(case: Case, now: datetime, life: Life) -> tuple[Event, ...]:
    """Return what is due at *now*: () for nearly every case.  At most one step of each kind, so a late worker still warns first."""
    pen = Pen(case, Act(TIME, now))
    if case.snoozed_until is not None and case.snoozed_until <= now:
        _wake(pen)
    elif case.status == "pending":
        _give_up(pen, now, life)
    elif case.status == "resolved" and case.resolved_at is not None and now - case.resolved_at > life.close_resolved_after:
        moment = max(now, case.updated_at)
        pen.write("auto_closed", {"status": "closed", "closed_at": moment}, why="close_resolved_after")
    return pen.events


def next_tick(case: Case, life: Life) -> datetime | None:
    """Tell when `tick` should look at a case again; None: only after somebody has acted on it."""
    if case.snoozed_until is not None:
        return case.snoozed_until
    if case.status == "pending" and case.status_since is not None:
        if case.pending_warned_at is None:
            return case.status_since + life.warn_pending_after
        return _end_of_waiting(case.status_since, case.pending_warned_at, life)
    if case.status == "resolved" and case.resolved_at is not None:
        return case.resolved_at + life.close_resolved_after + timedelta(microseconds=1)
    return None


def _wake(pen: Pen) -> None:
    if pen.case.status in {"pending", "on_hold"}:
        to_open(pen, why="snooze_over")
    else:
        pen.write("woken", {"snoozed_until": None}, why="snooze_over")


def _give_up(pen: Pen, now: datetime, life: Life) -> None:
    since, warned = pen.case.status_since, pen.case.pending_warned_at
    if since is None:
        return
    if warned is None:
        if now >= since + life.warn_pending_after:
            pen.write("notified", {"notice": "pending_warning"})
    elif now >= _end_of_waiting(since, warned, life):
        to_resolved(pen, "abandoned", why="resolve_pending_after")


def _end_of_waiting(since: datetime, warned: datetime, life: Life) -> datetime:
    """A warning is always followed by as much time as was promised, even if it went out late."""
    return max(since + life.resolve_pending_after, warned + (life.resolve_pending_after - life.warn_pending_after))
