"""
The HTTP server: uvicorn, with a protocol that does not wait for ever.

What it adds to uvicorn's own: a deadline for the head of each request, and for a body that nobody reads because the request was answered
before, so that nobody holds connections by sending slowly.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HEAD_DEADLINE = 5.0  # seconds from the first byte, or from connecting, to the end of the head; from an answer to the end of its body
IDLE = 20  # seconds a connection is kept for another request
DRAIN = 10  # seconds that requests have to end when the service is asked to stop
BACKLOG = 1_024


class Protocol(H11Protocol):
    """One connection; dropped if the head of a request does not come in time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._relax()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Read on; a head that has come in whole is waited for no more, and the next one only from its first byte."""
        before, had_body = self.cycle, self.conn.their_state is h11.SEND_BODY
        super().handle_events()
        if self.cycle is not before or (had_body and self.conn.their_state is not h11.SEND_BODY):
            self._relax()
        elif self._deadline is None and self.conn.trailing_data[0] and _is_answered(before):
            self._expect()

    def on_response_complete(self) -> None:
        """Wait for what is left of the body, but not for ever."""
        super().on_response_complete()
        if self._deadline is None and self.conn.their_state is h11.SEND_BODY:
            self._expect()

    def _expect(self) -> None:
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
        h11_max_incomplete_event_size=16 * 1024,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """
    Open the socket that readers connect to; port 0: any that is free.

    Raises: OSError: If somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError:
        door.close()
        raise
    return door
