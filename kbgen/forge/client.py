"""A forge's API: JSON over HTTPS with a token, every page of a list, patience with a forge that is busy."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30
TRIES = 4
MOST_PAGES = 50  # of a hundred rows
_MOST_BYTES = 32 << 20
_NEXT = re.compile(r'<([^>]+)>;[^,]*\brel="?next"?')
_BUSY = {429, 500, 502, 503, 504}
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class ForgeError(Exception):
    """The forge did not do what was asked.  The message says what and why, and never holds the token."""


class Client:
    """
    One project's API.

    Args:
        base: "https://api.github.com/repos/acme/help", without a slash at the end.
        headers: With the token.
    Raises: ForgeError: The token would travel unprotected.
    """

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(base)
        if parts.scheme != "https" and parts.hostname not in _LOCAL:
            raise ForgeError(f"{base} is not https://, so the token is not sent there")
        self._base = base
        self._home = (parts.scheme, parts.netloc)
        self._headers = {"Accept": "application/json", "User-Agent": "kbgen", **headers}
        self._open = urllib.request.build_opener(_Home).open

    def one(self, path: str) -> Any:  # noqa: ANN401 - JSON from elsewhere
        """Ask for one thing.  Raises: ForgeError."""
        return self._asked("GET", f"{self._base}{path}", None)[0]

    def rows(self, path: str) -> list[Any]:
        """Ask for a list, all its pages.  Raises: ForgeError."""
        found: list[Any] = []
        url = f"{self._base}{path}{'&' if '?' in path else '?'}per_page=100&limit=100"  # Forgejo says limit
        for _ in range(MOST_PAGES):
            answer, links = self._asked("GET", url, None)
            if not isinstance(answer, list):
                raise ForgeError(f"{path}: the forge answers with something that is no list")
            found += answer
            following = _NEXT.search(links)
            if not following:
                break
            url = following[1]
            if urlsplit(url)[:2] != self._home:
                raise ForgeError(f"{path}: the next page would be on another host, {urlsplit(url).netloc}")
        return found

    def send(self, method: str, path: str, **body: object) -> Any:  # noqa: ANN401
        """Tell the forge something.  Raises: ForgeError."""
        return self._asked(method, f"{self._base}{path}", json.dumps(body).encode())[0]

    def _asked(self, method: str, url: str, data: bytes | None) -> tuple[Any, str]:
        headers = self._headers if data is None else {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - the scheme is looked at above
        for left in reversed(range(TRIES)):
            try:
                with self._open(request, timeout=SECONDS) as answer:
                    return json.loads(answer.read(_MOST_BYTES) or b"null"), str(answer.headers.get("Link") or "")
            except urllib.error.HTTPError as error:
                # A post that the forge may have taken is not sent twice.
                if not left or error.code not in _BUSY or (method == "POST" and error.code != http.client.TOO_MANY_REQUESTS):
                    raise ForgeError(f"{method} {urlsplit(url).path}: {error.code} {_reason(error)}") from None
                time.sleep(_pause(error.headers.get("Retry-After"), TRIES - left))
            except (OSError, http.client.HTTPException, ValueError) as error:
                if not left or method == "POST":
                    raise ForgeError(f"{method} {urlsplit(url).path}: {getattr(error, 'reason', error)}") from None
                time.sleep(_pause(None, TRIES - left))
        raise AssertionError  # the last try returns or raises


class _Home(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - urllib's own signature
        """Follow none: the forge's answer stands as the error that it is."""


def _pause(asked: str | None, tried: int) -> float:
    return min(float(asked), 60.0) if asked and asked.isdecimal() else 0.25 * 4**tried


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        said = json.loads(error.read(10_000))
    except (OSError, ValueError):
        return str(error.reason)
    told = said.get("message") or said.get("error") if isinstance(said, dict) else None
    return " ".join(str(told or error.reason).split())[:200]
