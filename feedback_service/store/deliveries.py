"""Verbs on messages to other programs: written with the act that they tell of, claimed by a worker, settled after each try."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from feedback_service.domain.fold import apply, fold
from feedback_service.domain.nouns import Case, Event
from feedback_service.store.tables import deliveries
from feedback_service.store.tx import Tx, micros, micros_or_none
from feedback_service.webhooks import Webhook, message_body

LEASE = timedelta(minutes=2)  # so long a claimed message is left to whoever claimed it


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook; `tries` were made before this one."""

    id: int
    webhook: str
    message: str
    body: str
    tries: int


def tell_webhooks(tx: Tx, webhooks: Sequence[Webhook], before: Case | None, new: Iterable[Event], now: datetime) -> None:
    """Put what webhooks want to know of new events with the rest of the act; *before* is the case before them, None at its creation."""
    case = before
    for event in new:
        case = fold([event]) if case is None else apply(case, [event])
        wanted = [webhook.name for webhook in webhooks if event.type in webhook.on]
        if wanted:
            body = message_body(event, case)
            waiting = {"body": body, "at": micros(now), "next_try": micros(now), "tries": 0, "state": "waiting", "error": ""}
            tx.put(deliveries, *({"webhook": name, "message": f"msg_{secrets.token_hex(12)}", **waiting} for name in wanted))


def claim_deliveries(tx: Tx, now: datetime, most: int = 20) -> tuple[Delivery, ...]:
    """Take messages that are due, the oldest first, so that no other worker takes them for two minutes."""
    due = select(deliveries).where(deliveries.c.next_try <= micros(now)).order_by(deliveries.c.next_try, deliveries.c.id)
    rows = tx.all(due.limit(most).with_for_update(skip_locked=True))
    if rows:
        mine = deliveries.c.id.in_([row["id"] for row in rows])
        tx.run(update(deliveries).where(mine).values(next_try=micros(now + LEASE)))
    return tuple(Delivery(row["id"], row["webhook"], row["message"], row["body"], row["tries"]) for row in rows)


def settle_delivery(tx: Tx, delivery: Delivery, *, error: str, again: datetime | None) -> None:
    """Note how a try went: taken where *error* is "", else tried again at *again*, or given up where that is None."""
    state = "waiting" if again else "failed" if error else "sent"
    facts = {"tries": delivery.tries + 1, "state": state, "error": error[:200], "next_try": micros_or_none(again)}
    tx.run(update(deliveries).where(deliveries.c.id == delivery.id).values(**facts))


def prune_deliveries(tx: Tx, before: datetime) -> int:
    """Forget messages that were sent or given up, and came in before a moment."""
    return tx.run(delete(deliveries).where(deliveries.c.next_try.is_(None), deliveries.c.at < micros(before)))
