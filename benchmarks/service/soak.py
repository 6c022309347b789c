"""
Lets people of all sorts come at a steady rate, for seconds or for hours, and tells how long they waited and what the service grew to.

    python benchmarks/service/soak.py --rate 500 --seconds 20               # latency from the moment at which a request was due
    python benchmarks/service/soak.py --rate 200 --seconds 20 --slow 1000   # the same beside clients that send a letter a second
    python benchmarks/service/soak.py --rate 60 --seconds 1500              # what grows, looked at every ten seconds

Of twenty requests eleven rate, four search, two fetch a token, two read the page of their case, and one opens a case.  Each comes from an
address of its own.  Prints lines of a table for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from load import Service, request

CONNECTIONS = 64
LOOK = 10.0  # seconds between two looks at the service
MIX = (
    "ratings search ratings token ratings page ratings search ratings cases "
    "ratings search ratings token ratings page ratings search ratings ratings"
).split()


@dataclass
class Seen:
    """What came of it."""

    waits: list[float] = field(default_factory=list)  # seconds from when it was due
    statuses: Counter[int] = field(default_factory=Counter)
    looks: list[tuple[int, int, int]] = field(default_factory=list)  # kB of memory, open files, kB of SQLite's log
    dropped: list[float] = field(default_factory=list)  # seconds that slow clients were borne


def look(service: Service) -> tuple[int, int, int]:
    """Look at the service from outside."""
    proc = Path(f"/proc/{service.id}")
    memory = int(re.findall(r"VmRSS:\s+(\d+)", (proc / "status").read_text(encoding="ascii"))[0])
    log = service.log.with_name("service.db-wal")
    return memory, len([*(proc / "fd").iterdir()]), log.stat().st_size // 1024 if log.exists() else 0


def plain(method: str, path: str, number: int, body: str = "", more: str = "") -> bytes:
    """Write one request as bytes."""
    address = f"10.{number % 250}.{number // 250 % 250}.{number // 62_500 % 250}"
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\nSec-Fetch-Site: same-origin\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


class Client:
    """One connection, made anew when it ends."""

    def __init__(self, service: Service, seen: Seen) -> None:
        self.service, self.seen = service, seen
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.secret = ""  # of the last case

    async def send(self, what: str, number: int) -> None:
        """Send one request of a sort, or the two of a page."""
        hour = datetime.now(UTC).strftime("%Y-%m-%dT%H")
        if what in {"ratings", "cases"}:
            body = await self.ask(request(what, number % 200, number))
            self.secret = json.loads(body).get("url", "").rpartition("#")[2] or self.secret
        elif what == "search":
            event = {"hour": hour, "locale": "en", "query": f"lamp {number % 99}", "hits": number % 5, "key": f"event-{number:08}"}
            await self.ask(plain("POST", "/api/v1/search-events", number, json.dumps(event), "Content-Type: application/json\r\n"))
        elif what == "token" or not self.secret:
            await self.ask(plain("GET", "/api/v1/form-token?for=case", number))
        else:
            kind = "Content-Type: application/x-www-form-urlencoded\r\n"
            await self.ask(plain("POST", "/case/open", number, f"secret={self.secret}", kind))
            await self.ask(plain("GET", "/case/", number, "", f"Cookie: {self.cookie}\r\n"))

    async def ask(self, data: bytes) -> bytes:
        """Send bytes and read the answer."""
        if self.line is None:
            self.line = await asyncio.open_connection("127.0.0.1", self.service.port)
        reader, writer = self.line
        writer.write(data)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            self.line = None
            raise
        length = re.search(rb"content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        found = re.search(rb"set-cookie: ([^;]+)", head)
        self.cookie = found[1].decode() if found else ""
        self.seen.statuses[int(head[9:12])] += 1
        return body


async def run(service: Service, rate: float, seconds: float, seen: Seen) -> None:
    """Let requests come at a rate, whether earlier ones were answered or not."""
    due: asyncio.Queue[tuple[float, int]] = asyncio.Queue()

    async def work(client: Client) -> None:
        while True:
            at, number = await due.get()
            await client.send(MIX[number % len(MIX)], number)
            seen.waits.append(time.perf_counter() - at)
            due.task_done()

    workers = [asyncio.create_task(work(Client(service, seen))) for _ in range(CONNECTIONS)]
    began = looked = time.perf_counter()
    for number in itertools.count():
        at = began + number / rate
        if at > began + seconds:
            break
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait((at, number))
        if at - looked >= LOOK:
            looked = at
            seen.looks.append(look(service))
        if failed := next((one for one in workers if one.done()), None):
            failed.result()
    await due.join()
    seen.looks.append(look(service))
    for one in workers:
        one.cancel()


async def hold(port: int, number: int, dropped: list[float]) -> None:
    """Hold a connection by sending a letter a second of a head or of a body; when dropped, come back."""
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            began = time.perf_counter()
            body = plain("POST", "/desk/sign-in", number, "x" * 5000, "Content-Type: application/x-www-form-urlencoded\r\n")
            writer.write(b"POST /api/v1/cases HTTP/1.1\r\nHost: 127" if number % 2 else body[:-5000])
            with suppress(OSError):
                while not reader.at_eof():
                    writer.write(b"x")
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(1000), 1)
            dropped.append(time.perf_counter() - began)
            writer.close()


async def hold_many(port: int, count: int) -> None:
    """Be slow clients until standard input ends, then print how long each was borne."""
    dropped: list[float] = []
    tasks = [asyncio.create_task(hold(port, number, dropped)) for number in range(count)]
    await asyncio.to_thread(sys.stdin.read)
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps(dropped))


@contextmanager
def slow_clients(service: Service, count: int, seen: Seen) -> Iterator[None]:
    """Let slow clients be there: in a process of their own, or their coming and going would hold up the clock that measures the others."""
    if not count:
        yield
        return
    command = [sys.executable, __file__, "--hold", str(service.port), "--slow", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield
        seen.dropped += json.loads(process.communicate()[0])


async def measure(service: Service, rate: float, seconds: float, slow: int) -> Seen:
    """Warm up, then measure."""
    await run(service, 50, 3, Seen())
    seen = Seen()
    with slow_clients(service, slow, seen):
        await run(service, rate, seconds, seen)
    return seen


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=60)
    parser.add_argument("--seconds", type=float, default=1500)
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--hold", type=int, metavar="PORT", help="be the slow clients of a service that runs there")
    given = parser.parse_args()
    if given.hold:
        asyncio.run(hold_many(given.hold, given.slow))
        return
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        try:
            before = service.cpu()
            seen = asyncio.run(measure(service, given.rate, given.seconds, given.slow))
            cpu = service.cpu() - before
        finally:
            service.end()
    parts = statistics.quantiles(seen.waits, n=1000)
    what = f"{given.rate:g} a second for {given.seconds:g} s" + (f" beside {given.slow} slow clients" if given.slow else "")
    waits = f"p50 {parts[499] * 1000:.0f} ms, p99 {parts[989] * 1000:.0f} ms, p99.9 {parts[998] * 1000:.0f} ms"
    bad = ", ".join(f"{times} of {status}" for status, times in sorted(seen.statuses.items()) if status >= 400)
    print(f"| {what} | {len(seen.waits)} answered, {bad or 'none refused'}; {waits}; {cpu / len(seen.waits) * 1e6:.0f} µs of CPU each |")
    if seen.dropped:
        print(f"| slow clients, dropped {len(seen.dropped)} times | after {max(seen.dropped):.1f} s at most |")
    first, last = seen.looks[len(seen.looks) // 10], seen.looks[-1]
    most = [max(each) for each in zip(*seen.looks, strict=True)]
    files = f"open files {first[1]}, then {last[1]}, most {most[1]}"
    print(f"| grown | memory {first[0] / 1024:.1f} MB, then {last[0] / 1024:.1f}; {files}; log of SQLite at most {most[2] / 1024:.1f} MB |")


if __name__ == "__main__":
    main()
