"""A portal as a host serves it, with the headers of its `_headers` file, and a shop's page on another origin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from conftest import PortalHandler

DEMO = Path(__file__).resolve().parents[2] / "docs" / "suggest-demo.html"


def headers_of(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Read a `_headers` file as hosts do: path with a star -> headers."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (folder / "_headers").read_text().splitlines():
        if line.startswith("/"):
            found[line] = rows = []
        elif line.strip():
            name, _, value = line.strip().partition(": ")
            rows.append((name, value))
    return found


class HostHandler(PortalHandler):
    """Sends what `_headers` asks for."""

    def end_headers(self) -> None:
        """Add the headers of every rule that the path matches."""
        for path, rows in headers_of(Path(self.directory)).items():
            if re.fullmatch(re.escape(path).replace(r"\*", ".*"), self.path):
                for name, value in rows:
                    self.send_header(name, value)
        super().end_headers()


@contextmanager
def hosting(server: ThreadingHTTPServer, folder: Path) -> Iterator[None]:
    """Serve a folder with its own headers on a server that has its port already, as the portal must know the shop's."""
    server.RequestHandlerClass = partial(HostHandler, directory=str(folder))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


STRICT = "default-src 'none'; script-src {0}; connect-src {0}; frame-src {0}; require-trusted-types-for 'script'; trusted-types 'none'"


def write_shop(folder: Path, portal: str, locale: str = "en", *, strict: bool = False) -> None:
    """Write the demo page of the documentation for a portal at another address; a strict one has a policy that lets in the portal alone."""
    text = DEMO.read_text(encoding="utf-8")
    assert 'src="suggest.mjs"' in text
    text = text.replace('src="suggest.mjs"', f'src="{portal}suggest.mjs"').replace('data-locale="en"', f'data-locale="{locale}"')
    if strict:
        policy = STRICT.format(portal.rstrip("/"))
        text = text.replace(
            '<meta charset="utf-8">', f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        )
    (folder / "index.html").write_text(text, encoding="utf-8")
