"""
Sends what waits in the outbox: take some rows, write each mail, hand it over, note how it went.

Each mail is handed over at least once.  Its Message-ID is written down before the first try, so that a second copy is known as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from feedback_service.domain.messages import bounced
from feedback_service.domain.nouns import Act, Case, Particulars
from feedback_service.mail.letters import AUTOMATIC, TO_AGENTS, letter, locale_of
from feedback_service.mail.settings import Office, Server
from feedback_service.mail.smtp import Outcome, deliver
from feedback_service.mail.take import MAIL
from feedback_service.mail.threads import message_id, reply_address
from feedback_service.mail.write import Draft, WriteError, write_mail
from feedback_service.store import NotThereError, Store, Tx, cases, mailbox, outbox
from feedback_service.store.agents import agent_of, all_agents
from feedback_service.store.outbox import Due
from feedback_service.store.people import mint_link

LEASE = timedelta(minutes=10)  # longer than any delivery takes
DELAYS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 30, 60, 120, 240))  # after the first try, the second …; the last one repeats
GIVE_UP = timedelta(days=5)
MOST_ACKNOWLEDGED = 60  # acknowledgements in an hour, to all: more than that is somebody using us to fill mailboxes
MOST_AUTOMATIC = 10  # automatic mails in an hour to one person
BREAK = timedelta(minutes=10)

_ANSWERED = re.compile(r"(?:(?:re|aw|rv|sv|ref|rsp|răsp|回覆|回复|پاسخ)\s{0,3}[:：]\s{0,3}){1,9}", re.IGNORECASE)
_log = structlog.get_logger("mail")


class Sent(NamedTuple):
    """What a round came to, in mails.  `trouble` is what the server said if it was in no state to take any."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    dropped: int = 0
    trouble: str = ""


class Ready(NamedTuple):
    """A mail to hand over, or why there is none: "later" or "dropped" with a reason."""

    sender: str = ""
    to: tuple[str, ...] = ()
    raw: bytes = b""
    state: str = "ready"
    reason: str = ""


def send_due(store: Store, office: Office, server: Server, clock: Callable[[], datetime], most: int = 5) -> Sent:
    """
    Send what is due.

    Args:
        clock: Tells the time, in UTC.
        most: Mails of this round; few, for whoever stops the service waits for its end.
    Raises: UnavailableError: The store does not answer; what was taken is due again when its lease is over.
    """
    counts = {"sent": 0, "later": 0, "failed": 0, "dropped": 0}
    trouble = ""
    now = clock()
    if not store.read(outbox.is_due, now):
        return Sent()
    for due in store.write(outbox.take_due, now, now + LEASE, most):
        ready = Ready(state="later", reason=trouble) if trouble else store.write(prepare, office, due, clock())
        outcome = deliver(server, ready.sender, ready.to, ready.raw) if ready.state == "ready" else None
        state = store.write(note_outcome, due, ready, outcome, clock())
        counts[state] += 1
        trouble = trouble or (outcome.reason if outcome is not None and outcome.is_server and outcome.state != "sent" else "")
    if trouble:
        _log.warning("mail_server_in_trouble", reason=trouble)
    return Sent(**counts, trouble=trouble)


def prepare(tx: Tx, office: Office, due: Due, now: datetime) -> Ready:
    """Write the mail of a row.  A row about something that is gone, or for nobody, is dropped."""
    try:
        case, told = cases.case(tx, due.case), cases.told_of(tx, due.case)
    except NotThereError:
        return Ready(state="dropped", reason="no such case")
    to = _receivers(tx, due, told)
    if not to or (case.close_reason in {"spam", "erased"} and due.kind != "reply"):
        return Ready(state="dropped", reason="nobody to tell")
    if held := _too_many(tx, due, case, now):
        return held
    fixed = due.message_id or message_id(office.secrets[0], office.address, case.number, f"m{due.id}")
    if not due.message_id:
        outbox.fix_message_id(tx, due.id, fixed, now)
    try:
        raw = write_mail(_draft(tx, office, due, to, fixed, now))
    except (WriteError, KeyError, StopIteration) as error:
        _log.error("mail_not_written", kind=due.kind, case=case.number, reason=str(error))
        return Ready(state="dropped", reason=f"not written: {error}")
    return Ready(reply_address(office.secrets[0], office.address, case.number), to, raw)


def note_outcome(tx: Tx, due: Due, ready: Ready, outcome: Outcome | None, now: datetime) -> str:
    """
    Note how a try went.  A reply that will never arrive is told on its case.

    Returns: "sent", "later", "failed" or "dropped".
    """
    state, reason = (ready.state, ready.reason) if outcome is None else (outcome.state, outcome.reason)
    if state == "sent":
        outbox.note_try(tx, due.id, "sent", None)
        return "sent"
    if state == "dropped":
        outbox.note_try(tx, due.id, "dropped", None, reason)
        return "dropped"
    if state == "later" and now - due.at < GIVE_UP:
        outbox.note_try(tx, due.id, "waiting", now + DELAYS[min(due.tries, len(DELAYS)) - 1], reason)
        return "later"
    outbox.note_try(tx, due.id, "failed", None, reason)
    if due.to == "requester":
        how = Act(MAIL, now)
        cases.act(tx, due.case, how, lambda case: bounced(case, how, due.message))
    _log.warning("mail_failed_for_good", kind=due.kind, tries=due.tries, reason=reason)
    return "failed"


def _receivers(tx: Tx, due: Due, told: Particulars) -> tuple[str, ...]:
    """Find the addresses behind "requester", "agent:<id>" and "team:<id>".  Those in cc get what agents write, nothing automatic."""
    if due.to == "requester":
        everybody = (told.requester_email, *(told.cc if due.kind == "reply" else ()))
        return tuple(address for address in everybody if address)
    kind, _, name = due.to.partition(":")
    here = [agent for agent in all_agents(tx) if not agent.disabled and agent.email]
    return tuple(agent.email for agent in here if (agent.id == name if kind == "agent" else name in agent.teams))


def _too_many(tx: Tx, due: Due, case: Case, now: datetime) -> Ready | None:
    """Hold back automatic mails of which there are too many: one acknowledgement a day to a person, a few mails an hour in all."""
    if due.kind not in AUTOMATIC or due.message_id:
        return None
    if due.kind == "acknowledgement":
        if outbox.count_sent(tx, {"acknowledgement"}, now - timedelta(days=1), case.requester):
            return Ready(state="dropped", reason="acknowledged lately")
        if outbox.count_sent(tx, {"acknowledgement"}, now - timedelta(hours=1)) >= MOST_ACKNOWLEDGED:
            _log.warning("mail_breaker_open", kind=due.kind)
            return Ready(state="later", reason="too many acknowledgements in this hour")
    if outbox.count_sent(tx, AUTOMATIC, now - timedelta(hours=1), case.requester) >= MOST_AUTOMATIC:
        return Ready(state="later", reason="too many mails to this person in this hour")
    return None


def _draft(tx: Tx, office: Office, due: Due, to: tuple[str, ...], fixed: str, now: datetime) -> Draft:
    case, told = cases.case(tx, due.case), cases.told_of(tx, due.case)
    is_ours = due.kind in TO_AGENTS
    locale = locale_of(_locale_of_agent(tx, due, office) if is_ours else case.locale)
    several = due.kind == "reply" and len(to) > 1
    values = {"number": str(case.number), "subject": _ANSWERED.sub("", told.subject, count=1)}
    if is_ours:
        values["link"] = office.desk_page(case.number)
    elif not several:  # the link is the requester's alone
        values["link"] = office.case_page(mint_link(tx, case.id, now))
    if due.kind == "reply":
        values["text"] = next(said.text for said in cases.messages_of(tx, case.id) if said.id == due.message)
    subject, text = letter("reply_several" if several else due.kind, locale, values)
    earlier = () if is_ours else _earlier(tx, case, due)
    return Draft(
        sender=office.address,
        sender_name=office.name,
        to=to[0] if due.to == "requester" or len(to) == 1 else office.address,
        reply_to=reply_address(office.secrets[0], office.address, case.number),
        subject=subject,
        text=text,
        message_id=fixed,
        at=now,
        in_reply_to=earlier[-1] if earlier else "",
        references=earlier[:-1],
        is_automatic=due.kind != "reply",
        locale=locale,
    )


def _earlier(tx: Tx, case: Case, due: Due) -> tuple[str, ...]:
    """List the Message-IDs that a mail to the requester goes on from: ours, then the requester's own."""
    ours = [mail.message_id for mail in outbox.mails_of(tx, case.id) if mail.to == "requester" and mail.message_id and mail.id < due.id]
    return (*ours[-5:], *mailbox.last_message_ids(tx, case.id))


def _locale_of_agent(tx: Tx, due: Due, office: Office) -> str:
    kind, _, name = due.to.partition(":")
    agent = agent_of(tx, name) if kind == "agent" else None
    return agent.locale if agent else office.fallback
