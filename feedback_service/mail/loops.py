"""
Why no automatic answer goes out to a mail: two programs that answer each other never stop.

Each rule has a name, which is shown beside the mail.  Source: RFC 3834, "Recommendations for Automatic Responses to Electronic Mail".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from feedback_service.addresses import key_of
from feedback_service.mail.headers import first
from feedback_service.mail.read import Mail

# Rules that only programs meet: what they send wakes no case.  Those that answer by themselves do not open one either.
ROBOTS = frozenset({"auto_submitted", "auto_replied", "null_return_path", "delivery_report", "robot_address"})
ANSWERING = frozenset({"auto_replied", "null_return_path", "robot_address"})

_ROBOTS = re.compile(
    r"(?:mailer[._-]?daemon|postmaster|no[._-]?reply|do[._-]?not[._-]?reply|nobody|bounces?|.{1,50}-bounces|auto[._-]?reply)(?:[+=].*)?",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_SUPPRESS = frozenset({"all", "oof", "autoreply", "dr", "rn", "nrn"})


def silences(mail: Mail, own: Collection[str]) -> tuple[str, ...]:
    """
    Name the rules that forbid an automatic answer; () if one may go out.

    Args:
        own: Our own addresses, as `parse_address` writes them; what follows a "+" in them does not count.
    """
    return tuple(dict.fromkeys(_silences(mail, own)))


def _silences(mail: Mail, own: Collection[str]) -> Iterator[str]:
    headers = mail.headers
    auto = first(headers, "auto-submitted").partition(";")[0].strip().lower()
    if auto and auto != "no":
        yield "auto_replied" if auto in {"auto-replied", "auto-notified"} else "auto_submitted"
    if any(first(headers, name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder")):
        yield "auto_replied"
    if first(headers, "precedence").strip().lower() in _BULK:
        yield "precedence"
    if {word.strip().lower() for word in first(headers, "x-auto-response-suppress").split(",")} & _SUPPRESS:
        yield "auto_response_suppress"
    if any(name.startswith("list-") for name in headers):
        yield "list"
    if "return-path" in headers and re.fullmatch(r"\s*(?:<\s*>)?\s*", first(headers, "return-path")):
        yield "null_return_path"
    if mail.report:
        yield "delivery_report"
    if mail.sender:
        if _ROBOTS.fullmatch(mail.sender.partition("@")[0]):
            yield "robot_address"
        if key_of(mail.sender) in set(map(key_of, own)):
            yield "own_address"
