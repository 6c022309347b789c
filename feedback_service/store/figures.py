"""Counts for a monitor."""

from __future__ import annotations

from sqlalchemy import Column, func, select

from feedback_service.store.tables import cases, held, outbox
from feedback_service.store.tx import Tx


def is_used(tx: Tx) -> bool:
    """Tell whether anybody ever wrote to us: a store that is not as new as it looks."""
    return any(tx.one(select(table.c.id).limit(1)) is not None for table in (cases, held))


def figures(tx: Tx) -> dict[str, dict[str, int]]:
    """Count cases by status, mails to send and posts in quarantine by state."""
    return {"cases": _counts(tx, cases.c.status), "mails": _counts(tx, outbox.c.state), "held": _counts(tx, held.c.state)}


def _counts(tx: Tx, column: Column[str]) -> dict[str, int]:
    rows = tx.all(select(column.label("state"), func.count().label("count")).group_by(column))
    return {str(row["state"]): int(row["count"]) for row in rows}
