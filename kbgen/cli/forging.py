"""The commands of pipelines, which talk to a forge: forge approvals, comment, issues."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kbgen.cli.door import Failure, root_folder
from kbgen.cli.reviewing import unknown

if TYPE_CHECKING:
    from kbgen.forge import Host

_pull = click.option("--pull", "number", type=click.IntRange(1), metavar="NUMBER", help="The pull request.")


@click.group()
@click.option(
    "--on",
    "name",
    type=click.Choice(["github", "gitlab", "forgejo"]),
    required=True,
    help="The forge; address, project and token come from the variables of its pipelines.",
)
@click.pass_context
def forge(ctx: click.Context, name: Any) -> None:  # noqa: ANN401 - one of the choices
    """
    Ask a forge who approved, and hand it reports: for pipelines, which `kbgen init --ci` writes.

    No other command of review talks to a forge. GitHub and Forgejo are found by GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN;
    GitLab by CI_API_V4_URL, CI_PROJECT_ID and KBGEN_TOKEN.

    \b
    Examples:
      kbgen forge --on github approvals --pull 12 --output reviews.json
      kbgen forge --on gitlab comment .kbgen/report/report.md --pull 12
      kbgen forge --on forgejo issues due/
    """
    from kbgen.forge import ForgeError, host_of

    try:
        ctx.obj = host_of(name, os.environ)
    except ForgeError as error:
        raise click.UsageError(str(error)) from error


@forge.command()
@_pull
@click.option("--to", "place", metavar="PLACE", help="Without --pull: those that came since the last release at this place.")
@click.option(
    "-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file for  kbgen approvals --from ."
)
@click.pass_obj
def approvals(host: Host, number: int | None, place: str | None, file: Path) -> None:
    """
    Fetch who approved, and the texts that they looked at.

    \b
    Examples:
      kbgen forge --on github approvals --pull 12 -o reviews.json
      kbgen forge --on github approvals --to branch:gh-pages -o reviews.json
    """
    from kbgen.forge import tasks
    from kbgen.targets import TargetError, opened

    root = root_folder()
    if (number is None) == (place is None):
        raise click.UsageError("Say which: --pull NUMBER, or --to PLACE.")
    with _spoken(), unknown():
        try:
            last = opened(place, root, 1).last() if place else None
        except TargetError as error:
            raise Failure(str(error)) from error
        found, told = tasks.approvals(host, root, number, last)
    file.write_text(json.dumps(found), encoding="utf-8")
    click.echo(told)


@forge.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_pull
@click.option("--tip", metavar="COMMIT", help="Without --pull: the open pull request that ends with this commit.")
@click.pass_obj
def comment(host: Host, report: Path, number: int | None, tip: str | None) -> None:
    """
    Put REPORT below a pull request, in the place of the one that stands there.

    The report is taken as data: it calls nobody, and is cut where forges cut.

    \b
    Examples:
      kbgen forge --on github comment report.md --tip "$COMMIT"
    """
    from kbgen.forge import tasks

    if (number is None) == (tip is None):
        raise click.UsageError("Say which: --pull NUMBER, or --tip COMMIT.")
    with _spoken():
        click.echo(tasks.comment(host, report.read_bytes().decode("utf-8", "replace"), number, tip or ""))


@forge.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def issues(host: Host, folder: Path) -> None:
    """
    Keep one issue for each owner of articles that are due; FOLDER is what `kbgen due --by-owner` wrote.

    \b
    Examples:
      kbgen due --by-owner due/ ; kbgen forge --on github issues due/
    """
    from kbgen.forge import tasks

    with _spoken():
        for line in tasks.issues(host, folder):
            click.echo(line)


@contextmanager
def _spoken() -> Iterator[None]:
    from kbgen.forge import ForgeError

    try:
        yield
    except ForgeError as error:
        raise Failure(str(error)) from error
