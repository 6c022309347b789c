"""
The words by which a case is found: those of its subject, its requester and all that was written in it, notes included.

One table of words that `lexis` cuts, the same on both databases; each keeps its own index over it, SQLite by FTS5, PostgreSQL by GIN.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, cast, delete, false, func, literal, literal_column, select, table, update
from sqlalchemy.dialects.postgresql import TSQUERY

from feedback_service import lexis
from feedback_service.domain.nouns import Case, Message, Particulars
from feedback_service.store.tables import cases, findable, messages, particulars
from feedback_service.store.tx import Tx

MOST = 40_000  # different words of one case: what comes later in it is not found
_KNOWN = select(findable.c.words).where(findable.c.number == bindparam("number"))
_TOLD = (particulars.c.subject, particulars.c.requester_name, particulars.c.requester_email, particulars.c.body)


def enter(tx: Tx, case: Case, told: Particulars) -> None:
    """Make a new case findable."""
    _put(tx, case.number, lexis.words(f"{told.subject}\n{told.requester_name}\n{told.requester_email}\n{told.body}"))


def add(tx: Tx, case: Case, wrote: Sequence[Message]) -> None:
    """Make a case findable by what was written in it now."""
    before = tx.quick(_KNOWN, number=case.number)
    known = before[0][0].split(" ") if before else []
    new = [word for word in lexis.words("\n".join(each.text for each in wrote)) if word not in set(known)]
    if not before:
        _put(tx, case.number, new)
    elif new:
        text = " ".join([*known, *new][:MOST]).strip()
        tx.run(update(findable).where(findable.c.number == case.number).values(words=text))


def renew(tx: Tx, case_ids: Collection[str]) -> None:
    """Cut the words of cases anew: texts were moved away, struck out or erased."""
    for row in tx.all(select(cases.c.id, cases.c.number).where(cases.c.id.in_(case_ids))):
        tx.run(delete(findable).where(findable.c.number == row["number"]))
        told = tx.one(select(*_TOLD).where(particulars.c.case == row["id"])) or {}
        said = tx.all(select(messages.c.text).where(messages.c.case == row["id"]).order_by(messages.c.at, messages.c.id))
        _put(tx, row["number"], lexis.words("\n".join([*told.values(), *(each["text"] for each in said)])))


def mentions(tx: Tx, text: str) -> ColumnElement[bool]:
    """
    Write as a condition on cases that every word of *text* begins a word of theirs.

    A text without any word, such as "?", finds nothing.
    """
    wanted = lexis.asked(text)
    if not wanted:
        return false()
    if tx.conn.dialect.name == "sqlite":
        index = table("findable_index")
        asked = " ".join(f'"{word}"*' for word in wanted)
        hits: Any = select(literal_column("rowid")).select_from(index).where(literal_column("findable_index").op("MATCH")(literal(asked)))
    else:
        asked = " & ".join(f"'{word}':*" for word in wanted)
        vector = func.array_to_tsvector(func.string_to_array(findable.c.words, " "))
        hits = select(findable.c.number).where(vector.op("@@")(cast(literal(asked), TSQUERY)))
    return cases.c.number.in_(hits)


def _put(tx: Tx, number: int, words: Iterable[str]) -> None:
    text = " ".join(list(words)[:MOST])
    if text:
        tx.put(findable, {"number": number, "words": text})
