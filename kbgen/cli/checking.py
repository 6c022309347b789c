"""The command that says what is wrong: check."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, end_on_sigterm, root_folder
from kbgen.cli.reviewing import unknown
from kbgen.cli.telling import Progress, paint_of

if TYPE_CHECKING:
    from kbgen.checkup import Wish
    from kbgen.formats import Told
    from kbgen.model import Job, Problem

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "rdjson", "markdown", "html")
ROUNDS = 10  # of --fix: what one edit uncovers is mended too


def _at(_context: click.Context, _option: click.Parameter, value: str | None) -> str | datetime:
    return value or "" if value in {None, "next", "all"} else options.moment_of(str(value))


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--mode",
    type=click.Choice(["edit", "preview", "merge", "publish"]),
    default="merge",
    show_default=True,
    help="How far the text is: edit and preview look at drafts too and give advice, merge at what customers will see, publish at later "
    "moments too.",
)
@click.option(
    "--since", default="", metavar="BASE", help="Compare with the commit at which this branch left BASE: what that has too only counts."
)
@click.option(
    "--at",
    callback=_at,
    metavar="next|all|DATE",
    help="Look at the next moment too at which an article appears or leaves, at all, or at a day.",
)
@click.option("--fix", is_flag=True, help="Write what a program can mend by itself, then say what is left.")
@options.strict
@options.jobs
@options.trust
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report.")
@click.option("--out", multiple=True, metavar="FORMAT=FILE", help="Write a report into a file too; may be said several times.")
@options.quiet
def check(paths: tuple[Path, ...], form: str, out: tuple[str, ...], *, fix: bool, quiet: bool, **wish: Any) -> NoReturn:
    """
    Say what is wrong with the articles, and how to mend it.

    Every problem of every file comes in one run, in the form file:line:column that editors read.
    With PATHS, only the problems of these files and folders are shown; the whole site is read all the same, because links cross files.

    \b
    Examples:
      kbgen check
      kbgen check --mode edit content/ca
      kbgen check --since origin/main --format github --out sarif=check.sarif
      kbgen check --format json | jq '.problems[].rule'

    Exit codes: 0 clean (warnings do not count without --strict, advice never does), 1 problems found, 2 wrong usage, 3 the base cannot
    be had.
    """
    files = [_file(one) for one in out]
    root = root_folder()
    end_on_sigterm()
    job, asked = _asked(root, paths, **wish)
    with unknown():
        told = _looked(job, asked, form=form, quiet=quiet)
        for _ in range(ROUNDS if fix else 0):
            if not _mended(root, told):
                break
            told = _looked(job, asked, form=form, quiet=quiet)
    _tell(told, form, quiet=quiet)
    _write(told, files)
    sys.exit(PROBLEMS if told.failed else BUILT)


def _asked(root: Path, paths: tuple[Path, ...], **wish: Any) -> tuple[Job, Wish]:
    from datetime import UTC

    from kbgen.checkup import Wish

    mode, since, at = wish.pop("mode"), wish.pop("since"), wish.pop("at")
    chosen = [_inside(root, path) for path in paths]
    moment = at if isinstance(at, datetime) else datetime.now(UTC).replace(microsecond=0)
    keep = _keeper(root, chosen) if chosen else lambda _: True
    return options.job(root, None, as_of=moment, **wish), Wish(mode, since, at if isinstance(at, str) else "", keep)


def _looked(job: Job, asked: Wish, *, form: str, quiet: bool) -> Told:
    from kbgen.checkup import look

    with Progress(show=form == "text" and not quiet) as progress:
        return look(job, asked, progress)


def _mended(root: Path, told: Told) -> bool:
    """Write what can be mended of the new findings; say which files."""
    from kbgen.checkup import mend

    written = mend(root, [one.problem for one in told.new])
    for path in written:
        click.echo(f"mended {path}", err=True)
    return bool(written)


def _tell(told: Told, form: str, *, quiet: bool) -> None:
    from kbgen.formats import text, written

    click.echo(text.text(told, paint_of(sys.stdout)) if form == "text" else written(form, told), nl=False)
    for notice in told.notices:
        click.echo(notice, err=True)
    if form == "text" and not quiet:
        click.echo(text.summary(told))


def _file(wish: str) -> tuple[str, Path]:
    form, _, file = wish.partition("=")
    if form not in FORMATS or not file:
        raise click.UsageError(f"{wish} is no format with a file. Write  sarif=check.sarif ; formats: {', '.join(FORMATS)}")
    return form, Path(file)


def _write(told: Told, files: list[tuple[str, Path]]) -> None:
    from kbgen.formats import written

    for form, file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(form, told), encoding="utf-8", errors="backslashreplace")


def _inside(root: Path, path: Path) -> Path:
    """Return where a path of the command line lies; one that does not exist, or lies elsewhere, is wrong usage."""
    if not path.exists():
        raise click.BadParameter(f"{path} does not exist", param_hint="PATHS")
    place = path.resolve()
    if not place.is_relative_to(root.resolve()) and not root.resolve().is_relative_to(place):
        raise click.BadParameter(f"{path} is not in the knowledge base {root}", param_hint="PATHS")
    return place


def _keeper(root: Path, chosen: list[Path]) -> Callable[[Problem], bool]:
    """Return what keeps the problems of the chosen paths, and broken settings: with those nothing else could be looked at."""
    top = root.resolve()

    def keep(one: Problem) -> bool:
        place = Path(os.path.realpath(top / one.path))
        return any(place.is_relative_to(other) for other in chosen) or (one.path == "kbgen.toml" and one.severity == "error")

    return keep
