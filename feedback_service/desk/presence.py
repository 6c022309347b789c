"""
Who has which case open, so that two agents do not answer at once.

Kept in memory: a hint that is gone after a restart, and of several replicas each knows its own visitors only.  The version that every
form carries is what keeps answers from being lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

GONE = timedelta(seconds=50)  # without a sign; pages give one every 20 seconds
MOST = 10_000  # cases that are remembered


@dataclass(frozen=True, slots=True)
class Visit:
    """One agent at one case."""

    agent: str
    since: datetime
    seen: datetime
    writing: bool = False


class Presence:
    """Remembers visits to cases."""

    def __init__(self) -> None:
        self._visits: dict[str, dict[str, Visit]] = {}

    def here(self, case: str, agent: str, now: datetime, *, writing: bool = False) -> tuple[Visit, ...]:
        """Note that somebody is here; returns the others, those first that came first."""
        there = {name: visit for name, visit in self._visits.pop(case, {}).items() if now - visit.seen < GONE}
        mine = there.get(agent, Visit(agent, now, now))
        there[agent] = replace(mine, seen=now, writing=writing)
        self._visits[case] = there  # at the end: the first are those that nobody has looked at for longest
        if len(self._visits) > MOST:
            del self._visits[next(iter(self._visits))]
        return tuple(sorted((visit for name, visit in there.items() if name != agent), key=lambda visit: visit.since))
