"""
Who did what besides working on cases: accounts, decisions, exports, erasures.

Each row holds the digest of the one before it, so that a row that was changed, put in or taken out shows.  Rows name agents by login
and things by id, never a customer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from feedback_service.store.tables import audit, counters
from feedback_service.store.tx import Tx, micros, moment

START = "0" * 64  # what the first row follows
_COUNTER = "audit"
_CHAINED = ("seq", "at", "actor", "act", "object", "detail", "previous")
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did."""

    seq: int
    at: datetime
    actor: str  # a login, or "command" for somebody at the machine
    act: str  # "agent.added", "person.erased", ...
    object: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What a look at the whole trail found."""

    rows: int
    head: str  # digest of the last row: note it elsewhere, and nobody can rewrite the trail unseen
    broken: int | None = None  # the first row that is not what was written, or is missing


def note(tx: Tx, actor: str, act: str, object_: str, detail: str, at: datetime) -> None:
    """Write down who did what, in the transaction that does it.  Whoever else notes something waits until this one has ended."""
    seq = tx.next_number(_COUNTER)
    last = tx.one(select(audit.c.digest).where(audit.c.seq == seq - 1))
    row = {"seq": seq, "at": micros(at), "actor": actor, "act": act, "object": object_, "detail": detail}
    row["previous"] = last["digest"] if last else START
    tx.put(audit, row | {"digest": digest_of(row)})


def entries(tx: Tx, object_: str = "", most: int = 100, before: int | None = None, *, actor: str = "", act: str = "") -> tuple[Entry, ...]:
    """List what was done, the newest first; to one thing, by one person, one kind of act, or all."""
    wanted = select(audit).order_by(audit.c.seq.desc()).limit(most)
    for column, value in ((audit.c.object, object_), (audit.c.actor, actor), (audit.c.act, act)):
        wanted = wanted.where(column == value) if value else wanted
    wanted = wanted if before is None else wanted.where(audit.c.seq < before)
    return tuple(Entry(row["seq"], moment(row["at"]), row["actor"], row["act"], row["object"], row["detail"]) for row in tx.all(wanted))


def verify(tx: Tx) -> Trail:
    """Count every digest again.  A trail that was cut at its end is shorter than its counter says."""
    head, expected = START, 0
    for row in _rows(tx):
        expected += 1
        if row["seq"] != expected or row["previous"] != head or row["digest"] != digest_of(row):
            return Trail(expected - 1, head, expected)
        head = row["digest"]
    counted = tx.one(select(counters.c.value).where(counters.c.name == _COUNTER))
    is_whole = expected == (counted["value"] if counted else 0)
    return Trail(expected, head, None if is_whole else expected + 1)


def has_digest(tx: Tx, digest: str) -> bool:
    """Tell whether a row of the trail has this digest: then everything before it is as it was."""
    return tx.one(select(audit.c.seq).where(audit.c.digest == digest)) is not None


def digest_of(row: Mapping[str, Any]) -> str:
    """Write the digest of a row, which covers everything in it and, through `previous`, everything before it."""
    text = json.dumps([row[name] for name in _CHAINED], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(tx: Tx) -> Iterator[dict[str, Any]]:
    last = 0
    while rows := tx.all(select(audit).where(audit.c.seq > last).order_by(audit.c.seq).limit(_AT_ONCE)):
        yield from rows
        last = rows[-1]["seq"]
