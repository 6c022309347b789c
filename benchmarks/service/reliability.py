"""
The long forms of the reliability tests, and how long the care of a store takes.

    python benchmarks/service/reliability.py               # everything, about ten minutes
    python benchmarks/service/reliability.py drill power   # some of it: drill, power, syncs, kills, replicas

Each part prints lines of a table for docs/benchmarks.md.  The tests of the same names in tests/service/ are the short forms.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from feedback_service import care  # noqa: E402
from feedback_service.store import Store, Tx, audit, cases, open_store  # noqa: E402
from feedback_service.store.backup import back_up, check, restore  # noqa: E402
from feedback_service.store.replay import differences  # noqa: E402
from service.made import JOAN, MONDAY, at  # noqa: E402 - the checkout's, wherever this was started from
from service.process import Process, Readers  # noqa: E402
from service.servers import running_postgres  # noqa: E402
from service.store.stories import ASKED  # noqa: E402

CASES = 20_000
KILLS = 200
POWER = ROOT / "tests" / "service" / "store" / "power.py"


def line(what: str, figure: str) -> None:
    """Print a line of the table."""
    print(f"| {what} | {figure} |", flush=True)


@contextmanager
def timed(what: str, more: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Print how long something took."""
    began = time.perf_counter()
    yield
    line(what, f"{time.perf_counter() - began:.1f} s{more()}")


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder, and remove it in the end."""
    made = Path(tempfile.mkdtemp(prefix="kbgen-care-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def fill(store: Store, count: int) -> None:
    """Open cases of 1,500 characters, each hundredth of them by Joan."""
    chosen = random.Random(1)

    def some(tx: Tx, first: int) -> None:
        for n in range(first, first + 200):
            who = "joan@example.org" if n % 100 == 0 else f"p{n}@example.net"
            text = " ".join(chosen.choices(("llum", "factura", "comanda", "retorn", "pagament"), k=200))
            cases.open_case(tx, replace(ASKED, told=replace(ASKED.told, requester_email=who, body=text)), at(n / 100, by=JOAN))

    for first in range(0, count, 200):
        store.write(some, first)


def drill() -> None:
    """Back up, restore, export, import, erase."""
    with folder() as place, running_postgres() as postgres:
        (place / "data").mkdir()
        (place / "new").mkdir()
        store = open_store(place / "data")
        fill(store, CASES)
        store.write(audit.note, "maria", "agent.added", "pau", "", MONDAY)
        trail = store.read(audit.verify)
        with timed(f"backup of {CASES:,} cases beside the service", lambda: f", {(place / 'b.db').stat().st_size / 1e6:.0f} MB"):
            back_up(place / "data", place / "b.db", MONDAY)
        with timed("restore, every byte and page looked at"):
            restore(place / "new", place / "b.db")
        restored = open_store(place / "new")
        with timed("replay of every case from its events"):
            count, wrong = restored.read(differences)
        assert (count, wrong, restored.read(audit.verify)) == (CASES, [], trail)
        restored.close()
        spoilt = bytearray((place / "b.db").read_bytes())
        refused = 0
        for _ in range(100):
            where, bit = random.randrange(len(spoilt)), 1 << random.randrange(8)
            spoilt[where] ^= bit
            (place / "spoilt.db").write_bytes(spoilt)
            spoilt[where] ^= bit
            try:
                check(place / "spoilt.db")
            except Exception:  # noqa: BLE001 - counted
                refused += 1
        line("backups with one bit changed, refused", f"{refused} of 100")
        with timed("export as lines of JSON", lambda: f", {(place / 'all.jsonl').stat().st_size / 1e6:.0f} MB"):
            care.export_to(store, place / "all.jsonl", MONDAY)
        other = open_store(None, postgres.database())
        with timed("import into PostgreSQL"):
            care.import_from(other, place / "all.jsonl", MONDAY)
        assert other.read(differences) == (CASES, [])
        other.close()
        with timed(f"erasure of a person with {CASES // 100} cases, the file written anew"):
            done = care.erase_person(store, "joan@example.org", "maria", MONDAY)
        assert (done.cases, done.is_swept) == (CASES // 100, True)
        store.close()
        left = sum(b"joan@example.org" in file.read_bytes().lower() for file in (place / "data").iterdir())
        line("files of the database that still hold the address", str(left))


def power() -> None:
    """Cut the power."""
    counted = _run(POWER, "cuts", "100", "2026")
    line(
        "power cuts, half of them with torn writes", f"{counted['cuts']}, {counted['lost']} of {counted['acknowledged']} acknowledged lost"
    )


def syncs() -> None:
    """Let syncs fail."""
    counted = _run(POWER, "errors", "40")
    line("failing syncs, each of the first 40, once and for ever", f"{counted['refused']} posts told to come back, {counted['lost']} lost")


def kills() -> None:
    """Kill the service while cases come in, again and again."""
    with folder() as place:
        acknowledged: dict[str, int] = {}
        slowest = 0.0
        for turn in range(KILLS):
            began = time.perf_counter()
            process = Process(place)
            slowest = max(slowest, time.perf_counter() - began if turn else 0.0)
            readers = Readers([process.url], threads=3, posts=50, name=f"t{turn}")
            readers.wait_for(random.randrange(1, 40))
            readers.stop()
            process.end(signal.SIGKILL)
            readers.join()
            acknowledged |= readers.numbers
        store = open_store(place)
        count, wrong = store.read(differences)
        told = store.read(lambda tx: {row["subject"]: row["number"] for row in tx.all(_SUBJECTS)})
        store.close()
        lost = sum(told.get(key) != number for key, number in acknowledged.items())
        line(
            "kill -9 under load",
            f"{KILLS}, {lost} of {len(acknowledged)} acknowledged lost, {count - len(told)} doubled, {len(wrong)} broken",
        )
        line("start after a kill, process included, slowest", f"{slowest:.1f} s")


def replicas() -> None:
    """Kill one of two replicas on PostgreSQL ten times."""
    with folder() as place, running_postgres() as postgres:
        url = postgres.database()
        urls = []
        processes = []
        for n in range(2):
            processes.append(Process(place / f"r{n}", "--database-url", url))
            urls.append(processes[-1].url)
        readers = Readers(urls, threads=4, posts=100)
        for turn in range(10):
            readers.wait_for(35 * (turn + 1))
            processes[turn % 2].end(signal.SIGKILL)
            processes[turn % 2] = Process(place / f"r{turn % 2}", "--database-url", url)
            urls[turn % 2] = processes[turn % 2].url
        readers.finish()
        for process in processes:
            process.end(signal.SIGTERM)
        store = open_store(None, url)
        rows = store.read(lambda tx: tx.all(_SUBJECTS))
        store.close()
        lost = sum({row["subject"]: row["number"] for row in rows}.get(key) != number for key, number in readers.numbers.items())
        line(
            "kills of one of two replicas on PostgreSQL",
            f"10, {lost} of {len(readers.numbers)} lost, {len(rows) - len(readers.numbers)} doubled",
        )


def _run(*words: object) -> dict[str, int]:
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, check=True)
    counted: dict[str, int] = json.loads(done.stdout)
    return counted


def _subjects() -> object:
    from feedback_service.store.tables import cases as rows
    from feedback_service.store.tables import particulars
    from sqlalchemy import select

    return select(particulars.c.subject, rows.c.number).join(rows, rows.c.id == particulars.c.case)


_SUBJECTS = _subjects()
PARTS = {part.__name__: part for part in (drill, power, syncs, kills, replicas)}

if __name__ == "__main__":
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n\n| what | figure |\n| --- | --- |")
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
