"""
Posts ratings or escalations to a service of its own, over real connections, and tells how many a second and how long each took.

    python benchmarks/service/load.py ratings --clients 64 --seconds 10
    python benchmarks/service/load.py cases   --clients 64 --seconds 10

The service runs as a process of its own on a SQLite file in a temporary folder.  Each client is one connection that sends its next post
when the last one was answered, and comes from an address of its own, so that the limits of one client do not stand in the way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from feedback_service.moderation import issue_token  # noqa: E402 - the checkout's, wherever this was started from
from service.process import SECRET, Process  # noqa: E402

SLA = """
[calendars.office]
zone = "Europe/Madrid"
week = {mon = ["09:00-17:00"], tue = ["09:00-17:00"], wed = ["09:00-17:00"], thu = ["09:00-17:00"], fri = ["09:00-17:00"]}

[[policies]]
name = "all"
calendar = "office"
targets.normal = {first_response = "4h", resolution = "16h"}
"""
ARTICLES = [
    {
        "id": f"kb-{n}",
        "locale": "en",
        "title": f"Article {n}",
        "url": f"/en/{n}/",
        "category": "c",
        "queue": "orders",
        "owner": "",
        "revision": "a1",
    }
    for n in range(100)
]


class Service(Process):
    """A service in a process of its own, as the tests start it, that is looked at from outside."""

    def __init__(self, folder: Path) -> None:
        (folder / "sla.toml").write_text(SLA, encoding="utf-8")
        super().__init__(folder, "--sla", str(folder / "sla.toml"), articles=ARTICLES)
        self.port = int(self.url.rpartition(":")[2])

    def cpu(self) -> float:
        """Tell the seconds of CPU that the service has used."""
        fields = Path(f"/proc/{self.id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Tell the most memory it ever had, in MB."""
        return int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.id}/status").read_text(encoding="ascii"))[0]) // 1024


def request(what: str, client: int, number: int) -> bytes:
    """Write one post as bytes."""
    if what == "ratings":
        form = {"article": f"kb-{number % 100}", "locale": "en", "revision": "a1", "helpful": "yes" if number % 3 else "no"}
        form |= {"voter": f"{client:08}{number:012}"}
    else:
        token = issue_token(SECRET.encode(), "case", datetime.now(UTC) - timedelta(minutes=1), f"{client:08}{number:012}")
        form = {"subject": f"Question {number}", "body": "It does not light. " * 10, "email": f"r{client}.{number % 50}@example.org"}
        form |= {"locale": "en", "article": f"kb-{number % 100}", "token": token}
    body = json.dumps(form).encode()
    address = f"10.{number % 250}.{client}.{number // 250 % 250}"
    head = f"POST /api/v1/{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Forwarded-For: {address}\r\n"
    return f"{head}Idempotency-Key: {client}-{number}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def run(service: Service, what: str, clients: range, seconds: float) -> list[float]:
    """
    Let clients, by their numbers, post for some seconds; returns the seconds that each answered post took.

    Raises: RuntimeError: If an answer is no 201.
    """
    end = time.perf_counter() + seconds
    times: list[float] = []

    async def client(name: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        number = 0
        while time.perf_counter() < end:
            data = request(what, name, number)
            began = time.perf_counter()
            writer.write(data)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.findall(rb"content-length: (\d+)", head)[0])
            body = await reader.readexactly(length)
            times.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 201"):
                raise RuntimeError((head + body).decode())
            number += 1
        writer.close()

    await asyncio.gather(*map(client, clients))
    return times


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["ratings", "cases"])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        try:
            asyncio.run(run(service, given.what, range(200, 204), 1))  # the first posts compile statements and fill caches
            before = service.cpu()
            began = time.perf_counter()
            times = asyncio.run(run(service, given.what, range(given.clients), given.seconds))
            took, cpu, memory = time.perf_counter() - began, service.cpu() - before, service.memory()
        finally:
            service.end()
        with sqlite3.connect(Path(folder) / "service.db") as conn:
            stored = conn.execute(f"SELECT count(*) FROM {given.what}").fetchone()[0]
    times.sort()
    parts = statistics.quantiles(times, n=100)
    print(
        f"{given.what}: {len(times) / took:,.0f}/s, p50 {parts[49] * 1000:.0f} ms, p99 {parts[98] * 1000:.0f} ms, "
        f"{cpu / len(times) * 1e6:.0f} µs of CPU each, {memory} MB at most, start {service.started:.2f} s, {stored} rows"
    )


if __name__ == "__main__":
    main()
