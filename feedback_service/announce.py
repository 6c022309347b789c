"""
What the clocks of a case have to say: the sla_ events that are true at a moment and do not stand in its history yet.

Asking twice says nothing new, and a worker that woke late says the same as one that woke in time, dated the same.
Warnings are reminders, so they wait for opening hours; a breach is dated at the due moment at whatever hour it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from feedback_service.clocks import Clock
from feedback_service.domain.fold import fold
from feedback_service.domain.nouns import Act, Actor, Event, EventType, Fact
from feedback_service.domain.pen import Pen

CLOCKS = Actor("robot", "clocks")
JUST_AFTER = timedelta(microseconds=1)  # met exactly at due is met


class _News(NamedTuple):
    """One sla_ event that ought to stand in the history; the first four fields tell it from others."""

    kind: EventType
    clock: str
    since: datetime
    mark: str  # what may happen again under another mark: a target, a pause
    at: datetime
    after: dict[str, Fact]


def announce(events: Sequence[Event], clocks: Iterable[Clock], now: datetime) -> tuple[Event, ...]:
    """
    Write the sla_ events that are due; store them with the act that caused them, and again when `next_look` says.

    Args:
        events: All events of the case, in order.
        clocks: What they amount to at *now* (`clocks_of`).  The events that are written here change none of them.
    """
    said = _said(events)
    unsaid = [news for clock in clocks for news in _news(clock, now) if news[:4] not in said]
    if not unsaid:
        return ()
    pen = Pen(fold(events), Act(CLOCKS, now))
    for news in unsaid:
        pen.write(news.kind, {**news.after, "clock": news.clock, "clock_since": news.since, "mark": news.mark}, at=news.at)
    return pen.events


def next_look(clocks: Iterable[Clock], now: datetime) -> datetime | None:
    """Tell when `announce` will have something new to say if nobody acts: the next warning or due moment; None: never."""
    return min(filter(None, (_next(clock, now) for clock in clocks)), default=None)


def _next(clock: Clock, now: datetime) -> datetime | None:
    if clock.state != "running" or clock.due_at is None or clock.warn_at is None:
        return None
    warn = max(clock.warn_at, clock.policy.calendar.next_open(now)) if clock.warn_at <= now else clock.warn_at
    return warn if now < warn < clock.due_at else max(clock.due_at, now) + JUST_AFTER


def _news(clock: Clock, now: datetime) -> Iterator[_News]:
    """List everything that a clock has to say up to *now*, said before or not."""
    promise = f"{clock.policy.name}:{int(clock.target.total_seconds())}"

    def news(kind: EventType, at: datetime, mark: str = promise, **after: Fact) -> _News:
        return _News(kind, clock.kind, clock.since, mark, at, after)

    seconds = int(clock.target.total_seconds())
    yield news("sla_started", clock.since, sla_policy=clock.policy.name, revision=clock.revision, target=seconds)
    yield from _pauses(clock)
    if clock.state == "running" and clock.warn_at is not None and now >= clock.warn_at and _may_remind(clock, now):
        yield news("sla_warned", clock.warn_at, clock_due=clock.due_at)
    if clock.state == "breached" and clock.due_at is not None:
        yield news("sla_breached", clock.due_at, clock_due=clock.due_at)
    if clock.state == "met" and clock.ended is not None:
        yield news("sla_met", clock.ended, clock.ended.isoformat(), clock_due=clock.due_at)


def _pauses(clock: Clock) -> Iterator[_News]:
    """List the pauses of a clock, and their ends.  The end of the clock itself is no pause."""
    for number, (start, end) in enumerate(clock.runs):
        if number:
            yield _News("sla_resumed", clock.kind, clock.since, start.isoformat(), start, {})
        if end is not None and end != clock.ended:
            yield _News("sla_paused", clock.kind, clock.since, end.isoformat(), end, {})


def _may_remind(clock: Clock, now: datetime) -> bool:
    return now == clock.warn_at or clock.policy.calendar.is_open(now)


def _said(events: Iterable[Event]) -> set[tuple[object, ...]]:
    """List what stands in the history; of the promises of one clock only the last, for an older one may become true again."""
    said: set[tuple[object, ...]] = set()
    promised: dict[tuple[object, ...], tuple[object, ...]] = {}
    for event in events:
        if event.type.startswith("sla_"):
            name = event.type, event.after.get("clock"), event.after.get("clock_since")
            key = (*name, event.after.get("mark"))
            if event.type == "sla_started":
                promised[name] = key
            else:
                said.add(key)
    return said | set(promised.values())
