"""
Stands before every route: who may speak to us at all, how many at once and how slowly, and the headers of all answers.

Plain ASGI, for it runs on every request.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import secrets
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedback_service.http.problems import Problem
from feedback_service.limits import client_of
from feedback_service.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_IN_FLIGHT, MOST_PER_CLIENT = 1_000, 20
BODY_DEADLINE = 10.0  # seconds from the end of the head to the end of the body
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

log = logging.getLogger(__name__)


class Guard:
    """Lets requests through to an app, with `client` (an address) and `request_id` in their scope's state."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._hosts, self._proxies = settings.allowed_hosts, settings.proxies
        self._secure = settings.is_secure
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
            await self.app(scope, _in_time(receive), guarded)
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
        if self._all >= MOST_IN_FLIGHT or self._in_flight[client] >= MOST_PER_CLIENT:
            return client, (503, "busy", "Too many requests at once.")
        return client, None

    def _with_headers(self, send: Send) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                names = {name for name, _ in headers}
                if message["status"] == 408:
                    headers.append((b"connection", b"close"))
                headers += [header for header in (*HEADERS, _UNCACHED) if header[0] not in names]
                if self._secure:
                    headers.append((b"strict-transport-security", b"max-age=31536000"))
            await send(message)

        return guarded


def _in_time(receive: Receive) -> Receive:
    """Let nobody hold a place by sending slowly, whatever route reads the body: after the deadline it is 408."""
    until = asyncio.get_running_loop().time() + BODY_DEADLINE
    is_whole = False

    async def timed() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()  # waits for the end of the connection, as long as the answer takes
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise Problem(408, "too_slow", "The body took too long.") from None
        is_whole = not message.get("more_body", False)
        return message

    return timed


def _all(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == wanted]


def _name(host: str) -> str:
    """Take the port off a Host header."""
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0].lower()


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    body = json.dumps({"code": code, "message": message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
