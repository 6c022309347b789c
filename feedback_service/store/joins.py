"""One case becomes two: the messages that are about something else go into a case of their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import update

from feedback_service.domain.joins import split
from feedback_service.domain.nouns import Act
from feedback_service.store import findable
from feedback_service.store.cases import NOTHING_YET, Acted, NewCase, _check_seen, _locked, _save, messages_of, opening_of, told_of
from feedback_service.store.rows import particulars_row
from feedback_service.store.tables import messages, particulars
from feedback_service.store.tx import Tx


def split_case(tx: Tx, case_id: str, chosen: Collection[str], subject: str, how: Act, *, seen: int | None = None) -> tuple[Acted, Acted]:
    """
    Open a case with messages of another one.  It has the same requester, team and kind; its text are those messages.

    Args:
        chosen: Ids of messages; one of the requester's at least.
    Returns: The old case and the new one.
    Raises: As `cases.act`.
    """
    history, case = _locked(tx, case_id)
    _check_seen(case, history, how, seen)
    told = replace(told_of(tx, case_id), subject=subject, body="", source_query="")
    facts = {name: getattr(case, name) for name in ("locale", "channel", "type", "priority", "category", "team", "tags")}
    new = NewCase(told=told, **facts)
    opening = replace(opening_of(tx, new, how, split_from=case_id), requester=case.requester)
    said = messages_of(tx, case_id)
    pair = split(case, how, said, chosen, opening)
    first = _save(tx, (history, case), pair.source, how)
    second = _save(tx, NOTHING_YET, pair.target, how, text=f"{subject}\n" + "\n".join(each.text for each in said if each.id in chosen))
    tx.put(particulars, particulars_row(opening.id, told))
    tx.run(update(messages).where(messages.c.case == case_id, messages.c.id.in_(sorted(chosen))).values(case=opening.id))
    findable.renew(tx, (case_id, opening.id))
    return first, second
