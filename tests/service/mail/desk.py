"""Small acts around mail that tests share: an agent's answer, a look at a case, a header."""

from __future__ import annotations

from feedback_service.domain.messages import reply
from feedback_service.domain.nouns import Act, Actor, Message
from feedback_service.mail.read import read_mail
from feedback_service.store import cases

MARIA = Actor("agent", "maria")


def answer(store, case_id: str, text: str, now) -> None:
    """Let Maria answer a case."""
    how, said = Act(MARIA, now), Message(f"out{now.timestamp()}", case_id, "public", "agent", "maria", text, now)
    store.write(cases.act, case_id, how, lambda case: reply(case, how, said.id), wrote=[said])


def only_case(store, number: int = 1001):
    """Read a case with all that belongs to it."""
    case = store.read(cases.case_by_number, number)
    return store.read(cases.case_file, case.id, case.updated_at)


def header(raw: bytes, name: str) -> str:
    """Read a header of a mail."""
    return read_mail(raw).headers.get(name.lower(), ("",))[0]
