"""Mail as it came -> Mail as people read it.  Never raises: what can't be read fully says so, and the original stays with the caller."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from feedback_service.intake import BODY, NAME, SUBJECT
from feedback_service.mail.files import File, taken_files
from feedback_service.mail.headers import Headers, addresses, decoded_words, first, mailbox, message_ids, parameters
from feedback_service.mail.hypertext import text_of_html
from feedback_service.mail.mime import Found, Leaf, split_mail, text_of, walk
from feedback_service.texts import clean_line, clean_text

LONGEST_TEXT = 5 * BODY  # characters of a mail with all that it quotes

LOOKED_AT = 200_000  # bytes of a report
_FAILED = re.compile(rb"^Action:[ \t]{0,20}failed\b", re.IGNORECASE | re.MULTILINE)
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x9f]")
_BROKEN = re.compile(
    r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|" + "|".join(f"[{chr(n * 65536 + 65534)}{chr(n * 65536 + 65535)}]" for n in range(1, 17))
)


@dataclass(frozen=True, slots=True)
class Mail:
    """
    One mail.

    Its date is not kept: it says what the sender's clock says.  Names of people and files are for reading only.
    """

    digest: str  # SHA-256 of the original, hex
    headers: Headers
    sender: str  # "" if it names nobody or several
    sender_name: str
    to: tuple[str, ...]  # all addresses it went to, the ones it was really delivered to first
    subject: str  # one line; may be ""
    text: str  # with what it quotes; may be ""
    files: tuple[File, ...]
    message_id: str  # with its brackets; "" if it has none
    named: tuple[str, ...]  # Message-IDs of the mails that it answers, the nearest first
    report: Literal["", "failed", "other"]  # what a mail server or a mail program reports: "failed" is a mail that did not arrive
    troubles: tuple[str, ...]  # stable words for what could not be read, sorted

    @property
    def key(self) -> str:
        """What a second copy of the same mail has too."""
        return hashlib.sha256(f"{self.sender}\0{self.message_id or self.digest}".encode()).hexdigest()


def read_mail(raw: bytes) -> Mail:
    """Read a mail, with the limits of mime.py; a mail over them is read as far as they go."""
    headers, body, troubles = split_mail(raw)
    found = walk(headers, body)
    text = _text(found)
    troubles |= found.troubles | ({"empty"} if not raw.strip() else set())
    several = len(headers.get("from", ())) > 1
    sender, name = ("", "") if several else mailbox(first(headers, "from"))
    files = taken_files(found.files)
    if any(file.type == "application/ms-tnef" for file in files):
        troubles.add("winmail")
    return Mail(
        digest=hashlib.sha256(raw).hexdigest(),
        headers=headers,
        sender=sender,
        sender_name=line_of(name, NAME),
        to=addresses(value for each in _RECIPIENTS for value in headers.get(each, ())[:20]),
        subject=line_of(decoded_words(first(headers, "subject")), SUBJECT),
        text=tidy(text, LONGEST_TEXT, troubles),
        files=files,
        message_id=next(iter(message_ids(first(headers, "message-id"))), ""),
        named=tuple(dict.fromkeys((*message_ids(first(headers, "in-reply-to")), *reversed(message_ids(_last_references(headers)))))),
        report=_report(headers, body),
        troubles=tuple(sorted(troubles)),
    )


def tidy(text: str, limit: int, troubles: set[str] | None = None) -> str:
    """
    Make a text from a mail one that the store takes: no control characters, nothing that hides or turns other text, so many characters.

    Unlike a form, a mail cannot be given back to be mended, so what a form is refused for is taken out here.

    Args:
        troubles: "shortened" is added to it if something was cut off.
    """
    plain = _BROKEN.sub("\ufffd", _CONTROL.sub("", text.replace("\x85", "\n")))
    cleaned = clean_text(plain[: limit * 2], limit * 6, required=False)  # in NFC a text has at most three times its signs
    if len(cleaned) > limit:
        cleaned = cleaned[:limit].rstrip()
        if troubles is not None:
            troubles.add("shortened")
    return cleaned


def line_of(text: str, limit: int) -> str:
    """Make a line of a text from a mail, cut at *limit* characters."""
    line = clean_line(tidy(text, limit * 4), limit * 8, required=False)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _report(headers: Headers, body: bytes) -> Literal["", "failed", "other"]:
    kind, said = parameters(first(headers, "content-type"))
    if kind != "multipart/report":
        return ""
    return "failed" if said.get("report-type", "").lower() == "delivery-status" and _FAILED.search(body[:LOOKED_AT]) else "other"


def _last_references(headers: Headers) -> str:
    return " ".join(headers.get("references", ()))[-20_000:]


def _text(found: Found) -> str:
    texts = []
    for leaf in found.texts:
        text, trouble = _readable(leaf)
        texts.append(text.strip("\n"))
        found.troubles |= {trouble} - {""}
    return "\n\n".join(filter(str.strip, texts))


def _readable(leaf: Leaf) -> tuple[str, str]:
    text, trouble = text_of(leaf)
    text = text if leaf.type == "text/html" else text[: LONGEST_TEXT * 2]
    if leaf.type == "text/html":
        plain, whole = text_of_html(text, LONGEST_TEXT)
        return plain, trouble or ("" if whole else "html")
    return text, trouble
