"""The service as an operator starts it: a process of its own that tests may kill, and people who post to it and try again."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from feedback_service.moderation import issue_token

PATIENCE = 30  # seconds
SECRET = "the-secret-that-all-replicas-of-the-tests-share"
PORTAL = "https://help.example.org"
ARTICLE = {"id": "kb-1", "locale": "en", "title": "One", "url": "/en/1/", "category": "c", "queue": "orders", "owner": "", "revision": "a1"}


class Process:
    """
    One `feedback-service serve`.

    Attributes:
        url: Where it listens.
        started: Seconds that it took to get there.
    """

    def __init__(self, folder: Path, *options: str, articles: Sequence[dict[str, str]] = (ARTICLE,)):
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_text(json.dumps({"schema": 1, "base_url": PORTAL, "articles": [*articles], "replies": []}))
        (folder / "secret").write_text(SECRET)
        (folder / "secret").chmod(0o600)
        command = [
            sys.executable,
            "-m",
            "feedback_service",
            "serve",
            "--port",
            "0",
            "--data",
            folder,
            "--manifest",
            folder / "manifest.json",
        ]
        self.log = folder / "log"
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--portal", PORTAL, "--proxies", "127.0.0.0/8", "--flood", "1000000", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=Path(__file__).parents[2],
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()  # the process ends, and with it this line, if it cannot start

        assert line.startswith("Listening at "), line + self.log.read_text()

        self.started = time.monotonic() - began
        self.url = line.split()[-1].rstrip("/")

    @property
    def id(self) -> int:
        """The process's number."""
        return self._process.pid

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, gently or not; returns its exit code."""
        self._process.send_signal(how)
        code = self._process.wait(PATIENCE)
        self._process.stdout.close()
        return code

    def limit_files(self, size: int) -> None:
        """Let it write no file longer than so many bytes: for a database that is a full disk; -1: as long as it likes."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def is_up(self) -> bool:
        """Tell whether it takes posts."""
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=PATIENCE).status_code == 200
        except httpx2.TransportError:
            return False


def case_of(key: str, address: str, body: str = "It is dark here.") -> tuple[dict[str, str], dict[str, str]]:
    """Fill in the contact form, as somebody at an address does; gives fields and headers."""
    token = issue_token(SECRET.encode(), "case", datetime.now(UTC) - timedelta(minutes=1), f"nonce{key}")
    form = {"subject": key, "body": body, "email": f"{key}@example.org", "locale": "en", "token": token}
    return form, {"origin": PORTAL, "idempotency-key": key, "x-forwarded-for": address}


class Readers:
    """
    People who post cases, each with a key of its own, and try again at another replica until they are answered.

    Args:
        urls: Where replicas listen; a test may change the list while they post.
    """

    def __init__(self, urls: list[str], *, threads: int = 4, posts: int = 20, name: str = "t"):
        self.urls, self.posts, self.name, self._stopped = urls, posts, name, False
        self.numbers: dict[str, int] = {}  # key -> the number that was acknowledged
        self.retries, self.failures = 0, []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._post_all, args=(n,)) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, acknowledged: int) -> None:
        """Wait until so many cases were acknowledged."""
        until = time.monotonic() + PATIENCE
        while len(self.numbers) < acknowledged and not self.failures:
            assert time.monotonic() < until, "The posts are not answered."
            time.sleep(0.005)

    def stop(self) -> None:
        """Let nobody begin another post, nor try one again."""
        self._stopped = True

    def join(self) -> None:
        """Wait until nobody posts any more."""
        for thread in self._threads:
            thread.join(3 * PATIENCE)

    def finish(self) -> None:
        """Wait until everybody was answered."""
        self.join()

        assert self.failures == []
        assert len(self.numbers) == len(self._threads) * self.posts

    def _post_all(self, n: int) -> None:
        for m in range(self.posts):
            if self._stopped:
                return
            key = f"key-{self.name}-{n}-{m}-0123456789abcdef"
            try:
                number = self._post(key, f"10.{n}.{m // 250}.{m % 250 + 1}", m)
            except Exception as error:  # noqa: BLE001 - it is the test's to judge
                self.failures.append(f"{key}: {error!r}")
                return
            with self._lock:
                self.numbers[key] = number

    def _post(self, key: str, address: str, turn: int) -> int:
        form, headers = case_of(key, address)
        until = time.monotonic() + PATIENCE
        while True:
            url = self.urls[turn % len(self.urls)]
            turn += 1
            try:
                answer = httpx2.post(f"{url}/api/v1/cases", json=form, headers=headers, timeout=PATIENCE)
            except httpx2.TransportError as error:
                said = repr(error)
            else:
                if answer.status_code in {200, 201}:
                    return answer.json()["number"]
                said = f"{answer.status_code} {answer.text}"
                if answer.status_code != 503:
                    raise AssertionError(said)

            assert not self._stopped, "Nobody waits for an answer any more."
            assert time.monotonic() < until, f"Nobody answered: {said}"

            self.retries += 1
            time.sleep(0.05)
