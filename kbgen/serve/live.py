"""What open pages have to know: which build is served, and what is wrong with the newest one."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

MOST = 20  # problems that an overlay shows; the terminal has them all


class Live:
    """The state of the live portal; safe to use from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.building = True  # the very first build has not ended
        self.problems: list[str] = []
        self._session = secrets.token_hex(4)  # pages that outlive this process are not of the next one's builds
        self._build = 0
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Queue[None]] = set()

    @property
    def version(self) -> str:
        """The name of the good build that is served."""
        return f"{self._session}-{self._build}"

    def built(self, *, changed: bool) -> None:
        """Tell open pages that the portal is whole again."""
        if changed:
            self._build += 1
        self._tell([])

    def broken(self, problems: Sequence[str]) -> None:
        """Tell open pages what is wrong."""
        more = len(problems) - MOST
        self._tell([*problems[:MOST], *([f"… and {more} more"] if more > 0 else [])])

    def end(self) -> None:
        """End all streams, so that the server can stop at once."""
        self._ended = True
        self._wake()

    def message(self) -> str:
        """Return the state as one line of JSON."""
        return json.dumps({"version": self.version, "problems": self.problems}, ensure_ascii=False)

    async def listen(self) -> AsyncIterator[str]:
        """Yield the state now and after each change, until the end."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while not self._ended:
                yield self.message()
                await queue.get()
        finally:
            self._listeners.discard(queue)

    def _tell(self, problems: list[str]) -> None:
        self.problems = problems
        self.building = False
        self._wake()

    def _wake(self) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        for queue in tuple(self._listeners):
            self._loop.call_soon_threadsafe(queue.put_nowait, None)
