"""Small cases, calendars and files that the service's tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from feedback_service.announce import announce
from feedback_service.calendars import ALWAYS, WEEKDAYS, Calendar, load_zone
from feedback_service.clocks import clocks_of
from feedback_service.domain import Act, Actor, Case, Event, apply, fold
from feedback_service.domain.messages import Opening, create, receive, reply
from feedback_service.sla import Book, Policy, Sla, book

MARIA, JORDI = Actor("agent", "maria"), Actor("agent", "jordi")
JOAN = Actor("requester", "r1")
RULE = Actor("robot", "rule:1")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE_WEEK = dict.fromkeys(WEEKDAYS[:5], "09-17")
DAYS = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def run_apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: beside tests in a browser, the main thread has a running event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def at(hours: float = 0, *, by: Actor = MARIA) -> Act:
    """Act so many hours after Monday nine o'clock."""
    return Act(by, MONDAY + timedelta(hours=hours))


def opening(name: str = "c1", number: int = 1, **more) -> Opening:
    """Describe a case of Joan's."""
    return Opening(**{"id": name, "number": number, "requester": "r1", "locale": "ca", "channel": "web", **more})


class Story:
    """One case as its acts follow each other; `events` is its whole history."""

    def __init__(self, when: Act | None = None, **more):
        self.events: tuple[Event, ...] = create(opening(**more), when or at(by=JOAN))

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return fold(self.events)

    def do(self, act, *arguments, **more) -> Story:
        """Let an act of the domain happen: the function first, then what it takes after the case."""
        new = act(self.case, *arguments, **more)

        assert apply(self.case, new) == fold((*self.events, *new))

        self.events += new
        return self

    def reply(self, hours: float) -> Story:
        """Let Maria answer."""
        return self.do(reply, at(hours), f"out{hours}")

    def write(self, hours: float, *, auto: bool = False) -> Story:
        """Let Joan write."""
        self.events += receive(self.case, at(hours, by=JOAN), f"in{hours}", reopen_within=14 * DAYS, auto=auto).events
        return self


def calendar(zone: str, week: dict[str, str], *holidays) -> Calendar:
    """Make a calendar of texts such as {"mon": "09-14 16-19"}."""
    days = tuple(tuple(interval(each) for each in week.get(day, "").split()) for day in WEEKDAYS)
    return Calendar("test", load_zone(zone), days, frozenset(holidays))


def interval(text: str) -> tuple[timedelta, timedelta]:
    """Read "09-14" or "09:30-14"."""
    first, last = (each.partition(":") for each in text.split("-"))
    return tuple(timedelta(hours=int(hours), minutes=int(minutes or 0)) for hours, _, minutes in (first, last))


OFFICE = calendar("UTC", OFFICE_WEEK)


def sla(hours: calendar = OFFICE, revision: str = "r1", pause_on=("pending",), **targets: timedelta) -> Book:
    """Make a book of one policy that promises the same to every priority."""
    promised = targets or {"first_response": HOUR, "next_response": 2 * HOUR, "resolution": 8 * HOUR}
    policy = Policy("all", hours, dict.fromkeys(("low", "normal", "high", "urgent"), promised), {}, frozenset(pause_on))
    return book(Sla(revision, (policy,)))


def priorities() -> Book:
    """Promise 1 h if urgent, 4 h if normal, nothing if low; the team of gold cases less."""
    targets = {"urgent": {"resolution": HOUR}, "normal": {"resolution": 4 * HOUR}, "low": {}}
    gold = Policy("gold", ALWAYS, {"normal": {"resolution": 2 * HOUR}}, {"team": frozenset({"gold"})})
    return book(Sla("r1", (gold, Policy("all", OFFICE, targets))))


def worked(story: Story, *hours: float, promised: Book | None = None) -> Story:
    """Let the worker look at these hours after Monday nine."""
    for hour in hours:
        story.events += announced(story.events, MONDAY + hour * HOUR, promised)
    return story


def announced(events, now, promised: Book | None = None) -> tuple:
    """Let the clocks of a case speak."""
    return announce(events, clocks_of(events, promised or sla(), now), now)
