"""
The HTTP server: uvicorn, with a protocol that does not wait for ever.

What it adds to uvicorn's own: a deadline for the head of each request, and for a body that nobody reads because the request was answered
before, so that nobody holds connections by sending slowly; and a limit to what a head may hold, which the quick parser does not have.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HEAD_DEADLINE = 5.0  # seconds from the first byte, or from connecting, to the end of the head; from an answer to the end of its body
LONGEST_HEAD = 16 * 1024  # bytes that are read before a head is whole; of what surrounds the parts of a body too
MOST_PIPELINED = 8  # requests that one connection has sent before the first of them is answered
IDLE = 20  # seconds a connection is kept for another request
DRAIN = 10  # seconds that requests have to end when the service is asked to stop
BACKLOG = 1_024

_BODY = frozenset({b"content-length", b"transfer-encoding"})


class Protocol(HttpToolsProtocol):
    """
    One connection; dropped if the head of a request does not come in time.

    Whenever nobody works on a request of it, one timer runs: uvicorn's for the next request, or, once anything came in, ours.
    """

    _deadline: asyncio.TimerHandle | None = None
    _unread = 0  # bytes since the parser last had something to say
    _in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; what came in has to become a whole request in time, and is not kept without end until it does."""
        self._unread += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unread > LONGEST_HEAD:
            self._refuse()
        elif _is_answered(self.cycle):
            self._expect()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head, self._unread = True, 0

    def on_headers_complete(self) -> None:
        """
        Take a head that has come in whole: it is waited for no more.

        Raises: ValueError: It is too long, or asks for another protocol with a body, which the parser would take for the next request;
            uvicorn says 400.
        """
        if self._unread > LONGEST_HEAD and sum(len(name) + len(value) for name, value in self.headers) > LONGEST_HEAD:
            raise ValueError(LONGEST_HEAD)
        if self.parser.should_upgrade() and not _BODY.isdisjoint(name for name, _ in self.headers):
            raise ValueError("Upgrade")
        super().on_headers_complete()
        self._in_head, self._unread = False, 0
        self._relax()
        if len(self.pipeline) > MOST_PIPELINED:
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        super().on_body(body)
        self._unread = 0

    def on_response_complete(self) -> None:
        """Wait for what is left of the body, or of a head that has begun meanwhile, but not for ever."""
        super().on_response_complete()
        if _is_answered(self.cycle) and (self.cycle.more_body or self._in_head):
            self._expect()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: who asks for another protocol is answered in this one, as RFC 9110 has it."""

    def _refuse(self) -> None:
        """Read no more of somebody who sends too much of nothing."""
        if _is_answered(self.cycle):
            self.send_400_response("The head of this request is too long.")
        else:
            self.transport.abort()

    def _expect(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_DEADLINE, self._drop)

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()


def _is_answered(cycle: RequestResponseCycle | None) -> bool:
    return cycle is None or cycle.response_complete


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Make a server that has not started; hand it a listening socket."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=DRAIN,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """
    Open the socket that readers connect to; port 0: any that is free.

    Raises: OSError: If somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, for asyncio sets TCP_NODELAY only where it is: without it the body of an answer waits 40 ms for its head.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError:
        door.close()
        raise
    return door
