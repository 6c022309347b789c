"""Live portals that end with the test."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from serve.served import SITE, Served


@pytest.fixture
def serve(site_factory) -> Iterator[Callable[..., Served]]:
    """Start live portals that end with the test."""
    started: list[Served] = []

    def start(files: dict[str, str] | None = None, *options: str, ready: bool = True) -> Served:
        started.append(Served(site_factory({**SITE, **(files or {})}), *options, ready=ready))
        return started[-1]

    yield start
    for one in started:
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()
