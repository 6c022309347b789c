"""How long a writer waits: from saving an article to the first answer of the server that shows the new text."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from articles import Entry
from tools import Tool

POLL = 0.002  # seconds between an answer and the next request
_ADDRESS = re.compile(r"http://(?:localhost|127\.0\.0\.1):(\d+)")
_START_LIMIT, _SAVE_LIMIT = 300, 60  # seconds


class NotServedError(Exception):
    """The server did not start, or never showed what was saved."""


def delays(tool: Tool, site: Path, entry: Entry, log: Path, runs: int) -> list[float]:
    """
    Save *entry* in *site* as often as *runs* says while *tool* serves it; the file is put back.

    Returns: Seconds from each save to the answer that shows it.
    Raises: NotServedError: If the server does not start or a save is never seen.
    """
    source, found = tool.article(site, entry), []
    original = source.read_bytes()
    with _server(tool, site, log) as port:
        page = _Page(port, f"/en/{quote(entry.path)}/")
        page.wait(b"<h1", _START_LIMIT)
        try:
            for turn in range(runs + 1):
                # The watcher of the last save comes to rest; never for the same time, as a watcher may look at fixed intervals.
                time.sleep(0.5 + turn * 0.37 % 0.5)
                text = f"Saved word zq{turn}x{os.getpid()}."
                start = time.perf_counter()
                source.write_bytes(original + f"\n{text}\n".encode())
                page.wait(text.encode(), _SAVE_LIMIT)
                found.append(time.perf_counter() - start)
        finally:
            source.write_bytes(original)
        time.sleep(1)  # so that the server has built the original again
    return found[1:]  # the first save after the start warms what is only loaded once


@contextlib.contextmanager
def _server(tool: Tool, site: Path, log: Path) -> Iterator[int]:
    """Run the server of *tool* and yield the port that it prints."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            tool.serve,
            cwd=site,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "NO_COLOR": "1"},
            start_new_session=True,
        )
    try:
        yield _port(process, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    until = time.monotonic() + _START_LIMIT
    while time.monotonic() < until and process.poll() is None:
        if match := _ADDRESS.search(log.read_text("utf-8", "replace")):
            return int(match[1])
        time.sleep(0.05)
    raise NotServedError("the server printed no address: " + log.read_text("utf-8", "replace")[-500:])


class _Page:
    """A page of the server, asked again and again over one connection."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._path = urlsplit(path).path

    def wait(self, text: bytes, limit: float) -> None:
        """Return as soon as the page holds *text*.  Raises: NotServedError: If it does not within *limit* seconds."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if text in self._body():
                return
            time.sleep(POLL)
        raise NotServedError(f"{self._path} never showed {text.decode()!r}")

    def _body(self) -> bytes:
        try:
            self._connection.request("GET", self._path)
            return self._connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return b""
