"""
What a monitor asks: requests by route and answer, their time, what waits.  On a port of its own, which only the operator reaches.

No label holds anything that a reader typed: routes are told by their pattern.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric

from feedback_service.store import Store, UnavailableError
from feedback_service.store.figures import figures

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
SLOW = 1.0  # seconds from which on a request is told of
NOWHERE = "none"  # the route of a request that no route takes

_log = structlog.get_logger("http")


class Meter:
    """Counts requests, and writes a line to the log for each that failed or was slow.  Wraps an application."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        self._count = Counter("kb_requests", "Requests, by route and status.", ["method", "route", "status"], registry=registry)
        self._time = Histogram(
            "kb_request_seconds", "Time to the end of an answer, by route.", ["route"], registry=registry, buckets=BUCKETS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
        self._count.labels(method, route, str(status)).inc()
        self._time.labels(route).observe(seconds)
        # Counted above, which costs a fifth of a line; that a body was slow is what its 408 says.
        if status < 500 and (seconds < SLOW or status == 408):  # noqa: PLR2004
            return
        request = scope.get("state", {}).get("request_id", "")
        level = logging.ERROR if status >= 500 else logging.WARNING  # noqa: PLR2004
        _log.log(level, "request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), request=request)


def route_of(scope: Scope) -> str:
    """Return the pattern that a request was routed by, "/desk/cases/{number:int}"."""
    route: Any = scope.get("route")
    path = getattr(route, "path", None)
    return f"{scope.get('root_path', '')}{path}" if path else NOWHERE


class StoreFigures:
    """What waits in the store, asked when a monitor asks."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def collect(self) -> Iterator[Metric]:
        """Count."""
        waiting = GaugeMetricFamily("kb_writes_waiting", "Transactions that wait to be written.")
        waiting.add_metric([], self.store.database.waiting())
        yield waiting
        try:
            found = self.store.read(figures)
        except UnavailableError:  # the monitor learns it from /readyz
            return
        for name, rows in found.items():
            family = GaugeMetricFamily(f"kb_{name}", f"{name.capitalize()} in the store, by state.", labels=["state"])
            for state, count in rows.items():
                family.add_metric([state], count)
            yield family


@contextlib.contextmanager
def metered(app: ASGIApp, store: Store, port: int) -> Iterator[ASGIApp]:
    """
    Count an application's requests, and answer a monitor at /metrics on a port of this machine, in a thread; 0: nobody asks.

    Raises: OSError: Somebody else listens there.
    """
    registry = CollectorRegistry()
    registry.register(StoreFigures(store))
    meter = Meter(app, registry)
    if not port:
        yield meter
        return
    server, thread = start_http_server(port, "127.0.0.1", registry)
    try:
        yield meter
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
