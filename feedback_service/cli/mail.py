"""Commands about mail: what a mail server pipes into us, and a look into a mailbox."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from feedback_service.cli.options import OPTIONS, ServiceError, options, told
from feedback_service.settings import Settings

TRY_LATER = 75  # EX_TEMPFAIL: the mail server keeps the mail and comes back

_FILE = click.Path(path_type=Path, dir_okay=False)
FETCHING: tuple[Callable[[Any], Any], ...] = (
    click.option("--imap-url", default="", help="The mailbox that is read: imaps://user@mail.example.org"),
    click.option("--imap-password-file", type=_FILE, help="The file with its password."),
    click.option("--imap-folder", default="INBOX", show_default=True, help="The folder that is read."),
    click.option("--imap-done", default="", help="Where mails go that were taken; without it they stay, marked as read."),
    click.option("--mail-ca-file", type=_FILE, help="Certificates to trust instead of the system's."),
)
SENDING: tuple[Callable[[Any], Any], ...] = (
    click.option("--mail-address", default="", help="Our address: support@example.org; without it there is no mail."),
    click.option("--mail-name", default="", help="The name beside our address."),
    click.option("--mail-own", multiple=True, help="A further address of ours, which never opens a case; may be given again."),
    click.option("--smtp-url", default="", help="The server that sends: smtps://user@mail.example.org"),
    click.option("--smtp-password-file", type=_FILE, help="The file with its password."),
)


@click.command(name="mail-in", epilog="Exit codes: 0 kept, 75 try later, 2 wrong usage.")
@options(OPTIONS[:2])
def mail_in(**given: Any) -> None:
    """
    Keep a mail from standard input, for the service to take.

    For a mail server's alias.  The mail is on the disk when this ends; the service need not be running.

    \b
    Examples:
      feedback-service mail-in --data data < message.eml
      support: "|/opt/kb/bin/feedback-service mail-in --data /srv/kb"
    """
    from feedback_service.mail import spool
    from feedback_service.mail.mime import MOST_BYTES

    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    while sys.stdin.buffer.read(1 << 20):
        pass  # a mail server whose pipe breaks takes that for a failure
    try:
        spool.put(spool.waiting_in(given["data"]), raw, time.time_ns())
    except OSError as error:
        click.echo(f"The mail was not kept: {error}", err=True)
        raise click.exceptions.Exit(TRY_LATER) from None


@click.command(name="mail-poll", epilog="Exit codes: 0 done, 1 the mailbox is in trouble, 2 wrong usage.")
@options(FETCHING, OPTIONS[:2])
def mail_poll(**given: Any) -> None:
    """
    Fetch once from a mailbox, for the service to take.

    A service that knows the mailbox does so by itself every minute.

    \b
    Example:
      feedback-service mail-poll --imap-url imaps://support@mail.example.org --imap-password-file imap.secret --imap-done Done
    """
    from feedback_service.mail import spool
    from feedback_service.mail.imap import look
    from feedback_service.mail.settings import box_of

    def fetch(settings: Settings) -> None:
        try:
            box = box_of(settings.mail)
        except ValueError as error:
            raise ServiceError(str(error)) from None
        if box is None:
            raise click.UsageError("Say which mailbox: --imap-url imaps://user@mail.example.org")
        looked = look(*box, lambda raw: spool.put(spool.waiting_in(settings.data), raw, time.time_ns()))
        click.echo(f"{looked.taken} mails fetched.")
        if looked.error or looked.left:
            raise ServiceError(looked.error or f"{looked.left} mails could not be fetched.")

    told(fetch, given)
