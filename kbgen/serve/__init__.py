"""
The live portal: rebuilds on save and reloads the page.  The only room besides the command line that calls the pipeline.

Builds run in the main thread, because the CPU limit of an article is a signal, which only the main thread gets; the server and
the watcher run beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kbgen.model import Job, Report
from kbgen.pipeline import Memory, build
from kbgen.report import problem_text, summary
from kbgen.serve.server import Live, ServeError, start
from kbgen.serve.watch import Watcher

__all__ = ["ServeError", "Wish", "folder_of", "serve"]

QUIET = 0.02  # seconds without an event after which a save is taken as whole
LONGEST = 0.4  # seconds after which a build begins in the middle of a storm of events


@dataclass(frozen=True, slots=True)
class Wish:
    """How to serve."""

    host: str
    port: int
    gallery: bool = False
    poll: bool = False


def serve(job: Job, wish: Wish, say: Callable[[str], None]) -> None:
    """
    Serve until ctrl-C.

    Args:
        job: Its output is the live portal's own folder.
        say: Told one line for each thing that a writer wants to know.
    """
    live = Live(job.output)
    memory = Memory()
    changed = threading.Event()
    watcher = Watcher(job.root, changed, poll=wish.poll)
    watcher.start()
    server = start(live, wish.host, wish.port)
    try:
        _build(job, memory, live, say)
        say(f"Serving on {server.address}")
        if wish.gallery:
            say(f"Parts of the theme: {server.address}__kbgen/gallery/")
        while True:
            changed.wait()
            _settle(changed)
            _build(replace(job, as_of=datetime.now(UTC).replace(microsecond=0)), memory, live, say)
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        watcher.stop()
        server.stop()


def _settle(changed: threading.Event) -> None:
    """Wait until the editor has finished: one save is several events."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        changed.clear()
        if not changed.wait(QUIET):
            return
    changed.clear()


def _build(job: Job, memory: Memory, live: Live, say: Callable[[str], None]) -> None:
    began = time.perf_counter()
    try:
        report = build(job, memory=memory)
    except Exception as error:  # noqa: BLE001 - a hook or a full disk must not end the session of a writer
        live.broken([f"{type(error).__name__}: {error}"])
        say(f"{type(error).__name__}: {error}")
        return
    milliseconds = round((time.perf_counter() - began) * 1000)
    errors = [problem for problem in report.problems if problem.severity == "error"]
    if report.failed:
        live.broken([problem_text(problem) for problem in errors])
        for problem in errors:
            say(problem_text(problem))
        say("The last good portal stays.")
        return
    live.built(changed=_anything(report))
    if _anything(report):
        say(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {summary(report, report.problems)}  {milliseconds} ms")


def _anything(report: Report) -> bool:
    return not report.unchanged and bool(report.made or report.removed)


def folder_of(job: Job) -> Path:
    """Return where the live portal lies."""
    return job.output
