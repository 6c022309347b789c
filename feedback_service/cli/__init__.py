"""The front door: `feedback-service`.  Only this room prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from feedback_service.cli.accounts import agent
from feedback_service.cli.automation import rules
from feedback_service.cli.care import audit, backup, erase, export_, import_, restore
from feedback_service.cli.mail import FETCHING, SENDING, mail_in, mail_poll
from feedback_service.cli.options import OPTIONS, options, told
from feedback_service.cli.sample import sample
from feedback_service.settings import Settings

SERVING: tuple[Callable[[Any], Any], ...] = (
    click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on."),
    click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="The port; 0: any that is free."),
    click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), help="The portal's handoff/kb-manifest.json."),
    click.option("--portal", multiple=True, help="Origin of the portal, https://help.example.org; may be given again."),
    click.option("--hosts", multiple=True, help="A further name that the service answers to; may be given again."),
    click.option("--proxies", multiple=True, help="Network of proxies whose X-Forwarded-For counts, 10.0.0.0/8; may be given again."),
    click.option(
        "--metrics-port",
        type=click.IntRange(0, 65535),
        default=0,
        show_default=True,
        help="Answer a monitor at /metrics on this port of 127.0.0.1.",
    ),
    click.option("--flood", type=click.IntRange(1), default=600, show_default=True, help="Cases a minute; more are quarantined."),
)
WORKING: tuple[Callable[[Any], Any], ...] = (
    click.option("--webhook-networks", multiple=True, help="Network inside the house where webhooks may go; may be given again."),
    click.option("--base-url", default="", help="The address under which readers reach the service."),
    click.option("--locale", default="en", show_default=True, help="The language where nobody tells one."),
    click.option(
        "--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The secret, if it is not to lie in the data folder."
    ),
    *SENDING,
    *FETCHING,
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Every option may also stand in the environment as KB_… (KB_PORT=8001), or in a TOML file (--settings).",
)
def main() -> None:
    """Ratings, escalations and the case queue of a kbgen portal."""


@main.command(epilog="Exit codes: 0 stopped, 1 could not start, 2 wrong usage.")
@options(SERVING, WORKING, OPTIONS)
def serve(**given: Any) -> None:
    """
    Serve until stopped.

    \b
    Examples:
      feedback-service serve --data data --manifest handoff/kb-manifest.json --portal http://127.0.0.1:8000
      feedback-service serve --database-url postgresql://kb@db/kb --base-url https://service.example.org
    """
    from feedback_service.main import serve as run

    told(lambda settings: run(settings, lambda address: click.echo(f"Listening at {address}")), given)


@main.command(epilog="Exit codes: 0 stopped, 1 could not start, 2 wrong usage.")
@options(WORKING, OPTIONS)
def worker(**given: Any) -> None:
    """
    Let time pass over cases and send what waits, without serving.

    `serve` does the same beside its requests; this is for a process of its own on PostgreSQL.  Several share the work.

    \b
    Example:
      feedback-service worker --database-url postgresql://kb@db/kb --rules rules.toml
    """
    from feedback_service.main import work_alone

    told(lambda settings: work_alone(settings, lambda: click.echo("Working")), given)


@main.command()
@options(OPTIONS)
def migrate(**given: Any) -> None:
    """
    Bring the database to the schema of this program.

    `serve` does the same when it starts; this is for a step of its own, before replicas are replaced.

    \b
    Example:
      feedback-service migrate --database-url postgresql://kb@db/kb
    """
    from feedback_service.main import open_service_store
    from feedback_service.store.schema import HEAD

    told(lambda settings: open_service_store(settings).close(), given)
    click.echo(f"The database has schema {HEAD}.")


@main.command(epilog="Exit codes: 0 all agree, 1 some do not, 2 wrong usage.")
@options(OPTIONS)
def replay(**given: Any) -> None:
    """
    Fold the events of every case and compare with its row.  The service may run.

    \b
    Example:
      feedback-service replay --data data
    """
    from feedback_service.store.door import reading
    from feedback_service.store.replay import differences

    def compare(settings: Settings) -> None:
        with reading(settings.data, settings.database_url) as store:
            count, wrong = store.read(differences)
        for each in wrong:
            click.echo(each)
        click.echo(f"{count} cases, {len(wrong)} differ from their events.")
        if wrong:
            raise click.exceptions.Exit(1)

    told(compare, given)


main.add_command(mail_in)
main.add_command(mail_poll)
main.add_command(agent)
main.add_command(rules)
main.add_command(sample)
for each in (backup, restore, export_, import_, erase, audit):
    main.add_command(each)
