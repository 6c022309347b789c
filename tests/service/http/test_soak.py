"""The short form of benchmarks/service/soak.py: hundreds of requests of all sorts leave nothing behind in the process."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from service.http.live import PATIENCE, wait_until
from service.process import Process, case_of

CLIENTS = 4
WARM, MORE = 30, 60  # turns of each client; a turn is six requests
GROWTH = 12 * 1024  # kB: a leak of 9 kB a request is more
OWN = 3  # sockets: the one that listens, and the pair by which the event loop is woken
LOG = 64 * 1024**2  # bytes of SQLite's log


def come(url: str, client: int, turns: range) -> set[int]:
    """Rate, search, fetch a token, open a case and read its page; returns the statuses."""
    statuses = set()
    with httpx2.Client(base_url=url, timeout=PATIENCE) as http:
        for turn in turns:
            key, hour = f"soak-{client}-{turn}-0123456789", datetime.now(UTC).strftime("%Y-%m-%dT%H")
            form, headers = case_of(key, f"10.{client}.{turn}.1")
            headers["sec-fetch-site"] = "same-origin"
            rating = {"article": "kb-1", "locale": "en", "helpful": "yes", "voter": f"{client:06}{turn:014}"}
            search = {"hour": hour, "locale": "en", "query": "lamp", "hits": 0, "key": key}
            answers = [
                http.post("/api/v1/ratings", json=rating, headers=headers),
                http.post("/api/v1/search-events", json=search, headers=headers),
                http.get("/api/v1/form-token?for=case", headers=headers),
                http.post("/api/v1/cases", json=form, headers=headers),
            ]
            http.cookies.clear()
            opened = http.post("/case/open", data={"secret": answers[-1].json()["url"].rpartition("#")[2]}, headers=headers)
            statuses |= {answer.status_code for answer in (*answers, opened, http.get("/case/", headers=headers))}
    return statuses


def come_all(url: str, turns: range) -> set[int]:
    """Let all clients come at once."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return set().union(*pool.map(lambda client: come(url, client, turns), range(CLIENTS)))


def test_hundreds_of_requests_leave_nothing_behind(tmp_path, blank):
    """Memory grows by less than a leak would take, every connection is closed again, and SQLite's log stays short."""
    shutil.copy(blank, tmp_path)
    service = Process(tmp_path)
    proc = Path(f"/proc/{service.id}")

    def memory() -> int:
        return int(re.findall(r"VmRSS:\s+(\d+)", (proc / "status").read_text(encoding="ascii"))[0])

    def files() -> int:
        return len([link for link in map(read, (proc / "fd").iterdir()) if link and "service.db" not in link])  # readers come and stay

    come_all(service.url, range(WARM))
    wait_until(lambda: service.is_up() and not sockets(proc))
    before, open_before = memory(), files()
    statuses = come_all(service.url, range(WARM, WARM + MORE))
    wait_until(lambda: not sockets(proc))
    grown, left, log = memory() - before, files() - open_before, (tmp_path / "service.db-wal").stat().st_size
    service.end()

    assert statuses == {200, 201, 204, 303}
    assert grown < GROWTH
    assert left <= 0
    assert log < LOG


def sockets(proc: Path) -> bool:
    """Tell whether a process has more sockets than the one that listens and those of its event loop."""
    found = [link for link in map(read, (proc / "fd").iterdir()) if link.startswith("socket:")]
    return len(found) > OWN


def read(link: Path) -> str:
    """Read a link; "" if it is gone already."""
    try:
        return str(link.readlink())
    except OSError:
        return ""
