"""What the commands of `feedback-service` share: settings as options, in the environment or in a file, and how mistakes are told."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from feedback_service.mail.settings import MailSettings
from feedback_service.settings import Settings, SettingsError

PATIENCE = 30.0  # seconds that a command waits for a running service to let it write beside it


class ServiceError(click.ClickException):
    """What the operator can mend; exit code 1."""


def _settings_file(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """Take options from a TOML file; what is typed, and the environment, count more."""
    if path is None:
        return
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path} cannot be read: {error}") from None
    known = set(_names(context.find_root().command))  # one file serves all commands: each takes what it knows
    if unknown := sorted(name for name in values if name.replace("-", "_") not in known):
        raise click.BadParameter(f"{path} has settings that there are none of: {', '.join(unknown)}")
    context.default_map = {name.replace("-", "_"): value for name, value in values.items()}


def _names(command: click.Command) -> Iterator[str]:
    """List the options of a command and of those below it."""
    yield from (parameter.name or "" for parameter in command.params)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _names(below)


OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--settings",
        type=click.Path(path_type=Path, dir_okay=False),
        is_eager=True,
        expose_value=False,
        callback=_settings_file,
        help="A TOML file with any of these options: port = 8001",
    ),
    click.option(
        "--data", type=click.Path(path_type=Path, file_okay=False), default="data", show_default=True, help="The service's folder."
    ),
    click.option("--database-url", default="", help="A PostgreSQL database instead of a file: postgresql://user@host/name"),
    click.option("--sla", type=click.Path(path_type=Path, dir_okay=False), help="The SLA file: calendars and promises."),
    click.option("--rules", type=click.Path(path_type=Path, dir_okay=False), help="The file of rules and webhooks."),
)


def options(*sets: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    """Give a command the options of these sets, in order."""

    def give(command: Any) -> Any:
        for option in reversed([each for one in sets for each in one]):
            command = option(command)
            added: click.Parameter = command.__click_params__[-1]
            added.envvar = f"KB_{(added.name or '').upper()}"  # the same for every command, so that one environment serves them all
        return command

    return give


def told(run: Callable[[Settings], None], given: dict[str, Any]) -> None:
    """Run with settings; what the operator can mend is one line."""
    from feedback_service.store import StoreError, UnavailableError
    from feedback_service.toml_files import FlawedFileError

    try:
        mail = {name: given.pop(name) for name in [*given] if name in MailSettings.__slots__}
        run(Settings(**given, mail=MailSettings(**mail)))
    except (SettingsError, StoreError, FlawedFileError, UnavailableError, OSError) as error:
        raise ServiceError(str(error)) from None
