"""Whether something was removed that the bytes of the files may still hold, as the audit trail tells: it outlives a restart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from feedback_service.store import audit
from feedback_service.store.tables import audit as trail
from feedback_service.store.tx import Tx

REMOVED = ("case.redacted", "person.erased")  # acts of the trail
SWEPT = "store.swept"  # its object is the last row of the trail that it is about
BY = "service"


def unswept(tx: Tx) -> int:
    """Find the last removal, as a row of the trail, that no sweep came after; 0: there is none."""
    newest = select(trail.c.seq, trail.c.object).order_by(trail.c.seq.desc()).limit(1)
    removed, swept = tx.one(newest.where(trail.c.act.in_(REMOVED))), tx.one(newest.where(trail.c.act == SWEPT))
    last = removed["seq"] if removed else 0
    return last if swept is None or last > int(swept["object"]) else 0


def note_swept(tx: Tx, last: int, at: datetime) -> None:
    """Write down that the files hold nothing of what was removed up to a row of the trail: what came meanwhile is another sweep's."""
    audit.note(tx, BY, SWEPT, str(last), "", at)
