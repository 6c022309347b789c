"""
Bodies that do not come: how long one is waited for, who makes room, and an answer that costs next to nothing.

A thousand clients that send a letter a second come and go together, so the answer is written once for a language, and what the
application had begun ends without one of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
from functools import cache
from typing import TYPE_CHECKING

from feedback_service.http.pages import page, words_of

if TYPE_CHECKING:
    from starlette.types import Message, Receive

DEADLINE = 10.0  # seconds, at most, from the end of the head to the end of the body
SPREAD = 0.2  # of it, by chance: who came in one moment does not go in one


class TooLateError(Exception):
    """A body did not come in time.  Nobody but the guard answers it."""


class Bodies:
    """The requests whose bodies are still waited for."""

    def __init__(self) -> None:
        self._awaited: set[asyncio.Timeout] = set()

    def in_time(self, receive: Receive) -> Receive:
        """Let a request read its body, in whatever route, until the deadline; then it raises TooLateError."""
        until = asyncio.get_running_loop().time() + DEADLINE * (1 - SPREAD * random.random())  # noqa: S311 - nobody gains by guessing it
        is_whole = False

        async def timed() -> Message:
            nonlocal is_whole
            if is_whole:
                return await receive()  # waits for the end of the connection, as long as the answer takes
            try:
                async with asyncio.timeout_at(until) as wait:
                    self._awaited.add(wait)
                    message = await receive()
            except TimeoutError:
                raise TooLateError from None
            finally:
                self._awaited.discard(wait)
            is_whole = not message.get("more_body", False)
            return message

        return timed

    def make_room(self) -> bool:
        """End the wait that has been the longest; False: everybody's body is there."""
        wait = min(self._awaited, key=lambda each: each.when() or 0.0, default=None)
        if wait is None:
            return False
        self._awaited.discard(wait)
        wait.reschedule(asyncio.get_running_loop().time())
        return True


@cache
def answer(locale: str) -> tuple[bytes, bytes]:
    """Write, once, the content type and body of a 408: a page in a language; "": JSON for programs."""
    if not locale:
        return b"application/json", json.dumps({"code": "too_slow", "message": "The body took too long."}).encode()
    said = words_of(locale)["problem"]["too_slow"]
    return b"text/html; charset=utf-8", page("problem.html", locale, said=said, kept="").encode()
