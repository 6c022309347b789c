"""The audit trail at the desk, for who administers and who audits: the newest first, narrowed by what, who and about what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_service.care import COMMAND
from feedback_service.desk.boards import Trail, TrailRow
from feedback_service.desk.request import House, Visit, house_of
from feedback_service.desk.views import Choice
from feedback_service.store import Tx, audit
from feedback_service.store.sweeps import BY

if TYPE_CHECKING:
    from starlette.responses import Response

MOST = 50  # rows of a page
LONGEST = 100  # characters of a login or an object
ACTS = tuple(
    "agent.added agent.changed agent.invited password.set second_factor.set second_factor.removed token.made token.revoked "
    "case.redacted case.exported export.cases export.ratings person.exported person.erased "
    "held.released held.discarded ban.added ban.ended store.imported store.swept".split()
)


async def show(visit: Visit) -> Response:
    """Show what was done; a filter that names nothing known finds nothing, and says so."""
    query = visit.request.query_params
    act, actor, about = (query.get(name, "").strip()[:LONGEST] for name in ("act", "actor", "about"))
    before = query.get("before", "")
    from_row = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None

    def read(tx: Tx) -> tuple[tuple[audit.Entry, ...], House]:
        return audit.entries(tx, about, MOST + 1, from_row, actor=actor, act=act), house_of(tx)

    def word(group: str, value: str) -> str:
        return visit.words.text(f"{group}.{value}")

    found, house = await visit.service.store.read_soon(read)
    said = {each: word("audit_act", word_of(each)) for each in ACTS}
    programs = tuple(Choice(each, word("audit_actor", each)) for each in (COMMAND, BY))
    people = (*house.choices(frozenset(house.names)), *programs)
    names = {each.value: each.label for each in people}
    rows = tuple(
        TrailRow(one.at, said.get(one.act, one.act), names.get(one.actor, one.actor), one.object, one.detail, one.act.startswith("case."))
        for one in found[:MOST]
    )
    older = found[MOST - 1].seq if len(found) > MOST else 0
    acts = tuple(Choice(*each) for each in said.items())
    return await visit.page("audit", Trail(rows, acts, people, act, actor, about, older, is_newest=from_row is None), "audit")


def word_of(act: str) -> str:
    """Name an act's word of [audit_act]."""
    return act.replace(".", "_")
