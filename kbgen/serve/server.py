"""
The live server: the files of the portal, and one stream of events.

Pages are served as they will be published, but for one script element, which reloads the page or shows what is wrong over it.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

ASSETS = Path(__file__).parent
SCRIPT = b'<script type="module" src="/__kbgen/live.mjs"></script></body>'
TYPES = {".mjs": "text/javascript", ".webmanifest": "application/manifest+json", ".vtt": "text/vtt", ".webp": "image/webp", ".md": "text/markdown; charset=utf-8",
         ".xml": "application/xml", ".toml": "text/plain", ".svg": "image/svg+xml", ".webm": "video/webm"}


class ServeError(Exception):
    """The server cannot start.  The message says what to do."""


class Live:
    """What the pages that are open have to know; safe to use from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._version = 0
        self._problems: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Queue[str]] = set()

    def built(self, *, changed: bool) -> None:
        """Tell open pages that the portal is whole again."""
        if changed:
            self._version += 1
        self._problems = []
        self._send()

    def broken(self, problems: list[str]) -> None:
        """Tell open pages what is wrong."""
        self._problems = problems
        self._send()

    def message(self) -> str:
        """Return the state as one line of JSON."""
        return json.dumps({"version": self._version, "problems": self._problems}, ensure_ascii=False)

    async def listen(self) -> AsyncIterator[str]:
        """Yield the state now and after each change."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield self.message()
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    def _send(self) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        message = self.message()
        for queue in tuple(self._listeners):
            self._loop.call_soon_threadsafe(queue.put_nowait, message)


@dataclass(frozen=True, slots=True)
class Running:
    """A server in its thread."""

    address: str
    server: Any
    thread: threading.Thread

    def stop(self) -> None:
        """End the server; open streams are cut after a second."""
        self.server.should_exit = True
        self.thread.join(3)


def start(live: Live, host: str, port: int) -> Running:
    """
    Serve in a thread.

    Raises: ServeError: The port is taken.
    """
    import uvicorn  # noqa: PLC0415 - only `kbgen serve` needs it

    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServeError(f"{host}:{port} cannot be used ({error.strerror}). Choose another port with  --port 8001 , or  --port 0  for a free one") from error
    settings = uvicorn.Config(application(live), log_level="error", access_log=False, timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(settings)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    return Running(f"http://{shown}:{listener.getsockname()[1]}/", server, thread)


def application(live: Live) -> Any:  # noqa: ANN401 - an ASGI application
    """Return the live portal as an ASGI application."""
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.responses import FileResponse, StreamingResponse  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    async def events(_request: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            async for message in live.listen():
                yield f"data: {message}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def script(_request: Request) -> Response:
        return FileResponse(ASSETS / "live.mjs", media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def page(request: Request) -> Response:
        return _answer(live, request.path_params["path"])

    return Starlette(routes=[Route("/__kbgen/events", events), Route("/__kbgen/live.mjs", script), Route("/{path:path}", page)])


def _answer(live: Live, path: str) -> Response:
    """Return the file at a path, the folder's page, the way to it, or the page that says there is none."""
    from starlette.responses import FileResponse, RedirectResponse, Response  # noqa: PLC0415

    top = live.folder.resolve()
    place = (top / path).resolve()
    if not place.is_relative_to(top) or "\0" in path:
        return Response("Not found", 404)
    if place.is_dir():
        if path and not path.endswith("/"):
            return RedirectResponse(f"/{path.lstrip('/')}/", 302)
        place /= "index.html"
    status = 200
    if not place.is_file():
        status = 404
        locale = path.split("/", 1)[0]
        place = top / locale / "404.html" if (top / locale / "404.html").is_file() else top / "404.html"
        if not place.is_file():
            return Response(WAITING, 404, media_type="text/html")
    kind = TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    if place.suffix != ".html":
        return FileResponse(place, status, media_type=kind, headers={"Cache-Control": "no-cache"})
    return Response(place.read_bytes().replace(b"</body>", SCRIPT), status, media_type="text/html", headers={"Cache-Control": "no-store"})


WAITING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>kbgen</title><body><p>No portal has been built yet. This page shows what is wrong, and the portal as soon as there is one.</p></body></html>""".replace(
    b"</body>", SCRIPT
)
