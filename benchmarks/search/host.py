"""A static host that packs text with gzip and counts the bytes that it sends, for one folder, on a port of its own."""

from __future__ import annotations

import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

_KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm"}
_PACKED = {".mjs", ".js", ".json", ".html", ".css", ".svg", ".txt", ".xml"}


class Host(BaseHTTPRequestHandler):
    """Answers with the files of a folder."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, folder: Path) -> None:
        """Remember the folder."""
        self.folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file, a folder's index.html, or 404."""
        path = unquote(urlsplit(self.path).path).lstrip("/")
        file = self.folder / path / "index.html" if not path or path.endswith("/") else self.folder / path
        known = file.is_file()
        body = answer(file) if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "public, max-age=3600")
        if known and file.suffix in _PACKED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


@lru_cache(maxsize=4000)
def answer(file: Path) -> bytes:
    """Return what goes over the wire for a file: packed if it is text, as it is otherwise (an engine packs its own binaries)."""
    data = file.read_bytes()
    return gzip.compress(data, 6) if file.suffix in _PACKED else data


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder for a while.  Yields: its address, with a slash at the end."""
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, folder=folder))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{host.server_port}/"
    finally:
        host.shutdown()
        host.server_close()
