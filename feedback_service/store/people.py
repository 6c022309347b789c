"""Requesters and their secrets: opaque keys for people, and links to their cases of which only a fingerprint is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from feedback_service.addresses import key_of
from feedback_service.store.errors import NotThereError
from feedback_service.store.tables import cases, links, requesters
from feedback_service.store.tx import Tx, micros

_KEY = select(requesters.c.key).where(requesters.c.address == bindparam("address"))
LINK_LIFE = timedelta(days=90)  # after the case was closed
_MAILED = "m."  # what a form gives out has no dot: see http/case_view.py
_SHORTEST, _LONGEST = 20, 100  # characters of a secret


def new_id(now: datetime) -> str:
    """Make an id that nobody guesses: in the order of time, so that tables grow at their end."""
    return f"{int(now.timestamp() * 1000):011x}{secrets.token_hex(6)}"


def new_secret() -> str:
    """Make the secret of a link: 192 random bits."""
    return secrets.token_urlsafe(24)


def is_mailed(secret: str) -> bool:
    """Tell whether a secret that opens something was made for a mail: only those begin so, and a changed one opens nothing."""
    return secret.startswith(_MAILED)


def fingerprint(secret: str) -> str:
    """Write a secret as the store keeps it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def requester_of(tx: Tx, address: str, now: datetime) -> str:
    """Find the key of the person with this address, or give one.  "" has a new key each time."""
    if not address:
        return new_id(now)
    known = tx.quick(_KEY, address=key_of(address))
    if known:
        return str(known[0][0])
    key = new_id(now)
    tx.put(requesters, {"key": key, "address": key_of(address), "at": micros(now)})
    return key


def keep_link(tx: Tx, case_id: str, secret: str, now: datetime) -> None:
    """Let a secret open a case.  Twice is once; a case may have several."""
    if not is_link(tx, secret):
        tx.put(links, {"digest": fingerprint(secret), "case": case_id, "at": micros(now)})


def is_link(tx: Tx, secret: str) -> bool:
    """Tell whether a secret opens something, or did."""
    return tx.is_there(links, digest=fingerprint(secret))


def mint_link(tx: Tx, case_id: str, now: datetime) -> str:
    """Make a new secret for a case, for a mail that goes out; returns it, and nobody can read it here again."""
    secret = f"{_MAILED}{new_secret()}"
    keep_link(tx, case_id, secret, now)
    return secret


def revoke_links(tx: Tx, case_id: str) -> int:
    """Let no link open a case any more; returns how many did."""
    return tx.run(delete(links).where(links.c.case == case_id))


def opened_by(tx: Tx, secret: str, now: datetime) -> str:
    """
    Name the case, or the post in quarantine, that a secret opens.  The index compares digests, so time tells nothing about secrets.

    Raises: NotThereError: Unknown, revoked, expired, empty: all the same.
    """
    if not _SHORTEST <= len(secret) <= _LONGEST:
        raise NotThereError
    both = links.outerjoin(cases, cases.c.id == links.c.case)
    row = tx.one(
        select(links.c.case, cases.c.closed_at, cases.c.close_reason).select_from(both).where(links.c.digest == fingerprint(secret))
    )
    if row is None or row["close_reason"] == "erased":
        raise NotThereError
    if row["closed_at"] is not None and row["closed_at"] < micros(now - LINK_LIFE):
        raise NotThereError
    return str(row["case"])
