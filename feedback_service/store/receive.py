"""A message of a requester finds its way: into the case, into the one that this was merged into, or into a follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedback_service.domain.joins import home_of
from feedback_service.domain.messages import receive as received
from feedback_service.domain.nouns import Act, Case, Message, Particulars
from feedback_service.store.cases import NewCase, act, case, open_follow_up, told_of
from feedback_service.store.posts import answered, remember
from feedback_service.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What became of a message.

    "joined": `case` has it.  "follow_up": `case` is the new one that it opened.  "suspended": it is nowhere, for this case takes none.
    """

    fate: Literal["joined", "follow_up", "suspended"]
    case: Case


def receive(tx: Tx, case_id: str, how: Act, message: str, text: str) -> Taken:
    """
    Take what a requester wrote on the page of their case.

    Args:
        message: The id that it gets; the same one twice is the same form twice, and what came of it is told once more.
    Raises: NotThereError; KeyReusedError: The id came before, with another text.
    """
    if (before := answered(tx, f"message {message}", text, how.at)) is not None:
        return Taken(before["fate"], case(tx, before["case"]))
    taken = _received(tx, case_id, how, message, text)
    remember(tx, f"message {message}", text, {"fate": taken.fate, "case": taken.case.id}, how.at)
    return taken


def _received(tx: Tx, case_id: str, how: Act, message: str, text: str) -> Taken:
    first = case(tx, case_id)
    one = home_of(first, lambda id_: case(tx, id_))
    within = tx.book.at(None).life.close_resolved_after
    fate = received(one, how, message, reopen_within=within)
    if fate.fate == "suspended":
        return Taken("suspended", one)
    if fate.fate == "follow_up":
        return Taken("follow_up", _follow_up(tx, one, how, text, told_of(tx, first.id)))
    words = Message(id=message, case=one.id, kind="public", sender="requester", author=_author(tx, first, one), text=text, at=how.at)
    return Taken("joined", act(tx, one.id, how, lambda now: received(now, how, message, reopen_within=within).events, wrote=[words]).case)


def _author(tx: Tx, first: Case, one: Case) -> str:
    """Name who writes into a case that theirs was merged into, if they are not its requester: nobody writes in another's name."""
    if first.requester == one.requester:
        return ""
    told = told_of(tx, first.id)
    return told.requester_email or told.requester_name or f"#{first.number}"


def _follow_up(tx: Tx, one: Case, how: Act, text: str, told: Particulars) -> Case:
    kept = Particulars(told.subject, text, told.requester_name, told.requester_email, told.cc)
    new = NewCase(kept, one.locale, one.channel, one.type, one.priority, one.category, one.team)
    return open_follow_up(tx, one.id, new, how).case
