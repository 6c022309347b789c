"""
What happens without anybody asking [I/O]: time passes over cases, mails and webhooks go out, old secrets are forgotten.

Each job has a loop of its own, so that a mail server that hangs delays no promise.  A round that fails is logged and tried again, ever
later up to a minute; nothing is lost by it, for what is due stands in the store until it is done.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from feedback_service import care
from feedback_service.accounts import sessions
from feedback_service.sender import Sender
from feedback_service.store import NotThereError, Store, UnavailableError, cases, sweeps
from feedback_service.store import agents as people
from feedback_service.store.deliveries import prune_deliveries
from feedback_service.store.held import forget_held
from feedback_service.store.mailbox import forget_suspended
from feedback_service.store.posts import forget_old

MOST_LOOKS = 100  # cases of one round
LONGEST_PAUSE = 60.0  # seconds between rounds that fail
SWEEP = 5.0  # seconds that a sweep waits for who reads an older state; the next one comes in ten minutes
KEPT = timedelta(days=30)  # messages to other programs, after they were sent or given up; suspended mails

_log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is done again and again: `round` does what is due and tells how much that was; after nothing there is a pause."""

    name: str
    round: Callable[[datetime], Awaitable[int]]
    pause: float = 1.0  # seconds


def clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def time_job(store: Store) -> Job:
    """
    Let time pass over cases: snoozes end, answered ones close, promises warn and break, and rules say what follows.

    A breach that is found late is dated at its due moment all the same.
    """

    async def round_(now: datetime) -> int:
        done = 0
        for case_id in await store.read_soon(cases.due_looks, now, MOST_LOOKS):
            try:
                await store.write_soon(cases.look, case_id, now)
            except UnavailableError:
                raise
            except (NotThereError, LookupError, ValueError) as error:
                _log.error("case_not_looked_at", case=case_id, reason=type(error).__name__)
            else:
                done += 1
        return done

    return Job("time", round_)


def webhook_job(sender: Sender) -> Job:
    """Send what other programs are told."""
    return Job("webhooks", sender.send_due)


def forget_job(store: Store) -> Job:
    """Forget sessions, tokens, messages and suspended mails that are of no use any more, once an hour."""

    async def round_(now: datetime) -> int:
        await store.write_soon(people.prune_sessions, now - sessions.LONGEST)
        await store.write_soon(prune_deliveries, now - KEPT)
        await store.write_soon(forget_old, now)
        await store.write_soon(forget_held, now)
        await store.write_soon(forget_suspended, now - KEPT)
        return 0

    return Job("forget", round_, 3600.0)


def sweep_job(store: Store) -> Job:
    """Let the files hold nothing of words that were struck out, a few minutes later: many strokes are one sweep."""

    async def round_(now: datetime) -> int:
        if await store.read_soon(sweeps.unswept) and not await asyncio.to_thread(care.sweep, store, now, SWEEP):
            _log.warning("not_swept", job="sweep")  # somebody reads an older state, such as a backup
        return 0

    return Job("sweep", round_, 600.0)


async def work(jobs: Sequence[Job], stop: asyncio.Event, now: Callable[[], datetime] = clock) -> None:
    """Do jobs until *stop* is set; each ends its round first."""
    await asyncio.gather(*(_repeat(job, stop, now) for job in jobs))


async def _repeat(job: Job, stop: asyncio.Event, now: Callable[[], datetime]) -> None:
    failures = 0
    while not stop.is_set():
        try:
            did = await job.round(now())
            failures = 0
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round may go well, and the other jobs go on
            failures += 1
            did = 0
            _log.error("round_failed", job=job.name, reason=type(error).__name__, times=failures)
        if not did:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(job.pause * 2 ** min(failures, 10), max(LONGEST_PAUSE, job.pause)))
