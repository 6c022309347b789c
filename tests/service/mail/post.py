"""Real servers for mail: SMTP with answers that a test can choose, IMAP by Debian's dovecot; and an office with a store in a folder."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

from feedback_service.mail.settings import Office, Server

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = Office(
    address="support@help.example",
    secrets=(b"s" * 32,),
    base_url="https://help.example",
    name="Suport",
    own=("info@help.example",),
)
# A certificate for the name localhost that signs itself, good for a hundred years and for tests alone.
CERTIFICATE, KEY = (Path(__file__).parent / "tls" / name for name in ("localhost.pem", "localhost.key"))
PATIENCE = 30.0  # seconds


def letter(text: str = "Hello, my parcel did not arrive.", **headers: str) -> bytes:
    """Write a mail of Joan's; `Reply_To=...` gives a header, None takes one away."""
    said = {
        "From": "Joan Mas <joan@example.org>",
        "To": OFFICE.address,
        "Subject": "My parcel",
        "Message-ID": "<first@example.org>",
        "Date": "Mon, 2 Mar 2026 09:00:00 +0000",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value is not None)
    return f"{head}\r\n{text}\r\n".encode()


@dataclass
class Clock:
    """A clock that stands until a test moves it."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class Relay:
    """An SMTP server.  `answers` holds what it says next to a step ("MAIL", "RCPT", "DATA") instead of taking it; "hang up" closes."""

    port: int = 0
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)

    def server(self, **more) -> Server:
        """Describe it to a client."""
        return Server(**{"host": "127.0.0.1", "port": self.port, "tls": "none", "timeout": 5.0, **more})

    def _answer(self, step: str, server) -> str:
        answer = self.answers[step].pop(0) if self.answers.get(step) else ""
        if answer == "hang up":
            server.transport.abort()
        return answer

    async def handle_MAIL(self, server, _session, envelope, address, _options):  # noqa: N802  (aiosmtpd's name)
        """Take a sender."""
        if answer := self._answer("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        """Take a receiver."""
        if answer := self._answer("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        """Take a mail."""
        if answer := self._answer("DATA", server):
            return answer
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 OK"

    def login(self, _server, _session, _envelope, _mechanism, data):
        """Let one user in."""
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"secret")


@contextlib.contextmanager
def relay(**how) -> Iterator[Relay]:
    """Run an SMTP server on a free port; *how* is for aiosmtpd, `ssl_context` means TLS from the first byte."""
    one, loop, secure, lines = Relay(), asyncio.new_event_loop(), how.pop("ssl_context", None), []
    if how.pop("needs_login", False):
        how |= {"authenticator": one.login, "auth_require_tls": not secure}

    async def start():
        return await loop.create_server(connected, "127.0.0.1", 0, ssl=secure)

    def connected():
        lines.append(SMTP(one, hostname="relay.example", loop=loop, **how))
        return lines[-1]

    def run():
        asyncio.set_event_loop(loop)
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE)
    one.port = listening.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listening, lines), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


async def _stop(listening: asyncio.Server, lines: list[SMTP]) -> None:
    listening.close()
    for line in lines:
        if line.transport is not None:
            line.transport.abort()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
    await asyncio.sleep(0)


def tls() -> ssl.SSLContext:
    """Make the TLS settings of a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    return context
