"""
The mail room's work, round by round, for the worker's loop: fetch, take in, send.

Each waits for disks or servers, so it runs in a thread of its own.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path

import structlog

from feedback_service.mail import spool
from feedback_service.mail.imap import look
from feedback_service.mail.send import send_due
from feedback_service.mail.settings import Folders, Office, Server, box_of, office_of, relay_of
from feedback_service.mail.take import take
from feedback_service.settings import Settings, SettingsError, secrets_of
from feedback_service.store import Store
from feedback_service.store.figures import is_used
from feedback_service.worker import Job, clock

_log = structlog.get_logger("mail")


def mail_jobs(store: Store, settings: Settings) -> tuple[Job, ...]:
    """
    List what the mail room does, as far as the operator wishes it.

    Raises: SettingsError: In one line for the operator.
    """
    mail = settings.mail
    if not mail.mail_address:
        if mail.smtp_url or mail.imap_url:
            raise SettingsError("A mail server without --mail-address: say from which address mails come.")
        return ()
    if not settings.base_url:
        raise SettingsError("Mails hold links: say with --base-url under which address people reach the service.")
    try:
        office = office_of(mail, secrets_of(settings, lambda: store.read(is_used)), settings.url, settings.locale)
        relay, box = relay_of(mail), box_of(mail)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    jobs = [take_job(store, office, spool.waiting_in(settings.data))]
    if relay is not None:
        jobs.append(send_job(store, office, relay))
    if box is not None:
        jobs.append(poll_job(spool.waiting_in(settings.data), *box))
    return tuple(jobs)


def poll_job(waiting: Path, server: Server, folders: Folders, pause: float = 60.0) -> Job:
    """
    Fetch from a mailbox into the folder where mails wait.

    Args:
        pause: Seconds between two looks.
    """

    def fetch() -> int:
        looked = look(server, folders, lambda raw: spool.put(waiting, raw, time.time_ns()))
        if looked.error or looked.left:
            _log.warning("mailbox_in_trouble", reason=looked.error, left=looked.left)
        return looked.taken

    async def round_(_now: datetime) -> int:
        return await asyncio.to_thread(fetch)

    return Job("mail_poll", round_, pause)


def take_job(store: Store, office: Office, waiting: Path) -> Job:
    """Take in the mails that wait."""

    async def round_(now: datetime) -> int:
        return await asyncio.to_thread(spool.empty, waiting, lambda raw: take(store, office, raw, now))

    return Job("mail_in", round_)


def send_job(store: Store, office: Office, server: Server) -> Job:
    """Send what waits in the outbox."""

    async def round_(_now: datetime) -> int:
        return (await asyncio.to_thread(send_due, store, office, server, clock)).sent

    return Job("mail_out", round_)
