"""A live portal as a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ARTICLE = "---\nid: kb-lamp\ntitle: {title}\ndescription: How to pair a lamp\nstatus: published\nkeywords: [lamp]\n---\n{body}\n"
SITE = {
    "kbgen.toml": '[site]\ntitle = "Test Help"\n[locales.en]\n[locales.fa]\nfallback = "en"\n',
    "content/en/devices/lamp.md": ARTICLE.format(title="Pair a lamp", body="The first text."),
    "content/en/devices/_category.toml": 'title = "Devices"\n',
}
PAGE = "en/devices/lamp/"
LIMIT = 20  # seconds; two shared cores are busy


class Served:
    """A `kbgen serve` in a process group of its own."""

    def __init__(self, root: Path, *options: str, ready: bool = True) -> None:
        self.root = root
        self.log = root.parent / "serve.log"
        command = [sys.executable, "-m", "kbgen", "-C", str(root), "serve", "--port", "0", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )
        self.address = until(lambda: next(iter(re.findall(r"Serving on (\S+)", self.text())), "")) if ready else ""

    def text(self) -> str:
        """What it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Ask for a path as it stands, without any tidying: status, headers, body."""
        return ask(self.address, path, **headers)

    def save(self, body: str, title: str = "Pair a lamp", path: str = "content/en/devices/lamp.md") -> None:
        """Save an article in place."""
        (self.root / path).write_text(ARTICLE.format(title=title, body=body), encoding="utf-8")

    def builds(self) -> int:
        """How many builds have changed something."""
        return len(re.findall(r"^\d\d:\d\d:\d\d  ", self.text(), re.MULTILINE))

    def end(self, number: int = signal.SIGINT) -> float:
        """End it; returns the seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(LIMIT)
        return time.monotonic() - began


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Ask a server for a path as it stands: status, headers, body."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=LIMIT)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def until(ask: Callable[[], object], limit: float = LIMIT) -> str:
    """Wait until an answer is true, and return it."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        found = ask()
        if found:
            return str(found)
        time.sleep(0.02)
    return pytest.fail("what was waited for never came", pytrace=True)


def group_of(leader: int) -> list[str]:
    """List the living processes of a process group, as Linux knows them: a bare system has no pgrep."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            state, _, group = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:3]
            found += [stat.parent.name] if group == str(leader) and state != "Z" else []
    return found
