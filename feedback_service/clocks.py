"""
When is a case late?  Three clocks, counted from the events each time, in the open time of a calendar.

First response: creation -> first public message of an agent; never pauses.  Next response: the requester's oldest unanswered message
-> the next public message of an agent; further messages do not restart it.  Resolution: the time in the statuses that count.
A response that nobody owes any more (the case was resolved, merged or closed without one) is cancelled: neither met nor breached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from feedback_service.calendars import NOTHING
from feedback_service.domain.fold import advance
from feedback_service.domain.nouns import Event, Fact, Status
from feedback_service.sla import MATCHED, Book, ClockKind, Policy, Sla

ClockState = Literal["running", "paused", "met", "breached", "cancelled"]
WARN_AT = (4, 5)  # 80 % of the target, as a fraction: floats would move it by microseconds
_MATCHED = frozenset(MATCHED)
_Name = tuple[Fact, Fact]  # kind and start of a clock: what an sla_ event calls it
_ENDED: frozenset[Status] = frozenset({"resolved", "closed"})


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise to one requester, as it stands at a moment.  All moments are UTC."""

    kind: ClockKind
    since: datetime  # names the clock within its case, with `kind`
    policy: Policy
    revision: str
    target: timedelta  # open time
    runs: tuple[tuple[datetime, datetime | None], ...]  # when it ran; only the last may be without end
    ended: datetime | None
    state: ClockState
    due_at: datetime | None  # None: paused, and the end of the pause is unknown
    warn_at: datetime | None
    elapsed: timedelta  # open time so far

    @property
    def left(self) -> timedelta:
        """Open time until it is due; negative once it is late."""
        return self.target - self.elapsed


@dataclass(slots=True)
class _Draft:
    """A clock while the events pass by."""

    kind: ClockKind
    since: datetime
    sla: Sla
    policy: Policy | None = None
    target: timedelta | None = None
    runs: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    ended: datetime | None = None
    cancelled: bool = False

    @property
    def running(self) -> bool:
        return bool(self.runs) and self.runs[-1][1] is None

    def run(self, at: datetime) -> None:
        if not self.running:
            self.runs.append((at, None))

    def pause(self, at: datetime) -> None:
        if self.running:
            self.runs[-1] = (self.runs[-1][0], at)

    def end(self, at: datetime, *, cancelled: bool = False) -> None:
        self.pause(at)
        self.ended, self.cancelled = at, cancelled

    def promise(self, facts: dict[str, Any]) -> None:
        self.policy = self.sla.policy_for(facts)
        self.target = self.policy.target(self.kind, facts.get("priority", "normal")) if self.policy else None


def clocks_of(events: Iterable[Event], book: Book, now: datetime) -> tuple[Clock, ...]:
    """
    Count the clocks of a case at a moment, in the order of their starts.

    Args:
        events: All events of the case, in order.
        book: Every revision of the SLA file that the events name.
        now: Running clocks are counted up to here.  Before the last event (a clock set back): up to that event.
    Raises: ValueError, LookupError: If the events are no whole history, or need a revision that is gone.
    """
    state: dict[str, Any] = {}
    history = tuple(events)
    board = _Board(book, _revisions(history))
    for event in history:
        advance(state, event)
        board.take(state, event)
    moment = max(now, state["updated_at"]) if state else now
    return tuple(_clock(draft, draft.policy, draft.target, moment) for draft in board.drafts.values() if draft.policy and draft.target)


class _Board:
    """The clocks of a case while its events pass by; `open` are those that an event may still touch, so that long cases stay cheap."""

    def __init__(self, book: Book, revisions: Mapping[_Name, str]) -> None:
        self.book, self.revisions = book, revisions
        self.drafts: dict[_Name, _Draft] = {}
        self.open: list[_Draft] = []

    def take(self, state: dict[str, Any], event: Event) -> None:
        """Let one event start, pause, end or change clocks; *state* is the case after it."""
        match event.type:
            case "created":
                self._start("first_response", state, event)
                self._start("resolution", state, event)
            case "message_in" if not event.after.get("auto") and not any(map(_waiting, self.open)):
                self._start("next_response", state, event)
            case "reply_out" if not event.after.get("auto"):
                for draft in filter(_waiting, self.open):
                    draft.end(event.at)
                self.open = [draft for draft in self.open if draft.kind == "resolution" or draft.cancelled]
            case "unmerged" if "status" in event.after:
                self._restore(event)
        if not _MATCHED.isdisjoint(event.after):
            for draft in self.open:
                if draft.ended is None:
                    draft.promise(state)
        if "status" in event.after:
            self._move(state["status"], event)

    def _start(self, kind: ClockKind, state: dict[str, Any], event: Event) -> None:
        draft = _Draft(kind, event.at, self.book.at(self.revisions.get((kind, event.at))))
        draft.run(event.at)
        draft.promise(state)
        self.open.append(draft)
        self.drafts[kind, event.at] = draft

    def _move(self, status: Status, event: Event) -> None:
        """Run, pause or end clocks as the status asks."""
        for draft in self.open:
            if draft.kind != "resolution":
                if draft.ended is None and status in _ENDED:
                    draft.end(event.at, cancelled=True)
            elif status in _ENDED:
                if draft.ended is None:
                    draft.end(event.at, cancelled=status == "closed")
            else:
                draft.ended, draft.cancelled = None, False
                if draft.policy and status in draft.policy.pause_on:
                    draft.pause(event.at)
                else:
                    draft.run(event.at)

    def _restore(self, event: Event) -> None:
        """Undo what a merge cancelled.  Response clocks never pause, so the time in between is theirs too; resolution runs from now on."""
        merged_at = event.before.get("closed_at")
        for draft in self.open:
            if draft.cancelled and draft.ended == merged_at:
                draft.ended, draft.cancelled = None, False
                if draft.kind != "resolution":
                    draft.runs[-1] = (draft.runs[-1][0], None)


def _revisions(history: Iterable[Event]) -> dict[_Name, str]:
    """Find the revision that each clock was started with: it counts by that one, whatever the file says now."""
    found: dict[_Name, str] = {}
    for event in history:
        if event.type == "sla_started":
            found.setdefault((event.after.get("clock"), event.after.get("clock_since")), str(event.after["revision"]))
    return found


def _waiting(draft: _Draft) -> bool:
    return draft.kind != "resolution" and draft.ended is None


def _clock(draft: _Draft, policy: Policy, target: timedelta, now: datetime) -> Clock:
    """Count what a draft amounts to."""
    calendar = policy.calendar
    elapsed = sum((calendar.between(start, end or now) for start, end in draft.runs), NOTHING)
    due = _reached(draft, policy, target)
    late = due is not None and any((end or now) > due for _, end in draft.runs)
    state: ClockState
    if late:
        state = "breached"
    elif draft.cancelled:
        state = "cancelled"
    elif draft.ended is not None:
        state = "met"
    else:
        state = "running" if draft.running else "paused"
    warn = _reached(draft, policy, target * WARN_AT[0] // WARN_AT[1])
    return Clock(draft.kind, draft.since, policy, draft.sla.revision, target, tuple(draft.runs), draft.ended, state, due, warn, elapsed)


def _reached(draft: _Draft, policy: Policy, span: timedelta) -> datetime | None:
    """Tell when a clock had run for *span* of open time, or will if it runs on; None: not before somebody lets it run."""
    for number, (start, end) in enumerate(draft.runs, 1):
        if end is None:
            return policy.calendar.add(start, span)
        ran = policy.calendar.between(start, end)
        # A run that ends exactly at the target leaves it met: if the clock runs again, it is due at that later moment.
        if ran > span or (ran == span and (number == len(draft.runs) or policy.calendar.add(start, span) < end)):
            return policy.calendar.add(start, span)
        span -= ran
    return None
