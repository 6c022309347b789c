"""Settings of a running service: from options, the environment (KB_…) or a TOML file; checked before anything is opened."""

from __future__ import annotations

import ipaddress
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from feedback_service.mail.settings import MailSettings

NO_MAIL = MailSettings()
SECRET_BYTES = 32
_LOCAL = ("127.0.0.1", "::1", "localhost")


class SettingsError(ValueError):
    """A setting that cannot be; one line for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided."""

    host: str = "127.0.0.1"
    port: int = 8001
    data: Path = Path("data")
    database_url: str = ""
    manifest: Path | None = None
    base_url: str = ""  # under which readers reach the service; "": where it listens
    portal: tuple[str, ...] = ()  # origins of the portal, "https://help.example.org"
    hosts: tuple[str, ...] = ()  # names it answers to, besides that of base_url
    proxies: tuple[str, ...] = ()  # networks of our own proxies, whose X-Forwarded-For counts
    sla: Path | None = None
    rules: Path | None = None
    webhook_networks: tuple[str, ...] = ()  # networks inside the house where webhooks may go, "10.1.0.0/16"
    locale: str = "en"  # of pages and cases whose language nobody tells
    flood: int = 600  # cases a minute; what comes beyond is quarantined
    metrics_port: int = 0  # where a monitor asks, on this machine; 0: nowhere
    mail: MailSettings = NO_MAIL
    secret_file: Path | None = None  # without one: `secret` in the data folder, made on the first start

    @property
    def url(self) -> str:
        """The address of the service, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Names that requests may call us by, in small letters, without port."""
        return frozenset({*map(str.lower, self.hosts), urlsplit(self.url).hostname or "", *_LOCAL})

    @property
    def is_secure(self) -> bool:
        """Tell whether readers reach us by TLS."""
        return self.url.startswith("https://")


def check(settings: Settings) -> None:
    """Refuse what would be dangerous or cannot work.  Raises: SettingsError: In one line."""
    for origin in settings.portal:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise SettingsError(f"{origin} is no origin of a portal. Write scheme and host, such as https://help.example.org")
    if settings.base_url and urlsplit(settings.base_url).scheme not in {"http", "https"}:
        raise SettingsError(f"{settings.base_url} is no address of the service. Write it as https://service.example.org")
    if settings.host not in _LOCAL and not settings.base_url:
        raise SettingsError("A service that others reach needs --base-url: links in mails and pages are made from it alone.")
    for name, networks in (("of proxies", settings.proxies), ("that webhooks may go to", settings.webhook_networks)):
        for network in networks:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise SettingsError(f"{network} is no network {name}. Write it as 10.0.0.0/8") from None


def secrets_of(settings: Settings, is_used: Callable[[], bool]) -> tuple[bytes, ...]:
    """
    Read the secret that signs forms, links and mail addresses, then those that it replaced; make one on the first start.

    Args:
        is_used: Asked where there is no secret: whether the store holds cases, so that mails went out which another secret has signed.
    Raises: SettingsError: If it is gone, others can read it, or it is too short to keep anything secret.
    """
    place = settings.secret_file or settings.data / "secret"
    if settings.secret_file is None and not place.exists():
        if is_used():
            raise SettingsError(
                f"The secret {place} is gone, and answers to mails that went out are known by it. Put it back from its copy, or name "
                "that of the other replicas with --secret-file; docs/operator.md says how to begin with a new one."
            )
        made = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(made, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
    try:
        mode, found = stat.S_IMODE(place.stat().st_mode), place.read_text(encoding="ascii").split()
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"The secret {place} cannot be read: {error}.") from None
    if mode & 0o077:
        raise SettingsError(f"The secret {place} can be read by others (mode {mode:o}). Run: chmod 600 {place}")
    shortest = min(map(len, found), default=0)
    if shortest < SECRET_BYTES:
        raise SettingsError(f"The secret {place} has a line of {shortest} characters, {SECRET_BYTES} at least are needed.")
    return tuple(line.encode() for line in found)
