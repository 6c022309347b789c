"""
The live server: the files of the portal, one stream of events, and the theme's gallery.

Pages are served as they will be published, with the headers of the build's `_headers`, but for one script element, which reloads the
page or shows what is wrong over it, and for how long browsers keep them.
"""

from __future__ import annotations

import html
import mimetypes
import socket
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kbgen.serve.live import Live

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

ASSETS = Path(__file__).parent
OWN = frozenset({"live.mjs", "gallery.mjs", "gallery.css"})  # files of this folder that pages may load
FRESH = {"Cache-Control": "no-store"}
TYPES = {
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".vtt": "text/vtt",
    ".webp": "image/webp",
    ".md": "text/markdown; charset=utf-8",
    ".xml": "application/xml",
    ".toml": "text/plain",
    ".svg": "image/svg+xml",
    ".webm": "video/webm",
}
WAITING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>kbgen serve</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body><main><h1>There is no portal yet</h1><p>{}</p>{}</main></body></html>"""
LAST_PORT = 65_535
NAMES = ("localhost", "127.0.0.1", "::1")  # how this machine calls itself

Gallery = Callable[[str, Sequence[tuple[str, str]]], tuple[str, bytes]]  # path, query -> media type, body; KeyError: there is none


class ServeError(Exception):
    """The server cannot start.  The message says what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server in its thread."""

    address: str
    live: Live
    server: Any
    thread: threading.Thread

    def stop(self) -> None:
        """End the streams and the server, and free the port."""
        self.server.should_exit = True
        self.live.end()
        self.thread.join(3)


def start(live: Live, host: str, port: int, gallery: Gallery | None = None) -> Running:
    """
    Serve in a thread.  Connections are accepted from now on, answered as soon as the server runs.

    Args:
        gallery: Answers below /__kbgen/gallery/.

    Raises: ServeError: The port is taken, or the host is no address of this machine.
    """
    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # TCP by name: asyncio holds small answers back otherwise
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        other = port + 1 if 0 < port < LAST_PORT else 8001
        raise ServeError(
            f"{host}:{port} cannot be used ({error.strerror}). Choose another port with  --port {other} , or  --port 0  for a free one"
        ) from error
    app = application(live, (*NAMES, host) if host in NAMES else ("*",), gallery)
    settings = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    return Running(f"http://{shown}:{listener.getsockname()[1]}/", live, server, thread)


def application(live: Live, hosts: Sequence[str] = ("*",), gallery: Gallery | None = None) -> Any:  # noqa: ANN401 - an ASGI application
    """
    Return the live portal as an ASGI application.

    Args:
        hosts: Names by which it may be called: a page elsewhere that points its own name at this machine must not read drafts.
    """
    from starlette.applications import Starlette
    from starlette.responses import FileResponse, Response, StreamingResponse
    from starlette.routing import Route

    async def events(_request: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            yield "retry: 500\n\n"
            async for message in live.listen():
                yield f"data: {message}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream", headers=FRESH)

    async def own(request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(ASSETS / name, media_type=_type(Path(name)), headers=FRESH) if name in OWN else Response("Not found", 404)

    def parts(request: Request) -> Response:  # Starlette runs it in a thread of its own: rendering takes its time
        if gallery is None:
            return Response("Start it with  kbgen serve --gallery", 404)
        try:
            kind, data = gallery(request.path_params["path"], request.query_params.multi_items())
        except KeyError:
            return Response("Not found", 404)
        # Frames have no stream of their own: a browser keeps six connections to a host, and the page around them reloads.
        fresh = kind == "text/html" and not request.path_params["path"]
        return _page(live.version, data, 200) if fresh else Response(data, media_type=kind, headers=FRESH)

    async def page(request: Request) -> Response:
        return answer(live, request.path_params["path"], request.url.query)

    routes = [
        Route("/__kbgen/events", events),
        Route("/__kbgen/gallery/{path:path}", parts),
        Route("/__kbgen/{name}", own),
        Route("/{path:path}", page),
    ]
    app = Starlette(routes=routes)

    async def guarded(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own
        called = dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1")
        name = called.rpartition(":")[0] if ":" in called and not called.endswith("]") else called
        known = "*" in hosts or name.strip("[]") in hosts
        await (app if known else Response("This portal answers to localhost only", 421))(scope, receive, send)

    return guarded


def answer(live: Live, path: str, query: str = "") -> Response:
    """
    Return the file at a path, the folder's page, the way to it, or the page that says there is none.

    Args:
        path: As asked for, decoded, without the first slash.
        query: Goes with a redirection.
    """
    from starlette.responses import FileResponse, RedirectResponse, Response

    version = live.version  # read before the file: a page that is older than its version would never reload
    top = live.folder.resolve()
    try:
        place = (top / path).resolve()
        if not place.is_relative_to(top):
            return Response("Not found", 404)
        if place.is_dir():
            if path and not path.endswith("/"):
                return RedirectResponse(f"/{path.lstrip('/')}/{query and '?' + query}", 302, headers=FRESH)
            place /= "index.html"
        if place.suffix == ".html":
            response = _page(version, place.read_bytes(), 200)
            response.headers.update(_asked(top, path))
            return response
        if place.is_file():
            return FileResponse(place, media_type=_type(place), headers=_asked(top, path) | {"Cache-Control": "no-cache"})
    except FileNotFoundError:
        pass
    except (OSError, RuntimeError, ValueError):  # a name too long, links in a ring, a NUL
        return Response("Not found", 404)
    return _missing(live, version, top, place)


def _asked(top: Path, path: str) -> dict[str, str]:
    """Return the headers that the build asks hosts to send with a path, but for freshness: a preview is always fresh."""
    found: dict[str, str] = {}
    try:
        lines = (top / "_headers").read_text(encoding="utf-8").splitlines()
    except OSError:
        return found
    on = False
    for line in lines:
        name, _, value = line.strip().partition(": ")
        if line.startswith("/"):
            on = fnmatchcase(f"/{path}", line)
        elif on and name != "Cache-Control":
            found[name] = value
    return found


def _missing(live: Live, version: str, top: Path, place: Path) -> Response:
    """Answer for an address that has no file: the locale's page, the portal's, or that there is no portal yet."""
    first = place.relative_to(top).parts[:1]
    for name in () if live.building else (*first, "."):
        try:
            return _page(version, (top / name / "404.html").resolve().read_bytes(), 404)
        except OSError:
            continue
    if live.building:
        return _waiting(version, "The first build is running. This page shows the portal as soon as it is there.", ())
    told = "The build found what has to be mended first. This page shows the portal as soon as that is done."
    return (
        _waiting(version, told, live.problems)
        if live.problems
        else _page(version, b"<!doctype html><title>Not found</title>Not found", 404)
    )


def _waiting(version: str, told: str, problems: Sequence[str]) -> Response:
    listed = "".join(f"<pre>{html.escape(one)}</pre>" for one in problems)
    response = _page(version, WAITING.format(told, listed).encode(), 503)
    response.headers["Retry-After"] = "1"
    return response


def _page(version: str, data: bytes, status: int) -> Response:
    """Return a page with the script that keeps it fresh."""
    from starlette.responses import Response

    before, _, after = data.rpartition(b"</body>")
    script = f'<script type="module" src="/__kbgen/live.mjs?version={version}"></script>'.encode()
    body = before + script + b"</body>" + after if before else data + script
    return Response(body, status, media_type="text/html", headers=FRESH)


def _type(place: Path) -> str:
    return TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0] or "application/octet-stream"
