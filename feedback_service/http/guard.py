"""
Stands before every route: who may speak to us at all, how many at once and how slowly, and the headers of all answers.

Plain ASGI, for it runs on every request.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedback_service.http.late import Bodies, TooLateError, answer
from feedback_service.http.pages import preferred
from feedback_service.limits import client_of
from feedback_service.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_IN_FLIGHT, MOST_PER_CLIENT = 1_000, 20
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_UNCACHED = (b"cache-control", b"no-store")
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^][:@/?#\s]+))(?::[0-9]{0,5})?")

log = logging.getLogger(__name__)


class Guard:
    """Lets requests through to an app, with `client` (an address) and `request_id` in their scope's state."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._hosts, self._proxies = settings.allowed_hosts, settings.proxies
        self._secure, self._locale = settings.is_secure, settings.locale
        self._bodies = Bodies()
        self._in_flight: Counter[str] = Counter()
        self._all = 0
        self._name, self._number = secrets.token_hex(4), itertools.count(1)  # of this process; its requests are counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        client, refusal = self._judge(scope)
        state = scope.setdefault("state", {})
        state["client"], state["request_id"] = client, f"{self._name}-{next(self._number):x}"
        guarded = self._with_headers(send)
        if refusal is not None:
            await _refuse(guarded, *refusal)
            return
        self._in_flight[client] += 1
        self._all += 1
        try:
            await self.app(scope, self._bodies.in_time(receive), guarded)
        except TooLateError:
            await _answer(guarded, 408, *answer(self._locale_of(scope)))
        finally:
            self._all -= 1
            self._in_flight[client] -= 1
            if not self._in_flight[client]:
                del self._in_flight[client]

    def _judge(self, scope: Scope) -> tuple[str, tuple[int, str, str] | None]:
        """Find the client, and why it is not served; None: it is."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        peer = scope["client"][0] if scope.get("client") else ""
        hops = [hop for value in _all(headers, b"x-forwarded-for") for hop in value.split(",")] if self._proxies else []
        client = client_of(peer, hops, self._proxies) if hops else peer
        hosts = _all(headers, b"host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            return client, (421 if len(hosts) == 1 else 400, "unknown_host", "This service does not answer to that name.")
        names = [name for name, _ in headers]
        if b"transfer-encoding" in names and b"content-length" in names:
            return client, (400, "two_lengths", "A request has one length.")
        if self._in_flight[client] >= MOST_PER_CLIENT or (self._all >= MOST_IN_FLIGHT and not self._bodies.make_room()):
            return client, (503, "busy", "Too many requests at once.")
        return client, None

    def _locale_of(self, scope: Scope) -> str:
        """Choose the language of a page for a browser; "" for a program."""
        if not any("text/html" in value for value in _all(scope["headers"], b"accept")):
            return ""
        return preferred(next(iter(_all(scope["headers"], b"accept-language")), ""), self._locale)

    def _with_headers(self, send: Send) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                names = {name for name, _ in headers}
                headers += [header for header in (*HEADERS, _UNCACHED) if header[0] not in names]
                if self._secure:
                    headers.append((b"strict-transport-security", b"max-age=31536000"))
            await send(message)

        return guarded


def _all(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == wanted]


def _name(host: str) -> str:
    """Take the port off a Host header; "" for what is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    await _answer(send, status, b"application/json", json.dumps({"code": code, "message": message}).encode())


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    """Answer, and end the connection."""
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
