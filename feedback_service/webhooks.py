"""
Webhooks: what another program is told of cases, signed so that it knows who says so, and where such a message may go.

A message holds facts of the case, never what somebody wrote nor who asked: who needs more asks the API for it, with a token.
The signature follows Standard Webhooks 1.0 (HMAC-SHA256 over id, time and body), for which libraries exist in most languages.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from feedback_service.domain.nouns import Case, Event, EventType

SCHEMA = 1
FEWEST_SECRET, MOST_SECRET = 24, 64  # bytes, as Standard Webhooks asks
LONGEST_URL = 500
DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 10 * 60, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
)  # after each try that failed; then it is given up, after about 41 hours
LONGEST_WAIT = timedelta(hours=24)  # that a receiver may ask for
GONE = 410  # the receiver wants no more of this message

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")
_SHOWN = (
    "number",
    "status",
    "close_reason",
    "priority",
    "type",
    "category",
    "team",
    "assignee",
    "channel",
    "locale",
    "satisfaction",
    "version",
)
_HIDDEN = frozenset({"requester"})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to send what.  Its secret is no part of the reviewed file: the operator hands it to the sender."""

    name: str
    url: str
    on: frozenset[EventType]


class NoAddressError(ValueError):
    """A message may not go to this address.  The text says why, for the log."""


def check_url(url: str) -> str | None:
    """Say what is wrong with a webhook's address; None: nothing that can be seen from here."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"is longer than {LONGEST_URL} characters, or has other signs than an address has"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in {"https", "http"} or not _HOST.fullmatch(parts.netloc.rpartition("@")[2].removesuffix(f":{port}").lower()):
        return "is no address of https"
    if "@" in parts.netloc or parts.fragment:
        return "holds a name, a password or a fragment"
    return None


def choose_address(addresses: Sequence[str], networks: Collection[str], *, plain: bool) -> str:
    """
    Choose where to connect, out of what the host's name stands for: it is asked once, and nobody asks again before connecting.

    Args:
        addresses: All of them; one that is refused refuses all, for it shows that the name is not to be trusted.
        networks: Those inside the house that the operator allows, "10.1.0.0/16".
        plain: Without TLS, which is taken inside the house only.
    Raises: NoAddressError: With the reason.
    """
    inside = [ipaddress.ip_network(network) for network in networks]
    if not addresses:
        raise NoAddressError("the host has no address")
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        if any(address in network for network in inside):
            continue
        if not is_public(address):
            raise NoAddressError(f"{address} is not on the public internet, nor in a network that is allowed")
        if plain:
            raise NoAddressError("messages leave the house by https only")
    return addresses[0].partition("%")[0]


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is on the public internet; one that carries an IPv4 address inside is as public as that."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo[1] if address.teredo else None
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in ipaddress.ip_network("64:ff9b::/96") else None
        inner = address.ipv4_mapped or address.sixtofour or teredo or nat64
        if inner is not None:
            return is_public(inner)
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback or address.is_link_local
    return address.is_global and not odd and not address.is_private


def message_body(event: Event, case: Case) -> str:
    """Write what is told of an event: its type and facts, and the case as it stands after it."""
    said = {name: _plain(value) for name, value in event.after.items() if name not in _HIDDEN}
    actor = {"kind": event.actor.kind, "id": "" if event.actor.kind == "requester" else event.actor.id}
    shown = {name: getattr(case, name) for name in _SHOWN} | {"tags": list(case.tags)}
    times = {name: _plain(getattr(case, name)) for name in ("created_at", "updated_at", "due_at", "resolved_at", "closed_at")}
    plain = {
        "schema": SCHEMA,
        "type": f"case.{event.type}",
        "timestamp": _plain(event.at),
        "data": {"event": {"seq": event.seq, "actor": actor, "after": said}, "case": shown | times},
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def secret_bytes(secret: str) -> bytes:
    """Read a secret, "whsec_" and base64 of 24 to 64 bytes.  Raises: ValueError: Without saying what it was."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or not FEWEST_SECRET <= len(key) <= MOST_SECRET:
        raise ValueError(f'A webhook\'s secret is "whsec_" and base64 of {FEWEST_SECRET} to {MOST_SECRET} bytes.')
    return key


def headers_of(key: bytes, message: str, body: str, now: datetime) -> dict[str, str]:
    """
    Sign a message.  The time is that of this try, so that an old message cannot be sent again by somebody else.

    Args:
        message: Its id, the same at each try: a receiver that has seen it does nothing.
    """
    at = str(int(now.timestamp()))
    signature = hmac.digest(key, f"{message}.{at}.{body}".encode(), "sha256")
    return {
        "content-type": "application/json",
        "user-agent": "kbgen-feedback-service",
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode('ascii')}",
    }


def next_try(tries: int, now: datetime, status: int | None, retry_after: str = "") -> datetime | None:
    """
    Tell when to try again; None: it is given up, or was taken.

    Args:
        tries: How many there were, this one included.
        status: Of the answer; None: there was none.  2xx is taken, 410 wants no more, anything else is tried again, redirects too.
        retry_after: What the answer asked for, in seconds; heeded up to a day.
    """
    if (status is not None and 200 <= status < 300) or status == GONE or tries > len(DELAYS):
        return None
    asked = timedelta(seconds=int(retry_after)) if re.fullmatch(r"[0-9]{1,8}", retry_after) else timedelta()
    return now + max(DELAYS[tries - 1], min(asked, LONGEST_WAIT))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value
