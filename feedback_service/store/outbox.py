"""
Mails to send: rows that an act put here in its own transaction.  The sender takes some for a while, tries, and says how it went.

A row that was taken and never heard of again (the sender died) is due again when its lease is over: at least once, and with the
Message-ID of the first time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import func, select, update

from feedback_service.domain.notices import NoticeKind
from feedback_service.store.tables import cases, outbox
from feedback_service.store.tx import Tx, micros, micros_or_none, moment, moment_or_none

State = Literal["waiting", "sent", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Due:
    """One mail to send.  `tries` counts the one that it is taken for."""

    id: int
    kind: NoticeKind
    to: str  # "requester", "agent:<id>" or "team:<id>"
    case: str
    message: str
    at: datetime  # since when it waits
    tries: int
    message_id: str = ""  # as it was first sent
    state: State = "waiting"
    next_try: datetime | None = None
    error: str = ""  # what the mail server said last; holds no address


def take_due(tx: Tx, now: datetime, lease_until: datetime, most: int = 20) -> tuple[Due, ...]:
    """Take mails whose time has come, those first that have waited longest; nobody else gets them before the lease is over."""
    ready = select(outbox.c.id).where(outbox.c.next_try <= micros(now)).order_by(outbox.c.next_try, outbox.c.id).limit(most)
    ids = [row["id"] for row in tx.all(ready.with_for_update(skip_locked=True))]
    if not ids:
        return ()
    tx.run(update(outbox).where(outbox.c.id.in_(ids)).values(next_try=micros(lease_until), tries=outbox.c.tries + 1))
    return tuple(map(_due, tx.all(select(outbox).where(outbox.c.id.in_(ids)).order_by(outbox.c.id))))


def is_due(tx: Tx, now: datetime) -> bool:
    """Tell whether a mail's time has come."""
    return tx.one(select(outbox.c.id).where(outbox.c.next_try <= micros(now)).limit(1)) is not None


def fix_message_id(tx: Tx, row: int, message_id: str, now: datetime) -> None:
    """Write down the Message-ID, and when that was, before the first try."""
    tx.run(update(outbox).where(outbox.c.id == row).values(message_id=message_id, tried_at=micros(now)))


def note_try(tx: Tx, row: int, state: State, next_try: datetime | None, error: str = "") -> None:
    """Say how a try went; without a next one nothing more happens to the mail."""
    tx.run(update(outbox).where(outbox.c.id == row).values(state=state, next_try=micros_or_none(next_try), error=error))


def mails_of(tx: Tx, case_id: str) -> tuple[Due, ...]:
    """List the mails of a case, sent or not, for the agent to see."""
    return tuple(map(_due, tx.all(select(outbox).where(outbox.c.case == case_id).order_by(outbox.c.id))))


def count_sent(tx: Tx, kinds: Collection[NoticeKind], since: datetime, requester: str = "") -> int:
    """Count the mails of some kinds to requesters, or to one, that were first tried since a moment and have not failed."""
    tried = outbox.c.tried_at >= micros(since), outbox.c.state.in_(("waiting", "sent"))
    wanted = select(func.count(outbox.c.id)).where(outbox.c.kind.in_(sorted(kinds)), *tried)
    if requester:
        wanted = wanted.join(cases, cases.c.id == outbox.c.case).where(cases.c.requester == requester)
    return int(tx.conn.execute(wanted).scalar() or 0)


def _due(row: dict[str, Any]) -> Due:
    return Due(
        id=row["id"],
        kind=cast("NoticeKind", row["kind"]),
        to=row["to"],
        case=row["case"],
        message=row["message"],
        at=moment(row["at"]),
        tries=row["tries"],
        message_id=row["message_id"],
        state=cast("State", row["state"]),
        next_try=moment_or_none(row["next_try"]),
        error=row["error"],
    )
