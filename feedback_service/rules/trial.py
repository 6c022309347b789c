"""
A dry run: what rules would have done to past cases, had they stood then.

Each event of a history is shown to the rules with the case as it stood right after that event.  What rules would have set is not carried on
to later events, for nobody knows what people would have done then; so of each rule and case only the first time is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.fold import apply, fold
from feedback_service.domain.nouns import Case, Event, Fact
from feedback_service.rules.follow import Texts, no_text, obey
from feedback_service.rules.nouns import Directory, Fired, Rules


@dataclass(frozen=True, slots=True)
class Trial:
    """What one rule would have done to one case, first at one of its events."""

    rule: str
    number: int  # of the case
    at: datetime
    event: str  # type of the event
    sets: tuple[tuple[str, Fact, Fact], ...]  # (field, before, after); ("tell", None, "agent:maria")
    refused: tuple[str, ...] = ()


def try_on(history: Sequence[Event], rules: Rules, who: Directory, texts: Texts = no_text) -> Iterator[Trial]:
    """Show the history of one case to the rules; gives a Trial for each rule that would have done anything."""
    told: set[str] = set()
    case: Case | None = None
    for event in history:
        case = fold([event]) if case is None else apply(case, [event])
        if event.actor.kind == "robot" and event.actor.id.startswith("rule:"):
            continue
        left = tuple(rule for rule in rules.rules if rule.name not in told and event.type in rule.on)
        if not left:
            continue
        ruled = obey(case, event, left, lambda: who, texts if rules.needs_text() else no_text, event.at)
        for fired in ruled.fired:
            sets = tuple(_sets(ruled.events, fired))
            if sets or fired.refused:
                told.add(fired.rule)
                yield Trial(fired.rule, case.number, event.at, event.type, sets, fired.refused)


def _sets(events: Sequence[Event], fired: Fired) -> Iterator[tuple[str, Fact, Fact]]:
    """List what one rule set, field by field."""
    for event in events:
        if event.actor.id != f"rule:{fired.rule}":
            continue
        if event.type == "notified":
            yield "tell", None, event.after["to"]
        else:
            yield from ((name, event.before.get(name), value) for name, value in event.after.items() if event.before.get(name) != value)
