"""
A letter -> the bytes of a mail.  Written here and not by the library, whose folding once let a subject add headers (CVE-2024-6923).

Headers are cleaned first.  What was written is then read again by the library's parser, and it is refused if the headers are not
exactly those that were meant.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.utils import format_datetime

from feedback_service.addresses import parse_address
from feedback_service.intake import SUBJECT
from feedback_service.mail.read import line_of

MOST_REFERENCES = 20
_LINE = 900  # characters of a body line that need no encoding; servers take 998
_PLAIN = re.compile(r"[ -~]*")
_PHRASE = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_ID = re.compile(r"<[!-;=?-~]{3,250}>")


class WriteError(ValueError):
    """A mail that would not be what was meant.  It is not sent."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written.  Addresses are as `parse_address` writes them."""

    sender: str
    sender_name: str
    to: str
    reply_to: str
    subject: str
    text: str
    message_id: str
    at: datetime
    in_reply_to: str = ""  # of the mail that it answers
    references: tuple[str, ...] = ()
    is_automatic: bool = True  # no person wrote it
    locale: str = ""


def write_mail(draft: Draft) -> bytes:
    """
    Write a mail: one text/plain part, CR LF line ends.

    Raises: WriteError: If an address or id is none, or if reading it again gives other headers.
    """
    ids = tuple(each for each in (*draft.references[-MOST_REFERENCES:], draft.in_reply_to) if _ID.fullmatch(each))
    if not _ID.fullmatch(draft.message_id):
        raise WriteError("The Message-ID is none.")
    name = line_of(draft.sender_name, 100)
    meant = {
        "From": f"{_phrase(name)} <{_checked(draft.sender)}>" if name else _checked(draft.sender),
        "To": _checked(draft.to),
        "Reply-To": _checked(draft.reply_to),
        "Subject": _encoded(line_of(draft.subject, SUBJECT)),
        "Date": format_datetime(draft.at),
        "Message-ID": draft.message_id,
        "In-Reply-To": draft.in_reply_to if draft.in_reply_to in ids else "",
        "References": "\r\n ".join(dict.fromkeys(ids)),
        "Auto-Submitted": ("auto-replied" if ids else "auto-generated") if draft.is_automatic else "",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",  # not NDR: what does not arrive we want to know
        "Content-Language": draft.locale if _PHRASE.fullmatch(draft.locale) else "",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    encoding, body = _body(draft.text)
    headers = [(key, value) for key, value in (*meant.items(), ("Content-Transfer-Encoding", encoding)) if value]
    raw = "".join(f"{key}: {value}\r\n" for key, value in headers).encode("ascii", "strict") + b"\r\n" + body
    _read_again(raw, headers, draft)
    return raw


def _checked(address: str) -> str:
    try:
        if parse_address(address) == address:
            return address
    except ValueError:
        pass
    raise WriteError("An address is none.")


def _phrase(name: str) -> str:
    return f'"{name}"' if _PHRASE.fullmatch(name) and "=?" not in name else _encoded(name, always=True)


def _encoded(text: str, *, always: bool = False) -> str:
    """Write a line as RFC 2047 asks: as it is if it is plain, otherwise in words of at most 75 signs, none of which cuts a letter."""
    if _PLAIN.fullmatch(text) and "=?" not in text and not always:
        return text
    words: list[bytes] = [b""]
    for letter in text:
        data = letter.encode("utf-8", "replace")
        if len(words[-1]) + len(data) > 45:
            words.append(b"")
        words[-1] += data
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _body(text: str) -> tuple[str, bytes]:
    data = "\r\n".join(text.encode("utf-8", "replace").decode().splitlines()).encode() + b"\r\n"
    if data.isascii() and max(map(len, data.split(b"\r\n"))) <= _LINE:
        return "7bit", data
    quoted = binascii.b2a_qp(data)
    return ("quoted-printable", quoted) if len(quoted) < len(data) * 4 / 3 else ("base64", base64.encodebytes(data).replace(b"\n", b"\r\n"))


def _read_again(raw: bytes, headers: Sequence[tuple[str, str]], draft: Draft) -> None:
    """Refuse a mail whose headers, read by others, are not the ones that were written."""
    for policy in (email.policy.compat32, email.policy.default):
        found = email.message_from_bytes(raw, policy=policy)
        if [key for key, _ in found.raw_items()] != [key for key, _ in headers] or found.defects:
            raise WriteError("The headers are not those that were meant.")
    plain = email.message_from_bytes(raw, policy=email.policy.compat32)
    if [str(plain[key]) for key in ("To", "Reply-To", "Message-ID")] != [draft.to, draft.reply_to, draft.message_id]:
        raise WriteError("The addresses are not those that were meant.")
    if str(make_header(decode_header(str(plain["Subject"] or "")))) != line_of(draft.subject, SUBJECT):
        raise WriteError("The subject is not the one that was meant.")
