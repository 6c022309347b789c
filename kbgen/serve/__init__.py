"""
The live portal: rebuilds on save and reloads the page.  The only room besides the command line that calls the pipeline.

Builds run in the main thread, because the CPU limit of an article is a signal, which only the main thread gets; the server and
the watcher run beside it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from kbgen.model import Job, Report
from kbgen.pipeline import build
from kbgen.report import problem_text, summary
from kbgen.serve.companion import Companion, free_address
from kbgen.serve.live import Live
from kbgen.serve.server import ServeError, start
from kbgen.serve.watch import Watcher
from kbgen.state import Memory

__all__ = ["ServeError", "Wish", "serve"]

QUIET = 0.02  # seconds without an event after which a save is taken as whole
LOOK_UP = 1.0  # seconds after which a lost signal is noticed
LONGEST = 0.4  # seconds after which a build begins in the middle of a storm of events


@dataclass(frozen=True, slots=True)
class Wish:
    """How to serve."""

    host: str
    port: int
    gallery: bool = False
    poll: bool = False
    still: bool = False  # the job's moment was asked for, so later builds keep it
    feedback: bool = False  # a feedback service with samples runs beside it


def serve(job: Job, wish: Wish, say: Callable[[str], None]) -> None:
    """
    Serve until ctrl-C or a polite kill.

    Args:
        job: Its output is the live portal's own folder.
        say: Told one line for each thing that a writer wants to know.

    Raises: ServeError: The port is taken, or the system cannot watch so many folders.
    """
    gc.set_threshold(100_000, 20, 100)  # looking for rings among a thousand articles is a quarter of a save's time
    live = Live(job.output)
    memory = Memory()
    changed = threading.Event()
    watcher = Watcher(job.root, changed, poll=wish.poll)
    with _ending() as asked:
        server = start(live, wish.host, wish.port, _gallery(job) if wish.gallery else None)
        job = replace(job, output=job.output / str(urlsplit(server.address).port))  # two live portals of one knowledge base stay apart
        live.folder = job.output
        if wish.feedback:
            service = free_address(urlsplit(server.address).port or 0)
            job = replace(job, base_url=server.address.rstrip("/"), service=service)  # the service links to articles
        companion = None
        try:
            with suppress(KeyboardInterrupt):
                _watch(watcher)
                _build(job, memory, live, say)
                if wish.feedback:
                    companion = Companion(job.root, server.address.rstrip("/"), job.service, say)
                gc.collect()
                gc.freeze()  # what the first build left lives to the end
                say(f"Serving on {server.address}")
                if wish.gallery:
                    say(f"Parts of the theme: {server.address}__kbgen/gallery/")
                while not asked:
                    if changed.wait(LOOK_UP):
                        _settle(changed)
                        watcher.rescan()
                        moment = job.as_of if wish.still else datetime.now(UTC).replace(microsecond=0)
                        _build(replace(job, as_of=moment), memory, live, say)
            say("Stopped.")
        finally:
            watcher.stop()
            server.stop()
            if companion:
                companion.stop()


@contextmanager
def _ending() -> Iterator[list[int]]:
    """
    Take a polite kill as ctrl-C; a second one of either, while the first is being served, changes nothing.

    Yields: The signal that came, once one did.  The interrupt that it raises is lost where Python has just called a finaliser or a
        callback of the garbage collector, so who goes on for long looks here too.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    own = os.getpid()

    def stop(number: int, _frame: object) -> None:
        if os.getpid() != own:  # a worker, which inherits this
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, signal.SIG_IGN)
        asked.append(number)
        raise KeyboardInterrupt

    tell = sys.unraisablehook

    def lost(found: sys.UnraisableHookArgs) -> None:
        if not (asked and isinstance(found.exc_value, KeyboardInterrupt)):
            tell(found)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    sys.unraisablehook = lost
    try:
        yield asked
    finally:
        sys.unraisablehook = tell
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(watcher: Watcher) -> None:
    try:
        watcher.start()
    except OSError as error:
        raise ServeError(f"Changes cannot be watched ({error.strerror or error}). Try it with  --poll") from error


def _gallery(job: Job) -> Callable[..., tuple[str, bytes]]:
    from kbgen.serve.gallery import Gallery

    return Gallery(job.root)


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
        told = f"{type(error).__name__}: {error}"
        live.broken([told])
        say(told)
        return
    milliseconds = round((time.perf_counter() - began) * 1000)
    if report.failed:
        told_all = [problem_text(problem) for problem in report.problems if problem.severity == "error"]
        live.broken(told_all)
        for text in told_all:
            say(text)
        say("The last good portal stays.")
        return
    news = bool(live.problems) or _anything(report)
    live.built(changed=_anything(report))
    if news:
        say(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {summary(report, report.problems)}  {milliseconds} ms")


def _anything(report: Report) -> bool:
    return not report.unchanged and bool(report.made or report.removed)
