"""What the portal posts besides cases: ratings, searches, views of the contact form; and what keeps a post from counting twice."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.intake import RatingForm
from feedback_service.searches import FormEvent, SearchEvent
from feedback_service.store.errors import KeyReusedError
from feedback_service.store.rows import as_json
from feedback_service.store.tables import form_events, form_tokens, idempotency, ratings, search_events
from feedback_service.store.tx import Tx, micros

KEYS_KEPT = timedelta(hours=48)
_ANSWERED = select(idempotency.c.body, idempotency.c.answer, idempotency.c.at).where(idempotency.c.key == bindparam("key"))
TOKENS_KEPT = timedelta(hours=25)  # an hour longer than a token is good


def rate(tx: Tx, form: RatingForm, voter: str, now: datetime) -> None:
    """Take a vote.  The voter's earlier one on the same revision of the article gives way."""
    row = {
        "article": form.article,
        "revision": form.revision,
        "locale": form.locale,
        "helpful": form.helpful,
        "voter": voter,
        "at": micros(now),
        "reason": form.reason,
        "comment": form.comment,
        "email": form.email,
        "query": form.query,
        "state": "new",
        "case": None,
    }
    tx.conn.exec_driver_sql(*_rating(tx, row))


def note_search(tx: Tx, event: SearchEvent) -> None:
    """Count a search."""
    row = {"hour": micros(event.hour), "locale": event.locale, "query": event.query}
    tx.put(search_events, row | {"hits": event.hits, "clicked": event.clicked, "next": event.next})


def note_form(tx: Tx, event: FormEvent) -> None:
    """Count a view of the contact form."""
    row = {"hour": micros(event.hour), "locale": event.locale, "outcome": event.outcome}
    tx.put(form_events, row | {"offered": as_json(list(event.offered)), "opened": as_json(list(event.opened))})


def answered(tx: Tx, key: str, body: str, now: datetime) -> dict[str, Any] | None:
    """
    Return what was answered to this key before; None: it is new, or older than 48 hours.

    Args:
        key: The route and the caller's key.
        body: What was posted, written the one way that compares.
    Raises: KeyReusedError: If the body was another one.
    """
    found = tx.quick(_ANSWERED, key=_digest(key))
    if not found:
        return None
    body_before, answer_before, at = found[0]
    if at < micros(now - KEYS_KEPT):
        tx.run(delete(idempotency).where(idempotency.c.key == _digest(key)))
        return None
    if body_before != _digest(body):
        raise KeyReusedError
    answer: dict[str, Any] = json.loads(answer_before)
    return answer


def remember(tx: Tx, key: str, body: str, answer: dict[str, Any], now: datetime) -> None:
    """Keep an answer for the next one who asks with this key."""
    tx.put(idempotency, {"key": _digest(key), "body": _digest(body), "answer": as_json(answer), "at": micros(now)})


def use_token(tx: Tx, token: str, now: datetime) -> bool:
    """Note that a form's token was used; False: it was before."""
    return spend(tx, token.split(".")[1] if token.count(".") > 1 else token, now)


def spend(tx: Tx, nonce: str, now: datetime) -> bool:
    """Note that something good for a day at most is good no more; False: it was not before."""
    if is_spent(tx, nonce):
        return False
    tx.put(form_tokens, {"nonce": nonce, "at": micros(now)})
    return True


def is_spent(tx: Tx, nonce: str) -> bool:
    """Tell whether something is good no more."""
    return tx.is_there(form_tokens, nonce=nonce)


def forget_old(tx: Tx, now: datetime) -> int:
    """Throw away keys and tokens whose time is over; returns how many rows."""
    keys = tx.run(delete(idempotency).where(idempotency.c.at < micros(now - KEYS_KEPT)))
    return keys + tx.run(delete(form_tokens).where(form_tokens.c.at < micros(now - TOKENS_KEPT)))


_WRITTEN: dict[str, tuple[str, tuple[str, ...]]] = {}  # dialect -> the statement of `rate`, written once


def _rating(tx: Tx, row: dict[str, Any]) -> tuple[str, Any]:
    """Write the insert that replaces an earlier vote, for the driver."""
    name = tx.conn.dialect.name
    if name not in _WRITTEN:
        new = (sqlite.insert if name == "sqlite" else postgresql.insert)(ratings)
        changed = {column: new.excluded[column] for column in row if column not in {"article", "revision", "voter", "case"}}
        statement = new.on_conflict_do_update(index_elements=["article", "revision", "voter"], set_=changed)
        compiled = statement.compile(dialect=tx.conn.dialect, column_keys=list(row))
        _WRITTEN[name] = str(compiled), tuple(compiled.positiontup or ())
    text, names = _WRITTEN[name]
    return text, tuple(row[each] for each in names) if names else row


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
