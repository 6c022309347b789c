"""Writes the next events of one case: numbers them, dates them, and notes what stood there before."""

from __future__ import annotations

from datetime import datetime

from feedback_service.domain.fold import CASE_FIELDS, apply
from feedback_service.domain.nouns import Act, Case, Event, EventType, Fact

_FIELDS = frozenset(CASE_FIELDS)


class Pen:
    """
    Collects the events of one act; `case` is always the case as it stands after them.

    An event is never dated before the case's last one: a clock that was set back reorders nothing.
    """

    def __init__(self, case: Case, act: Act) -> None:
        self.case, self.act = case, act
        self._events: list[Event] = []

    @property
    def events(self) -> tuple[Event, ...]:
        """What was written so far, in order."""
        return tuple(self._events)

    def write(self, kind: EventType, after: dict[str, Fact] | None = None, *, why: str = "", at: datetime | None = None) -> None:
        """Write one event.  Give *at* only for what is dated at its own moment, such as a breach."""
        said = after or {}
        before: dict[str, Fact] = {name: getattr(self.case, name) for name in said if name in _FIELDS}
        moment = at or max(self.act.at, self.case.updated_at)
        event = Event(self.case.version + 1, self.case.id, moment, self.act.actor, kind, before, said, why, self.act.request_id)
        self.case = apply(self.case, [event])
        self._events.append(event)
