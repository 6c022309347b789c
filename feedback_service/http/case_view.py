"""
What the requester's page shows of cases that were put together.

Whoever types an address into a form gets the link of that case at once, and nobody has proved that the address is theirs.  So two cases
of one address are no reason to show one of them to who has the link of the other: only a link that was mailed to the address opens both.
Two people whose cases an agent merged all the same, asked for a confirmation, see each other's messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_service.domain import Case, Message
from feedback_service.domain.joins import home_of
from feedback_service.store import NotThereError, Tx, cases


@dataclass(frozen=True, slots=True)
class Joined:
    """
    A case with those it is merged with, as one visitor may see them.

    `shown` is the case whose state and subject the page tells; `until` ends what is seen of it: what was written later, when a case that
    this visitor may not see was part of it, goes to the address by mail.
    """

    shown: Case
    seen: frozenset[str]  # ids of cases whose messages are shown
    is_cut: bool = False
    until: datetime | None = None

    def holds(self, message: Message, own: str) -> bool:
        """Tell whether a message is shown; *own* is the case whose link was opened, and what was written on its page always is."""
        page, mark, _ = message.id.partition("-")  # what came by a page has the id of its case in its own
        if message.kind != "public" or (mark and page not in self.seen):
            return False
        return page == own or (message.case in self.seen and (self.until is None or message.at <= self.until))


def view_of(tx: Tx, case_id: str, *, is_mailed: bool, mails_go_out: bool) -> dict[str, Any]:
    """
    Gather what the page shows: nothing but what the requester wrote, and what was written to them.

    Args:
        is_mailed: The link that was opened had been mailed to the requester.
        mails_go_out: Answers reach the address of the case, too.
    """
    try:
        one = cases.case(tx, case_id)
    except NotThereError:
        return {"case": None, "told": None, "messages": (), "may_rate": False, "is_cut": False}
    joined = _joined(tx, one, is_mailed=is_mailed, mails_go_out=mails_go_out)
    shown = joined.shown
    everything = cases.messages_of(tx, *{one.id, home_of(one, lambda id_: cases.case(tx, id_)).id, *joined.seen})
    messages = [each for each in everything if joined.holds(each, one.id)]
    may_rate = shown.id == one.id and shown.status in {"resolved", "closed"} and shown.close_reason not in {"spam", "duplicate", "erased"}
    return {"case": shown, "told": cases.told_of(tx, shown.id), "messages": messages, "may_rate": may_rate, "is_cut": joined.is_cut}


def _joined(tx: Tx, one: Case, *, is_mailed: bool, mails_go_out: bool) -> Joined:
    home = home_of(one, lambda id_: cases.case(tx, id_))
    parts = {each.id: each for each in (one, home, *(cases.case(tx, id_) for id_ in home.absorbed))}
    seen = {id_ for id_, each in parts.items() if is_mailed or id_ == one.id or each.requester != one.requester}
    hidden = [each for id_, each in parts.items() if id_ not in seen]
    since = [each.closed_at for each in hidden if each.closed_at is not None and each.merged_into is not None]
    shown = home if home.id in seen else one
    split = {one.split_from, shown.split_from} - {None}  # a message that was split off keeps the id of its first page
    until = min(since, default=None) if mails_go_out and home.id in seen else None
    return Joined(shown, frozenset({*seen, *filter(None, split)}), bool(hidden), until)
