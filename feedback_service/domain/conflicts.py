"""Who saves an old page: what happened since it was opened, as far as the one who saves must see it first."""

from __future__ import annotations

from collections.abc import Iterable

from feedback_service.domain.nouns import Event, EventType

# Nobody's work is overwritten by these, and nobody would decide otherwise for having seen them.
_HARMLESS: frozenset[EventType] = frozenset({"notified", "bounced", "rated", "draft_published"})


def unseen(events: Iterable[Event], version: int, reader: str) -> tuple[Event, ...]:
    """
    List what stands between a save and the page it was made on: () means save, otherwise answer 409 and show these events.

    Args:
        events: The events of the case, or those after *version*.
        version: The case's version when the page was opened.
        reader: The id of the agent who saves; what they did themselves, in another tab, they have seen.
    """
    return tuple(
        event
        for event in events
        if event.seq > version
        and not event.type.startswith("sla_")
        and event.type not in _HARMLESS
        and not (event.actor.kind == "agent" and event.actor.id == reader)
    )
