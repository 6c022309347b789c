"""Commands on the file of rules: whether it is right, and what it would have done to past cases."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import click

from feedback_service.cli.options import ServiceError
from feedback_service.rules.trial import Trial

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
_STORE = (
    click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=None, help="The service's folder."),
    click.option("--database-url", default="", help="Its PostgreSQL database instead."),
)


@click.group()
def rules() -> None:
    """Rules: what is set when something happens to a case."""


@rules.command(epilog="Exit codes: 0 no mistake, 1 mistakes, 2 wrong usage.")
@_FILE
@_STORE[0]
@_STORE[1]
def check(file: Path, data: Path | None, database_url: str) -> None:
    """
    Check a file of rules and webhooks; every mistake is told with line and column.

    With a store, teams that nobody is in are mistakes too.  Works while the service runs.

    \b
    Examples:
      feedback-service rules check rules.toml
      feedback-service rules check rules.toml --data data
    """
    found = _load(file, data, database_url)
    click.echo(f"{file}: {len(found.rules)} rules, {len(found.webhooks)} webhooks, no mistake.")


@rules.command(name="try", epilog="Exit codes: 0 done, 1 the file has mistakes, 2 wrong usage.")
@_FILE
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what happened since this day.")
@click.option("--rule", default="", help="Only this rule.")
@_STORE[0]
@_STORE[1]
def try_(file: Path, since: datetime | None, rule: str, data: Path | None, database_url: str) -> None:
    """
    List what rules would have done to past cases; nothing is changed.  Works while the service runs.

    Each rule is told once for a case, at the first event where it would have set anything.  What it would have set is not carried on.

    \b
    Example:
      feedback-service rules try rules.toml --since 2026-10-01 --data data
    """
    from feedback_service.store.door import reading
    from feedback_service.store.trials import trials

    if data is None and not database_url:
        raise click.UsageError("Say where the cases are: --data or --database-url.")
    found = _load(file, data, database_url)
    if rule and rule not in {each.name for each in found.rules}:
        raise ServiceError(f"{file} has no rule {rule}.")
    start = datetime.combine(since.date(), time(), UTC) if since else None
    count = 0
    with reading(data or Path(), database_url) as store:
        for trial in store.read(trials, found, start):
            if rule in {"", trial.rule}:
                count += 1
                click.echo(_line(trial))
    click.echo(f"{count} times. Nothing was changed.")


def _load(file: Path, data: Path | None, database_url: str) -> Any:
    from feedback_service.rules.file import RulesFileError, load_rules
    from feedback_service.store import StoreError, UnavailableError

    try:
        return load_rules(file.read_text(encoding="utf-8"), str(file), teams=_teams(data, database_url))
    except (RulesFileError, StoreError, UnavailableError, OSError, UnicodeError) as error:
        raise ServiceError(str(error)) from None


def _teams(data: Path | None, database_url: str) -> frozenset[str] | None:
    """Read which teams there are; None: no store was named."""
    from feedback_service.store.agents import directory_of
    from feedback_service.store.door import reading

    if data is None and not database_url:
        return None
    with reading(data or Path(), database_url) as store:
        return frozenset(store.read(directory_of).teams)


def _line(trial: Trial) -> str:
    """Write one line: when, which case, which rule, what it would have set."""
    sets = [f"{name}: {_value(before)} -> {_value(after)}" if name != "tell" else f"tells {after}" for name, before, after in trial.sets]
    refused = [f"refused: {each}" for each in trial.refused]
    return f"{trial.at:%Y-%m-%d %H:%M}  #{trial.number}  {trial.rule}  on {trial.event}: {'; '.join([*sets, *refused])}"


def _value(value: Any) -> str:
    return ", ".join(value) or "-" if isinstance(value, tuple) else "-" if value is None else str(value)
