"""
Words struck out of a case: a card number, a password, another person's name.  What happened stays, told without the words.

The bytes of the files hold the words until the next sweep (sweeps.py), a few minutes later.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update

from feedback_service.domain.acts import redact
from feedback_service.domain.nouns import Act
from feedback_service.domain.refused import invalid
from feedback_service.store import audit, findable
from feedback_service.store.cases import Acted, act
from feedback_service.store.erasure import GONE
from feedback_service.store.sweeps import REMOVED
from feedback_service.store.tables import mails, messages, particulars
from feedback_service.store.tx import Tx


def strike(tx: Tx, case_id: str, message: str, words: Collection[str], how: Act, *, seen: int | None = None) -> Acted:
    """
    Strike words out of a message, whatever their case, and forget the mail that it came in, files and all: they stood there too.

    Args:
        message: Its id; "": what opened the case, its subject included.
        words: Each at least one character.
    Raises: As `cases.act`; RefusedError: "unknown_message", or "words_not_there" if none of them is in it.
    """
    pattern = re.compile("|".join(re.escape(each) for each in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    acted = act(tx, case_id, how, lambda case: redact(case, how, message), seen=seen)
    struck = _told(tx, case_id, pattern) if message == "" else _said(tx, case_id, message, pattern)
    if not struck:
        raise invalid("words", "words_not_there", "The message holds none of these words.")
    tx.run(update(mails).where(mails.c.case == case_id, mails.c.message == message).values(raw=b""))
    findable.renew(tx, [case_id])
    audit.note(tx, how.actor.id, REMOVED[0], str(acted.case.number), "", how.at)
    return acted


def _told(tx: Tx, case_id: str, pattern: re.Pattern[str]) -> bool:
    columns = (particulars.c.subject, particulars.c.body, particulars.c.source_query)
    row = tx.one(select(*columns).where(particulars.c.case == case_id)) or {}
    struck = _struck(row, pattern)
    if struck:
        tx.run(update(particulars).where(particulars.c.case == case_id).values(struck))
    return bool(struck)


def _said(tx: Tx, case_id: str, message: str, pattern: re.Pattern[str]) -> bool:
    this = (messages.c.id == message) & (messages.c.case == case_id)
    row = tx.one(select(messages.c.text).where(this))
    if row is None:
        raise invalid("message", "unknown_message", "The case has no such message.")
    struck = _struck(row, pattern)
    if struck:
        tx.run(update(messages).where(this).values({**struck, "html": "", "attachments": "[]"}))
    return bool(struck)


def _struck(row: dict[str, Any], pattern: re.Pattern[str]) -> dict[str, str]:
    return {name: text for name, value in row.items() if (text := pattern.sub(GONE, value)) != value}
