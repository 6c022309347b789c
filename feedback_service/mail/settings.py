"""What the mail room has to know: our address, the server that sends, the mailbox that is looked into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from feedback_service.addresses import AddressError, parse_address

LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
LONGEST_OWN_NAME = 27  # characters before the @: 64 less a sign, 15 digits, a sign and 20 of a signature

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
    fallback: str = "en"  # the locale of a mail that does not say

    def case_page(self, secret: str) -> str:
        """Write the link that opens the requester's page.  The secret stands in the fragment, which no server is told."""
        return f"{self.base_url}/case/#{secret}"

    def desk_page(self, number: int) -> str:
        """Write the link to a case at the desk."""
        return f"{self.base_url}/desk/cases/{number}"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What the operator decided about mail, under the names of the options; without an address there is none."""

    mail_address: str = ""
    mail_name: str = ""
    mail_own: tuple[str, ...] = ()
    mail_ca_file: Path | None = None
    smtp_url: str = ""
    smtp_password_file: Path | None = None
    imap_url: str = ""
    imap_password_file: Path | None = None
    imap_folder: str = "INBOX"
    imap_done: str = ""


_PORTS: dict[str, tuple[Tls, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
    "imaps": ("tls", 993),
    "imap": ("starttls", 143),
    "imap+plain": ("none", 143),
}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def office_of(mail: MailSettings, secrets: tuple[bytes, ...], base_url: str, locale: str) -> Office:
    """Say who we are.  Raises: ValueError: In one line for the operator."""
    own = []
    for address in (mail.mail_address, *mail.mail_own):
        try:
            own.append(parse_address(address))
        except AddressError as error:
            raise ValueError(f"{address} is no address of ours ({error.reason}). Write it as support@example.org") from None
    if "+" in own[0] or len(own[0].partition("@")[0]) > LONGEST_OWN_NAME:
        room = f"at most {LONGEST_OWN_NAME} characters and no +"
        raise ValueError(f"The name of {own[0]} must leave room for +1001-signature behind it: {room}.")
    return Office(own[0], secrets, base_url, mail.mail_name, tuple(own[1:]), locale)


def relay_of(mail: MailSettings) -> Server | None:
    """Say who sends for us; None: nobody.  Raises: ValueError: In one line for the operator."""
    return _server(mail.smtp_url, mail.smtp_password_file, mail.mail_ca_file) if mail.smtp_url else None


def box_of(mail: MailSettings) -> tuple[Server, Folders] | None:
    """Say which mailbox is read; None: none.  Raises: ValueError: In one line for the operator."""
    if not mail.imap_url:
        return None
    if not (mail.imap_folder + mail.imap_done).isascii():
        raise ValueError("Names of folders are ASCII here; write others as the server does, in modified UTF-7.")
    return _server(mail.imap_url, mail.imap_password_file, mail.mail_ca_file), Folders(mail.imap_folder, mail.imap_done)


def _server(url: str, password_file: Path | None, ca_file: Path | None) -> Server:
    try:
        password = password_file.read_text(encoding="utf-8").strip("\r\n") if password_file else ""
    except (OSError, UnicodeError) as error:
        raise ValueError(f"The password in {password_file} cannot be read: {error}.") from None
    if ca_file and not ca_file.is_file():
        raise ValueError(f"There is no file {ca_file} of certificates.")
    return server_of(url, password, str(ca_file or ""))


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
