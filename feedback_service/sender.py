"""
Sends webhooks [I/O].  A host's name is asked for once, every address it has must be allowed, and the connection goes to that very address:
nobody can answer the first question with a public address and the second with one of ours.  Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import httpx2
import structlog

from feedback_service.store import Store
from feedback_service.store import deliveries as kept
from feedback_service.store.deliveries import Delivery
from feedback_service.webhooks import NoAddressError, Webhook, choose_address, headers_of, next_try, secret_bytes

SECONDS = 10.0  # to connect, and for each step after it
DEADLINE = 30.0  # seconds for one message in all: a receiver that answers letter by letter holds nobody up
AT_ONCE = 20  # messages of one round

_log = structlog.get_logger("webhooks")
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask for all addresses of a host, once.  Raises: OSError: If the name is not known."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def secrets_from(environ: Mapping[str, str], webhooks: Collection[Webhook]) -> dict[str, bytes]:
    """
    Read each webhook's secret from the environment: that of "crm-2" stands in KB_WEBHOOK_CRM_2.

    Raises: ValueError: If one is missing or is none, naming the variable and nothing of its value.
    """
    found = {}
    for webhook in webhooks:
        name = f"KB_WEBHOOK_{webhook.name.upper().replace('-', '_')}"
        try:
            found[webhook.name] = secret_bytes(environ.get(name, ""))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return found


class Sender:
    """
    Sends what is due.

    Args:
        webhooks: Those of the file of rules today; a message to one that is gone is given up.
        secrets: Of each, as `secrets_from` reads them.
        networks: Inside the house, where webhooks may go although they are not public.
        authority: Whom to trust for certificates; None: whom the system trusts.
    """

    def __init__(
        self,
        store: Store,
        webhooks: Collection[Webhook],
        secrets: Mapping[str, bytes],
        *,
        networks: Collection[str] = (),
        ask: Resolve = resolve,
        authority: ssl.SSLContext | None = None,
    ) -> None:
        self._store, self._secrets, self._networks, self._ask = store, secrets, networks, ask
        self._urls = {webhook.name: webhook.url for webhook in webhooks}
        # No proxy of the environment: it would ask for the name again, out of our sight.
        self._client = httpx2.AsyncClient(
            verify=authority or ssl.create_default_context(), timeout=SECONDS, follow_redirects=False, trust_env=False
        )

    async def send_due(self, now: datetime) -> int:
        """Try every message that is due, at most twenty, side by side; returns how many."""
        claimed = await self._store.write_soon(kept.claim_deliveries, now, AT_ONCE)
        await asyncio.gather(*(self._deliver(delivery, now) for delivery in claimed))
        return len(claimed)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def _deliver(self, delivery: Delivery, now: datetime) -> None:
        error, again = await self._try(delivery, now)
        if error and again is None:
            _log.warning("webhook_failed_for_good", kind=delivery.webhook, tries=delivery.tries + 1, reason=error)
        await self._store.write_soon(kept.settle_delivery, delivery, error=error, again=again)

    async def _try(self, delivery: Delivery, now: datetime) -> tuple[str, datetime | None]:
        """Send one message; returns "" or what went wrong, and when to try again."""
        url = self._urls.get(delivery.webhook)
        if url is None:
            return "no such webhook any more", None
        tries = delivery.tries + 1
        try:
            async with asyncio.timeout(DEADLINE):
                status, retry_after = await self._post(url, delivery, now)
        except (NoAddressError, OSError, TimeoutError, httpx2.HTTPError) as error:
            return f"{type(error).__name__}: {error}", next_try(tries, now, None)
        again = next_try(tries, now, status, retry_after)
        return ("" if 200 <= status < 300 else f"answered {status}"), again

    async def _post(self, url: str, delivery: Delivery, now: datetime) -> tuple[int, str]:
        parts = urlsplit(url)
        host, plain = parts.hostname or "", parts.scheme == "http"
        address = choose_address(await self._ask(host, parts.port or (80 if plain else 443)), self._networks, plain=plain)
        target = httpx2.URL(url).copy_with(host=address)
        headers = {**headers_of(self._secrets[delivery.webhook], delivery.message, delivery.body, now), "host": parts.netloc}
        request = self._client.build_request(
            "POST", target, content=delivery.body.encode(), headers=headers, extensions={"sni_hostname": host} if not plain else {}
        )
        answer = await self._client.send(request, stream=True)
        await answer.aclose()  # what it says is nobody's business, and may be endless
        return answer.status_code, answer.headers.get("retry-after", "")
