"""Commands that keep a store safe: backups, exports, one person's data, the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback_service.cli.options import OPTIONS, PATIENCE, ServiceError, options, told
from feedback_service.settings import Settings

if TYPE_CHECKING:
    from feedback_service.store import Store
    from feedback_service.store.onlooker import Onlooker

_WHERE = OPTIONS[:3]  # --settings, --data, --database-url
_TARGET = click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
_SOURCE = click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.command()
@_TARGET
@options(OPTIONS[:2])
def backup(target: Path, **given: Any) -> None:
    """
    Write a backup of the SQLite database to TARGET, a new file.

    The service may run, and nobody waits.  The backup ends with its digest; look at it with `restore --check`.  The secret, which signs
    mail addresses, is a file of its own: keep a copy.  PostgreSQL has pg_dump.

    \b
    Example:
      feedback-service backup --data data /srv/backups/$(date +%F).db
    """
    from feedback_service.store.backup import back_up

    def run(settings: Settings) -> None:
        made = back_up(settings.data, target, _now())
        click.echo(f"{target}: {made.cases} cases, {made.audit} rows of the audit trail, its last digest {made.head or 'none'}.")

    told(run, given)


@click.command()
@_SOURCE
@click.option("--check", "only_check", is_flag=True, help="Only read the backup from end to end.")
@options(OPTIONS[:2])
def restore(source: Path, only_check: bool, **given: Any) -> None:  # noqa: FBT001 - click hands flags over so
    """
    Put a backup where the service finds it.

    A backup that was cut or changed, or that a newer program wrote, is refused.  A database is never replaced: move it out of the way
    first.  Repeat the erasures that came after the backup.

    \b
    Examples:
      feedback-service restore --check /srv/backups/2026-11-22.db
      feedback-service restore --data data /srv/backups/2026-11-22.db
    """
    from feedback_service.store import backup as backups

    def run(settings: Settings) -> None:
        made = backups.check(source) if only_check else backups.restore(settings.data, source)
        click.echo(
            f"{source} is whole: {made.cases} cases, made at {made.made_at}." + ("" if only_check else f" Restored to {settings.data}.")
        )

    told(run, given)


@click.command(name="export")
@_TARGET
@click.option("--person", metavar="ADDRESS", default="", help="Only what is kept of the person with this e-mail address, as a zip file.")
@options(_WHERE)
def export_(target: Path, person: str, **given: Any) -> None:
    """
    Write everything, or what is kept of one person, to TARGET, a new file.

    Everything is written as lines of JSON, which `import` takes into a new database of either kind.  The service may run.

    \b
    Examples:
      feedback-service export --data data everything.jsonl
      feedback-service export --data data --person joan@example.org joan.zip
    """

    def run(store: Store | Onlooker) -> None:
        from feedback_service import care

        if person:
            files = care.export_person(store, person, target)
            click.echo(f"{target}: {files} files.")
        else:
            moved = care.export_to(store, target, _now())
            click.echo(f"{target}: {moved.rows} rows, {moved.cases} cases.")

    _looking(run, given)


@click.command(name="import")
@_SOURCE
@options(_WHERE)
def import_(source: Path, **given: Any) -> None:
    """
    Take an export into an empty database: all of it, or nothing.

    \b
    Example, from SQLite to PostgreSQL:
      feedback-service export --data data everything.jsonl
      feedback-service import --database-url postgresql://kb@db/kb everything.jsonl
    """

    def run(store: Store) -> None:
        from feedback_service import care

        moved = care.import_from(store, source, _now())
        click.echo(f"{moved.rows} rows, {moved.cases} cases taken.")

    _writing(run, given)


@click.command(epilog="Exit codes: 0 erased, 1 not, or the files still hold it (run it again), 2 wrong usage.")
@click.argument("address")
@click.option("--by", required=True, metavar="LOGIN", help="Who decided it, for the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options(OPTIONS)
def erase(address: str, by: str, yes: bool, **given: Any) -> None:  # noqa: FBT001 - click hands flags over so
    """
    Erase the person with this e-mail address.

    What they wrote, what was written in their cases, how they can be reached and their address wherever it stands are removed; their
    cases are closed, and what happened stays without a name.  It cannot be undone.  Twice is once.

    \b
    Example:
      feedback-service erase --data data --by maria joan@example.org
    """
    if not yes:
        click.confirm(f"Erase everything that is kept of {address}?", abort=True)

    def run(store: Store) -> None:
        from feedback_service import care

        done = care.erase_person(store, address, by, _now())
        click.echo(f"{done.cases} cases with {done.messages} messages, and {done.others} other rows erased.")
        if not done.is_swept:
            raise ServiceError("Somebody, such as a backup, still reads what was erased. Run this again when they have ended.")

    _writing(run, given)


@click.group()
def audit() -> None:
    """The trail of who did what: accounts, decisions, exports, erasures."""


@audit.command(epilog="Exit codes: 0 whole, 1 somebody changed it, 2 wrong usage.")
@click.option("--head", default="", metavar="DIGEST", help="A digest noted before, as of a backup: it must still be in the trail.")
@options(_WHERE)
def verify(head: str, **given: Any) -> None:
    """
    Count every digest of the trail again.

    \b
    Examples:
      feedback-service audit verify --data data
      feedback-service audit verify --data data --head 5f1c…
    """

    def run(store: Store | Onlooker) -> None:
        from feedback_service.store import audit as trail

        found = store.read(trail.verify)
        if found.broken is not None:
            raise ServiceError(f"Row {found.broken} of the trail is not what was written, or is missing.")
        if head and not store.read(trail.has_digest, head):
            raise ServiceError("The digest that was noted is not in the trail: it was written anew since.")
        click.echo(f"The trail is whole: {found.rows} rows, its last digest {found.head}")

    _looking(run, given)


@audit.command(name="list")
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many rows, the newest first.")
@options(_WHERE)
def list_(most: int, **given: Any) -> None:
    """
    List what was done, the newest first.

    \b
    Example:
      feedback-service audit list --data data --most 20
    """

    def run(store: Store | Onlooker) -> None:
        from feedback_service.store import audit as trail

        for each in store.read(trail.entries, most=most):
            click.echo("  ".join((f"{each.seq:6}", each.at.isoformat(timespec="seconds"), each.actor, each.act, each.object, each.detail)))

    _looking(run, given)


def _looking(run: Callable[[Store | Onlooker], None], given: dict[str, Any]) -> None:
    """Run with a store that is only read, beside a service that may run."""

    def look(settings: Settings) -> None:
        from feedback_service.store.door import reading

        with reading(settings.data, settings.database_url) as store:
            run(store)

    told(look, given)


def _writing(run: Callable[[Store], None], given: dict[str, Any]) -> None:
    """Run with a store that is written."""

    def write(settings: Settings) -> None:
        from feedback_service.main import open_service_store

        with closing(open_service_store(settings, PATIENCE)) as store:
            run(store)

    told(write, given)


def _now() -> datetime:
    return datetime.now(UTC)
