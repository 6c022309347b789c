"""Writes the next events of one case: numbers them, dates them, and notes what stood there before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedback_service.domain.fold import CASE_FIELDS, advance
from feedback_service.domain.nouns import Act, Case, Event, EventType, Fact

_FIELDS = frozenset(CASE_FIELDS)


class Pen:
    """
    Collects the events of one act; `case` is always the case as it stands after them.

    An event is never dated before the case's last one: a clock that was set back reorders nothing.
    """

    def __init__(self, case: Case, act: Act) -> None:
        self.act = act
        self._case: Case | None = case
        self._state: dict[str, Any] = {name: getattr(case, name) for name in CASE_FIELDS}
        self._events: list[Event] = []

    @property
    def case(self) -> Case:
        """The case as it stands now.  Made when it is asked for: most acts write several events and look at none of the cases between."""
        if self._case is None:
            self._case = Case(**self._state)
        return self._case

    @property
    def events(self) -> tuple[Event, ...]:
        """What was written so far, in order."""
        return tuple(self._events)

    def write(self, kind: EventType, after: dict[str, Fact] | None = None, *, why: str = "", at: datetime | None = None) -> None:
        """Write one event.  Give *at* only for what is dated at its own moment, such as a breach."""
        said, now = after or {}, self._state
        before: dict[str, Fact] = {name: now[name] for name in said if name in _FIELDS}
        moment = at or max(self.act.at, now["updated_at"])
        event = Event(now["version"] + 1, now["id"], moment, self.act.actor, kind, before, said, why, self.act.request_id)
        advance(now, event)
        self._case = None
        self._events.append(event)
