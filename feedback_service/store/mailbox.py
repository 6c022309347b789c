"""
Mails that came in: which were taken already, which came lately, the originals that are kept, and those that were suspended.

Every mail leaves a row under its key, so that a second copy of it is known.  Its original is kept: its message shows no files, and not
what it quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import delete, func, select, update

from feedback_service.store.errors import NotThereError
from feedback_service.store.tables import mails, suspended
from feedback_service.store.tx import Tx, micros, moment

SuspendedState = Literal["waiting", "released", "discarded"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that was taken.  `case` is "" if it was suspended; `message` is "" if it opened its case."""

    key: str  # what a second copy of it has too
    at: datetime
    requester: str  # key of the sender
    case: str
    message: str
    message_id: str  # the sender's own, for answers
    raw: bytes  # b"" for a suspended one, which is kept elsewhere


@dataclass(frozen=True, slots=True)
class Suspended:
    """A mail that became nothing; an agent may let it in after all."""

    id: str
    cause: str
    at: datetime
    sender: str
    subject: str
    raw: bytes
    state: SuspendedState = "waiting"


def is_taken(tx: Tx, key: str) -> bool:
    """Tell whether a mail, or another copy of it, was taken before."""
    return tx.is_there(mails, key=key)


def keep_mail(tx: Tx, mail: Taken) -> None:
    """Note that a mail was taken.  Of two who take it at once, one fails here, and finds it taken when it tries again."""
    row = {"key": mail.key, "at": micros(mail.at), "requester": mail.requester, "case": mail.case, "message": mail.message}
    tx.put(mails, row | {"message_id": mail.message_id, "raw": mail.raw})


def forget_mail(tx: Tx, key: str) -> None:
    """Forget that a mail was taken, to take it anew: it was let in."""
    tx.run(delete(mails).where(mails.c.key == key))


def mails_since(tx: Tx, since: datetime, *, requester: str = "", case: str = "") -> int:
    """Count the mails of a sender, or of a case, since a moment."""
    wanted = select(func.count()).select_from(mails).where(mails.c.at >= micros(since))
    wanted = wanted.where(mails.c.requester == requester) if requester else wanted
    return int(tx.conn.execute(wanted.where(mails.c.case == case) if case else wanted).scalar() or 0)


def last_message_ids(tx: Tx, case_id: str, most: int = 10) -> tuple[str, ...]:
    """List the Message-IDs of the mails of a case, the last one last: what an answer refers to."""
    wanted = select(mails.c.message_id).where(mails.c.case == case_id, mails.c.message_id != "")
    return tuple(reversed([row["message_id"] for row in tx.all(wanted.order_by(mails.c.at.desc(), mails.c.key).limit(most))]))


def original_of(tx: Tx, case_id: str, message: str = "") -> bytes:
    """Read the original of a message, or of the mail that opened a case.  Raises: NotThereError: If none was kept."""
    row = tx.one(select(mails.c.raw).where(mails.c.case == case_id, mails.c.message == message).order_by(mails.c.at))
    if row is None or not row["raw"]:
        raise NotThereError(case_id)
    return bytes(row["raw"])


def forget_originals(tx: Tx, case_id: str) -> int:
    """Remove every mail of a case, for its erasure; returns how many."""
    return tx.run(delete(mails).where(mails.c.case == case_id))


def suspend(tx: Tx, mail: Suspended) -> None:
    """Keep a mail apart."""
    row = {"id": mail.id, "cause": mail.cause, "at": micros(mail.at), "sender": mail.sender, "subject": mail.subject}
    tx.put(suspended, row | {"raw": mail.raw, "state": mail.state})


def suspended_mails(tx: Tx, state: SuspendedState = "waiting", most: int = 100) -> tuple[Suspended, ...]:
    """List suspended mails without their originals: the oldest first while they wait, so that a flood hides none, else the newest."""
    shown = [column for column in suspended.c if column.name != "raw"]
    order = suspended.c.at if state == "waiting" else suspended.c.at.desc()
    wanted = select(*shown).where(suspended.c.state == state).order_by(order, suspended.c.id).limit(most)
    return tuple(_suspended({**row, "raw": b""}) for row in tx.all(wanted))


def suspended_mail(tx: Tx, id_: str) -> Suspended:
    """Read a suspended mail, its original included.  Raises: NotThereError."""
    row = tx.one(select(suspended).where(suspended.c.id == id_))
    if row is None:
        raise NotThereError(id_)
    return _suspended(row)


def decide_suspended(tx: Tx, id_: str, state: SuspendedState) -> bool:
    """Say what became of a suspended mail.  Returns: False if that was decided before."""
    return tx.run(update(suspended).where(suspended.c.id == id_, suspended.c.state == "waiting").values(state=state)) == 1


def forget_suspended(tx: Tx, before: datetime) -> int:
    """Forget suspended mails that came before a moment; returns how many."""
    return tx.run(delete(suspended).where(suspended.c.at < micros(before)))


def _suspended(row: dict[str, Any]) -> Suspended:
    state = cast("SuspendedState", row["state"])
    return Suspended(row["id"], row["cause"], moment(row["at"]), row["sender"], row["subject"], bytes(row["raw"]), state)
