"""
To which case a mail belongs.  Only what we have signed counts: the address that our mail is answered to, and our Message-IDs.

A number in a subject counts for nothing, and neither does a Message-ID of others: whoever can guess those could join a case.
Signatures are bound to their purpose, hold for one case, and are compared in constant time.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from feedback_service.addresses import key_of
from feedback_service.mail.loops import ANSWERING
from feedback_service.mail.read import Mail

_SIGNED = r"([1-9][0-9]{0,14})-([a-z2-7]{20})"
_TAG = re.compile(_SIGNED)
_ID = re.compile(rf"<([a-z0-9_]{{1,40}})\.{_SIGNED}@([a-z0-9.-]{{1,200}})>")


@dataclass(frozen=True, slots=True)
class Claim:
    """
    Which case a mail names, by its public number.

    `number` is 0 if it names none, or if somebody made up what looks like ours (`forged`).
    """

    number: int = 0
    forged: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """
    What becomes of a mail.

    "join": a message of the case that it names.  "new": a case of its own; `why` is a tag for it, or "".  "bounced": one of our mails
    could not be delivered.  "suspended": kept apart, nobody is told; `why` is the cause.
    """

    fate: Literal["join", "new", "bounced", "suspended"]
    why: str = ""


def reply_address(secret: bytes, support: str, number: int) -> str:
    """Write the address to which the mails of a case are answered: ours, with "+number-signature" in its name."""
    name, _, host = support.rpartition("@")
    return f"{name}+{number}-{_sign(secret, 'reply', str(number))}@{host}"


def message_id(secret: bytes, support: str, number: int, row: str) -> str:
    """
    Write the Message-ID of one mail of ours: the same each time that it is sent.

    Args:
        row: What tells it from other mails of the case; 1 to 40 small letters, digits and "_".
    """
    return f"<{row}.{number}-{_sign(secret, f'id:{row}', str(number))}@{support.rpartition('@')[2]}>"


def claim_of(mail: Mail, secrets: Sequence[bytes], support: str) -> Claim:
    """
    Read which case a mail names.  The address it was sent to comes before the mails that it answers, and of those the nearest is first.

    Args:
        secrets: The secret of today, and those that it replaced while mails signed by them may still be answered.
    """
    name, _, host = support.rpartition("@")
    forged = False
    for address in mail.to:
        local, _, at = address.lower().rpartition("@")
        tag = local.removeprefix(f"{name.lower()}+")
        if at != host or tag == local:
            continue
        hit = _TAG.fullmatch(tag)
        if hit and _is_signed(secrets, "reply", hit[1], hit[2]):
            return Claim(int(hit[1]))
        forged = forged or hit is not None
    for named in mail.named:
        hit = _ID.fullmatch(named.lower())
        if not hit or hit[4] != host:
            continue
        if _is_signed(secrets, f"id:{hit[1]}", hit[2], hit[3]):
            return Claim(int(hit[2]))
        forged = True
    return Claim(forged=forged)


def placed(mail: Mail, claim: Claim, people: Collection[str], silent: Sequence[str]) -> Placement:
    """
    Decide what becomes of a mail.  It is never an act of an agent, whoever it says it comes from.

    Args:
        people: Requester and cc of the case that it names; () if it names none, or none that is there.
        silent: What loops.silences said.
    """
    if "own_address" in silent:
        return Placement("suspended", "own_address")
    known = bool(claim.number and people)
    if mail.report:
        return Placement("bounced") if known and mail.report == "failed" else Placement("suspended", "delivery_report")
    if not mail.sender:
        return Placement("suspended", "empty" if "empty" in mail.troubles else "no_sender")
    if known and key_of(mail.sender) in set(map(key_of, people)):
        return Placement("join")
    if robot := next((rule for rule in silent if rule in ANSWERING), ""):
        return Placement("suspended", robot)
    return Placement("new", "sender-differs" if known else "forged-thread" if claim.forged else "")


def own_ids(text: str, secrets: Sequence[bytes], support: str) -> tuple[str, ...]:
    """List the Message-IDs of ours that a text holds, such as that of a delivery report; what we have not signed is left out."""
    host = support.rpartition("@")[2]
    hits = [hit for hit in _ID.finditer(text.lower()) if hit[4] == host and _is_signed(secrets, f"id:{hit[1]}", hit[2], hit[3])]
    return tuple(dict.fromkeys(hit[0] for hit in hits))


def _sign(secret: bytes, purpose: str, text: str) -> str:
    digest = hmac.digest(secret, f"mail:{purpose}\0{text}".encode(), "sha256")
    return base64.b32encode(digest)[:20].decode().lower()  # small letters only: some mail servers fold the name of an address


def _is_signed(secrets: Sequence[bytes], purpose: str, text: str, signature: str) -> bool:
    known = [hmac.compare_digest(_sign(secret, purpose, text).encode(), signature.encode()) for secret in secrets]
    return any(known)
