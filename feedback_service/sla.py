"""
What was promised: for which cases, how soon, counted in which hours.

The values come from a reviewed TOML file (sla_file.py).  A clock keeps the revision it was started with, so who changes the
file keeps the old texts; a Book is all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, get_args

from feedback_service.calendars import Calendar
from feedback_service.domain.nouns import Priority, Status
from feedback_service.domain.tick import Life

ClockKind = Literal["first_response", "next_response", "resolution"]
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)
MATCHED = ("team", "category", "type", "channel", "locale", "priority", "tags")  # facts of a case that a policy may ask for
PAUSING: tuple[Status, ...] = ("pending", "on_hold")  # statuses that may pause the resolution clock


@dataclass(frozen=True, slots=True)
class Policy:
    """One promise.  It matches a case that has, for each fact it names, one of the values it lists."""

    name: str
    calendar: Calendar
    targets: Mapping[Priority, Mapping[ClockKind, timedelta]]
    match: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pause_on: frozenset[Status] = frozenset({"pending"})

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether a case with these facts (fields of Case) falls under the policy."""
        return all(not wanted.isdisjoint(_values(facts.get(name))) for name, wanted in self.match.items())

    def target(self, kind: ClockKind, priority: Priority) -> timedelta | None:
        """Tell how much open time a clock has; None: nothing was promised."""
        return self.targets.get(priority, {}).get(kind)


@dataclass(frozen=True, slots=True)
class Sla:
    """One revision of the file.  The last policy is the default: it matches everything."""

    revision: str
    policies: tuple[Policy, ...] = ()
    life: Life = field(default_factory=Life)

    def policy_for(self, facts: Mapping[str, Any]) -> Policy | None:
        """Return the first policy that fits; None: nothing is promised to anybody."""
        return next((policy for policy in self.policies if policy.fits(facts)), None)


@dataclass(frozen=True, slots=True)
class Book:
    """All revisions that running clocks may still ask for, and which one new clocks get."""

    revisions: Mapping[str, Sla]
    current: str

    def at(self, revision: str | None) -> Sla:
        """Find a revision; None means the current one.  Raises: LookupError: If it was thrown away, which changes history."""
        wanted = revision or self.current
        try:
            return self.revisions[wanted]
        except KeyError:
            raise LookupError(f"Revision {wanted} of the SLA file is needed by a clock and was not kept.") from None


def book(sla: Sla) -> Book:
    """Make a book of one revision."""
    return Book({sla.revision: sla}, sla.revision)


def _values(fact: Any) -> tuple[str, ...]:
    if isinstance(fact, tuple):
        return fact
    return () if fact is None else (str(fact),)
