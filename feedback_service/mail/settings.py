"""What the mail room has to know: our address, the server that sends, the mailbox that is looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

Tls = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """
    A mail server and how to reach it.

    `tls`: "tls" from the first byte, "starttls" before anything is said, "none" only on the same machine.  A certificate that does not
    fit is a failure, never a warning.
    """

    host: str
    port: int
    tls: Tls = "tls"
    user: str = ""  # "": no login
    password: str = ""
    timeout: float = 30.0  # seconds for each step
    ca_file: str = ""  # certificates to trust instead of the system's


@dataclass(frozen=True, slots=True)
class Folders:
    """Which folder of the mailbox is read, and where mails go that were taken; "": they stay, marked as read."""

    inbox: str = "INBOX"
    done: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """Who we are in the mail, the same for what comes in and what goes out."""

    address: str  # as parse_address writes it; a "+" and more may follow its name
    secrets: tuple[bytes, ...]  # the one of today first, then those that it replaced
    base_url: str  # of the service, without a slash at its end
    name: str = ""  # shown beside the address
    own: tuple[str, ...] = ()  # further addresses of ours: they never open a case
    locales: tuple[str, ...] = ("en",)
    fallback: str = "en"  # the locale of a mail that does not say

    def case_page(self, secret: str) -> str:
        """Write the link that opens the requester's page.  The secret stands in the fragment, which no server is told."""
        return f"{self.base_url}/case/#{secret}"

    def desk_page(self, number: int) -> str:
        """Write the link to a case at the desk."""
        return f"{self.base_url}/desk/cases/{number}"


_PORTS: dict[str, tuple[Tls, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
    "imaps": ("tls", 993),
    "imap": ("starttls", 143),
    "imap+plain": ("none", 143),
}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def server_of(url: str, password: str = "", ca_file: str = "") -> Server:
    """
    Read the address of a mail server: smtps://user@host, smtp:// (STARTTLS), smtp+plain:// (this machine only), and the same with imap.

    Raises: ValueError: In one line for the operator, without the password.
    """
    parts = urlsplit(url)
    kinds = [kind for kind in _PORTS if kind.startswith(parts.scheme[:4])] or [*_PORTS]
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"This is no address of a mail server. Write it as {kinds[0]}://user@mail.example.org")
    if parts.password is not None:
        raise ValueError("The address of a mail server holds no password: it would be seen in lists of processes. Put it into a file.")
    tls, port = _PORTS[parts.scheme]
    if tls == "none" and parts.hostname not in _HERE:
        raise ValueError(f"{parts.scheme} sends everything in the clear, and is for this machine only. Use {kinds[0]} or {kinds[1]}.")
    return Server(parts.hostname, parts.port or port, tls, unquote(parts.username or ""), password, ca_file=ca_file)
