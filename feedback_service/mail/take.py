"""
A mail that came in becomes a message, a case, a bounce of one of our mails, or is suspended; and nothing twice.

What a mail becomes is written in one transaction with the note that it was taken.  A mail is never an act of an agent.
"""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import structlog

from feedback_service.addresses import key_of
from feedback_service.domain.joins import home_of
from feedback_service.domain.messages import bounced, note, receive
from feedback_service.domain.nouns import Act, Actor, Attachment, Case, Message, Particulars
from feedback_service.intake import BODY
from feedback_service.mail.files import File
from feedback_service.mail.headers import first
from feedback_service.mail.letters import trouble_note
from feedback_service.mail.loops import ROBOTS, silences
from feedback_service.mail.mime import MOST_BYTES
from feedback_service.mail.quotes import cut_quote
from feedback_service.mail.read import LOOKED_AT, Mail, line_of, read_mail, tidy
from feedback_service.mail.settings import LOCALES, Office
from feedback_service.mail.threads import Claim, Placement, claim_of, own_ids, placed
from feedback_service.mail.tongue import tongue_of
from feedback_service.moderation import Sender, is_banned
from feedback_service.store import NotThereError, Store, Tx, UnavailableError, cases, mailbox, outbox
from feedback_service.store.cases import NewCase
from feedback_service.store.held import bans_of
from feedback_service.store.mailbox import Suspended, Taken
from feedback_service.store.people import requester_of

MAIL = Actor("robot", "mail")
HOUR = timedelta(hours=1)
TRIES = 2  # on PostgreSQL another process may have taken the same mail, or entered the same person, at the same moment
MOST_OF_SENDER = 20  # mails of one sender in an hour; more are suspended
MOST_OF_CASE = 20  # mails to one case in an hour; more are two programs that write to each other

_log = structlog.get_logger("mail")


class Fate(NamedTuple):
    """What became of a mail: a placement's fate, or "known" for a second copy; `case` is its public number, 0 if it has none."""

    fate: Literal["join", "new", "bounced", "suspended", "known"]
    why: str = ""
    case: int = 0


class Letterbox(NamedTuple):
    """A mail as it was read, before the store is asked anything."""

    raw: bytes  # at most MOST_BYTES
    mail: Mail
    silent: tuple[str, ...]
    claim: Claim
    whole: str  # the text, as long as a case takes it
    fresh: str  # without what it quotes


def take(store: Store, office: Office, raw: bytes, now: datetime) -> Fate:
    """
    Take a mail in.  Only a store that does not answer stops it: a mail that trips the program itself is suspended.

    Raises: UnavailableError: Nothing was written; the same mail may be handed over again.
    """
    fate = None
    for _ in range(TRIES):
        try:
            fate = store.write(_take, office, _opened(office, raw), now)
            break
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the next mail must not wait for it)
            place = traceback.extract_tb(error.__traceback__)[-1]  # the error itself may hold an address
            _log.error("mail_failed", reason=type(error).__name__, where=f"{place.name}:{place.lineno}")
    fate = fate or store.write(_suspend_unread, raw[:MOST_BYTES], now)
    _log.info("mail_taken", fate=fate.fate, why=fate.why, case=fate.case)
    return fate


def admit(tx: Tx, id_: str, how: Act, fallback: str) -> Case:
    """
    Let a suspended mail in, as a case of its own that is not answered automatically.

    Args:
        fallback: The locale of a mail that does not say.
    Raises: NotThereError: If there is none, or it was decided before.
    """
    kept = mailbox.suspended_mail(tx, id_)
    if not mailbox.decide_suspended(tx, id_, "released"):
        raise NotThereError(id_)
    box = _boxed(kept.raw, read_mail(kept.raw), (kept.cause,), Claim())
    mailbox.forget_mail(tx, box.mail.key)
    return _open(tx, fallback, box, Placement("new"), how.at)


def attachment_of(tx: Tx, case_id: str, message: str, digest: str) -> File:
    """
    Read a file that came with a mail, out of its original.

    Args:
        message: Id of the message; "": the mail that opened the case.
        digest: SHA-256 of the file.
    Raises: NotThereError: If there is none, or it is of a kind that is not kept.
    """
    for file in read_mail(mailbox.original_of(tx, case_id, message)).files:
        if file.sha256 == digest and not file.refusal:
            return file
    raise NotThereError(digest)


def _opened(office: Office, raw: bytes) -> Letterbox:
    mail = read_mail(raw)
    return _boxed(raw, mail, silences(mail, (office.address, *office.own)), claim_of(mail, office.secrets, office.address))


def _boxed(raw: bytes, mail: Mail, silent: tuple[str, ...], claim: Claim) -> Letterbox:
    cut: set[str] = set()
    fresh = tidy(cut_quote(mail.text).fresh, BODY, cut)
    whole = tidy(mail.text, BODY, set() if claim.number else cut)
    mail = replace(mail, troubles=tuple(sorted({*mail.troubles, *cut})))
    return Letterbox(raw[:MOST_BYTES], mail, silent, claim, whole, fresh)


def _take(tx: Tx, office: Office, box: Letterbox, now: datetime) -> Fate:
    if mailbox.is_taken(tx, box.mail.key):
        return Fate("known")
    named = _named_case(tx, box.claim)
    place = placed(box.mail, box.claim, _people(tx, named), box.silent)
    if place.fate in {"join", "new"} and is_banned(Sender(email=box.mail.sender), bans_of(tx, now), now):
        place = Placement("suspended", "banned")
    if place.fate != "suspended" and (flood := _flood(tx, box.mail, named if place.fate == "join" else None, now)):
        place = Placement("suspended", flood)
    match place.fate:
        case "suspended":
            return _suspend(tx, box, place.why, now)
        case "bounced":
            assert named is not None
            return _bounce(tx, office, box, named, now)
        case "join":
            assert named is not None
            return _join(tx, office, box, named, now)
    case = _open(tx, office.fallback, box, place, now)
    return Fate("new", place.why, case.number)


def _named_case(tx: Tx, claim: Claim) -> Case | None:
    """Find the case that a mail names, or the one it was merged into; an erased one is not there."""
    if not claim.number:
        return None
    try:
        case = home_of(cases.case_by_number(tx, claim.number), lambda id_: cases.case(tx, id_))
    except NotThereError:
        return None
    return None if case.close_reason == "erased" else case


def _people(tx: Tx, named: Case | None) -> tuple[str, ...]:
    """List who may write to a case: its requester and those in cc, and those of the cases that were merged into it."""
    if named is None:
        return ()
    told = [cases.told_of(tx, each) for each in (named.id, *named.absorbed)]
    return tuple(address for each in told for address in (each.requester_email, *each.cc) if address)


def _flood(tx: Tx, mail: Mail, joined: Case | None, now: datetime) -> str:
    if mail.sender and mailbox.mails_since(tx, now - HOUR, requester=requester_of(tx, mail.sender, now)) >= MOST_OF_SENDER:
        _log.warning("mail_flood")
        return "flood"
    if joined is not None and mailbox.mails_since(tx, now - HOUR, case=joined.id) >= MOST_OF_CASE:
        _log.warning("mail_loop", case=joined.number)
        return "loop"
    return ""


def _join(tx: Tx, office: Office, box: Letterbox, case: Case, now: datetime) -> Fate:
    """Give a mail to its case, or open the one that follows it."""
    how = Act(Actor("requester", requester_of(tx, box.mail.sender, now)), now)
    message = _message(box, case.id, cases.told_of(tx, case.id).requester_email, how)
    within = tx.book.at(None).life.close_resolved_after
    got = receive(case, how, message.id, reopen_within=within, auto=message.auto)
    if got.fate == "suspended":
        return _suspend(tx, box, "closed", now)
    if got.fate == "follow_up":
        following = _open(tx, office.fallback, box, Placement("new"), now, follows=case)
        return Fate("new", "follow_up", following.number)
    cases.act(
        tx, case.id, how, lambda fresh: receive(fresh, how, message.id, reopen_within=within, auto=message.auto).events, wrote=[message]
    )
    _keep(tx, box, case.id, message.id, how)
    _tell_agents(tx, office.fallback, box, case, "", now)
    return Fate("join", "auto" if message.auto else "", case.number)


def _open(tx: Tx, fallback: str, box: Letterbox, place: Placement, now: datetime, *, follows: Case | None = None) -> Case:
    mail = box.mail
    how = Act(Actor("requester", requester_of(tx, mail.sender, now)), now)
    text = box.fresh if follows else box.whole
    locale = follows.locale if follows else tongue_of(text, first(mail.headers, "content-language"), LOCALES, fallback)
    told = Particulars(mail.subject or line_of(text, 80) or "—", text, mail.sender_name, mail.sender)
    new = NewCase(told, locale, "email", tags=(place.why,) if place.why else (), from_robot=bool(box.silent))
    if follows:
        new = replace(new, type=follows.type, category=follows.category, team=follows.team)
    opened = cases.open_follow_up(tx, follows.id, new, how) if follows else cases.open_case(tx, new, how)
    _keep(tx, box, opened.case.id, "", how)
    _tell_agents(tx, fallback, box, opened.case, place.why, now)
    return opened.case


def _message(box: Letterbox, case: str, requester: str, how: Act) -> Message:
    mail = box.mail
    files = tuple(Attachment(file.name, file.size, file.type, file.sha256) for file in mail.files if not file.refusal)
    return Message(
        id=f"mail{mail.key[:28]}",
        case=case,
        kind="public",
        sender="requester",
        author="" if key_of(mail.sender) == key_of(requester) else mail.sender,  # somebody in cc is named
        text=box.fresh,
        at=how.at,
        message_id=mail.message_id,
        in_reply_to=mail.named[0] if mail.named else "",
        references=mail.named,
        attachments=files,
        auto=not ROBOTS.isdisjoint(box.silent),
    )


def _tell_agents(tx: Tx, locale: str, box: Letterbox, case: Case, why: str, now: datetime) -> None:
    """Write a note on what the text of a mail does not show."""
    text = trouble_note(locale, box.mail.troubles, box.mail.files, why, box.claim.number)
    if text:
        how = Act(MAIL, now)
        said = Message(f"note{box.mail.key[:28]}", case.id, "note", "robot", MAIL.id, text, now, auto=True)
        cases.act(tx, case.id, how, lambda fresh: note(fresh, how, said.id), wrote=[said])


def _bounce(tx: Tx, office: Office, box: Letterbox, case: Case, now: datetime) -> Fate:
    """Note that one of our mails did not arrive: the one that the report names, or else the last one to the requester."""
    named = own_ids(box.raw[:LOOKED_AT].decode("utf-8", "replace"), office.secrets, office.address)
    sent = [mail for mail in reversed(outbox.mails_of(tx, case.id)) if mail.message_id]
    failed = next((mail for mail in sent if (mail.message_id in named if named else mail.to == "requester")), None)
    how = Act(MAIL, now)
    if failed:
        outbox.note_try(tx, failed.id, "failed", None, "bounced")
    if failed is None or failed.to == "requester":
        cases.act(tx, case.id, how, lambda fresh: bounced(fresh, how, failed.message if failed else ""))
    _keep(tx, box, case.id, f"bounce{box.mail.key[:26]}", how)
    return Fate("bounced", "", case.number)


def _suspend(tx: Tx, box: Letterbox, cause: str, now: datetime) -> Fate:
    mail = box.mail
    mailbox.suspend(tx, Suspended(mail.key, cause, now, mail.sender, mail.subject, box.raw))
    sender = requester_of(tx, mail.sender, now) if mail.sender else ""
    mailbox.keep_mail(tx, Taken(mail.key, now, sender, "", "", "", b""))
    return Fate("suspended", cause)


def _suspend_unread(tx: Tx, raw: bytes, now: datetime) -> Fate:
    """Keep a mail that tripped us, under the digest of its bytes."""
    key = hashlib.sha256(raw).hexdigest()
    if mailbox.is_taken(tx, key):
        return Fate("known")
    mailbox.suspend(tx, Suspended(key, "failed", now, "", "", raw))
    mailbox.keep_mail(tx, Taken(key, now, "", "", "", "", b""))
    return Fate("suspended", "failed")


def _keep(tx: Tx, box: Letterbox, case: str, message: str, how: Act) -> None:
    """Note that a mail was taken, with its original: the text shows neither files nor what was quoted."""
    sender = how.actor.id if how.actor.kind == "requester" else ""
    mailbox.keep_mail(tx, Taken(box.mail.key, how.at, sender, case, message, box.mail.message_id, box.raw))
