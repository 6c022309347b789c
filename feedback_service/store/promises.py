"""Every revision of the SLA file that was ever in force: a clock counts by the one it was started with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from feedback_service.sla import Book, Sla
from feedback_service.sla_file import load_sla
from feedback_service.store.tables import sla_revisions
from feedback_service.store.tx import Tx, micros


def promise(tx: Tx, sla: Sla, text: str, now: datetime) -> Book:
    """
    Put a revision into force, and keep its text.

    Returns: The book of all revisions, this one the current.
    """
    if not tx.is_there(sla_revisions, revision=sla.revision):
        tx.put(sla_revisions, {"revision": sla.revision, "text": text, "at": micros(now)})
    return Book({**_kept(tx), sla.revision: sla}, sla.revision)


def kept_book(tx: Tx, current: Sla) -> Book:
    """Return the book of all revisions that were kept, with one that promises nothing as the current."""
    return Book({**_kept(tx), current.revision: current}, current.revision)


def _kept(tx: Tx) -> dict[str, Sla]:
    rows = tx.all(select(sla_revisions).order_by(sla_revisions.c.at))
    return {row["revision"]: load_sla(row["text"], f"SLA file {row['revision']}", row["revision"]) for row in rows}
