"""What the routes share: the store, the settings, the portal's manifest, secrets, the clock."""

from __future__ import annotations

import base64
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.convertors import IntegerConvertor, register_url_convertor

from feedback_service.domain.nouns import Act, Actor
from feedback_service.http.throttle import Throttle
from feedback_service.manifest import Manifest, ManifestError, read_manifest
from feedback_service.moderation import Ban
from feedback_service.settings import Settings
from feedback_service.store import Store, Tx, held

if TYPE_CHECKING:
    from starlette.requests import Request

REQUESTER = "requester"
BANS_KEPT = 5.0  # seconds that a list of bans is believed

log = logging.getLogger(__name__)


class ShortNumber(IntegerConvertor):
    """A number in an address, `{number:int}`.  A longer one is no address of ours: databases and Python's own reader would fail on it."""

    regex = "[0-9]{1,15}"


register_url_convertor("int", ShortNumber())


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class ManifestFile:
    """The portal's manifest as it lies on the disk: looked at again once a second at most, and kept if the new one cannot be read."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._stamp: tuple[int, int] | None = None
        self._looked = float("-inf")
        self._kept = Manifest()

    @property
    def current(self) -> Manifest:
        """The manifest of now."""
        if self._path is not None and self._clock() - self._looked >= 1:
            self._looked = self._clock()
            self._look(self._path)
        return self._kept

    def _look(self, path: Path) -> None:
        try:
            facts = path.stat()
            stamp = facts.st_mtime_ns, facts.st_size
            if stamp != self._stamp:
                self._stamp = stamp
                self._kept = read_manifest(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeError, ManifestError) as error:
            log.warning("The manifest cannot be read; the last one is used: %s", error)


@dataclass(slots=True)
class Service:
    """One running service.  Lives in `app.state.service`."""

    store: Store
    settings: Settings
    secret: bytes
    manifest: ManifestFile
    throttle: Throttle
    now: Callable[[], datetime] = utc_now
    old_secrets: tuple[bytes, ...] = ()  # those that `secret` replaced: they sign nothing, and are still believed
    _bans: tuple[float, tuple[Ban, ...]] = (float("-inf"), ())
    _day: tuple[date, bytes] = field(default=(date.min, b""))

    @property
    def origins(self) -> frozenset[str]:
        """Where forms for this service may stand: the portal, and pages of our own."""
        return frozenset({*(origin.rstrip("/") for origin in self.settings.portal), self.settings.url})

    def bans(self, tx: Tx) -> tuple[Ban, ...]:
        """List the bans in force; a new one is seen within seconds, for not every post asks anew."""
        if time.monotonic() - self._bans[0] >= BANS_KEPT:
            self._bans = time.monotonic(), held.bans_of(tx, self.now())
        return self._bans[1]

    def voter_of(self, client: str) -> str:
        """Name a reader who sends no voter, for a day: a keyed hash of the address, the key of which is thrown away at its end."""
        today = self.now().date()
        if self._day[0] != today:
            self._day = today, secrets.token_bytes(32)
        return "day-" + hmac.digest(self._day[1], client.encode(), "sha256").hex()[:32]

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """All secrets, that of today first."""
        return (self.secret, *self.old_secrets)

    def derived(self, purpose: str, text: str) -> tuple[str, ...]:
        """Sign a text for a purpose, with each secret, that of today first: 192 bits, the same again for the same text."""
        signed = (hmac.digest(secret, f"{purpose}\0{text}".encode(), "sha256")[:24] for secret in self.secrets)
        return tuple(base64.urlsafe_b64encode(each).decode() for each in signed)

    def act_of_requester(self, request: Request, key: str = REQUESTER) -> Act:
        """Write down who acts: a requester by their key, now, under this request."""
        return Act(Actor("requester", key), self.now(), request.state.request_id)


def service_of(request: Request) -> Service:
    """Find the service that a request came to."""
    service: Service = request.app.state.service
    return service
