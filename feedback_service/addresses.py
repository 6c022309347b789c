"""
E-mail addresses, read by a parser of our own: the library's takes `alice@example.org]<mallory@…>` for Alice's.

What is taken is a plain mailbox, `name@host.example`: no comments, quotes, address literals or lists.  A host of another script is
kept as it travels (punycode); a name of another script is refused in words, for most mail servers do not take it.
"""

from __future__ import annotations

import re

LONGEST = 254  # characters of an address that can be sent to (RFC 5321, 4.5.3.1.3, less the angle brackets)
LONGEST_NAME = 64

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class AddressError(ValueError):
    """An address that is not taken.  `reason` is "required", "too_long", "bad_address" or "name_not_ascii"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_address(text: str) -> str:
    """
    Read one address, and write it the one way it is kept: host in small letters, other scripts in punycode.

    Raises: AddressError: With the reason.  Lengths are looked at before any pattern.
    """
    text = text.strip(" \t")
    if not text:
        raise AddressError("required")
    if len(text) > LONGEST:
        raise AddressError("too_long")
    name, at, host = text.rpartition("@")
    if not at or "@" in name:
        raise AddressError("bad_address")
    if not name.isascii() and name.isprintable():
        raise AddressError("name_not_ascii")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise AddressError("bad_address")
    address = f"{name}@{_host(host)}"
    if len(address) > LONGEST:
        raise AddressError("too_long")
    return address


def key_of(address: str) -> str:
    """
    Write an address under which limits and bans find it: small letters, without a "+tag".

    Dots stay: only one provider ignores them, and at others two people would be taken for one.
    """
    name, _, host = address.casefold().rpartition("@")
    return f"{name.split('+', 1)[0] or name}@{host}"


def _host(host: str) -> str:
    try:
        ascii_host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except UnicodeError:
        raise AddressError("bad_address") from None
    labels = ascii_host.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise AddressError("bad_address")
    return ascii_host
