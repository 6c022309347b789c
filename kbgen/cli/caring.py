"""The commands of those who keep articles right: due, reviewed."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, UNKNOWN, root_folder
from kbgen.cli.reviewing import unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kbgen.review.due import Item

FORMS = ("text", "markdown", "csv", "json", "ics")


def _period(_context: click.Context, _option: click.Parameter, value: str) -> int:
    from kbgen.head.times import months_of

    months = months_of(value)
    if months is None:
        raise click.BadParameter(f"{value} is no period of at most ten years. Write  3mo  or  1y")
    return months


@click.command()
@click.option("--within", callback=_period, default="1mo", show_default=True, metavar="PERIOD", help="What is planned within this time.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="How to tell.")
@click.option(
    "--by-owner",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write one Markdown file for each owner into this folder: the body of an issue.",
)
@options.as_of
def due(within: int, form: str, folder: Path | None, **wish: Any) -> NoReturn:  # noqa: ANN401 - as_of
    """
    Say which articles have to be read again, by whom, and in which week.

    An article is due when its period (review.every, or [review] every in kbgen.toml) has passed since its last attested review, or since
    it came to this branch. The weeks are levelled: no owner has more reviews in one week than is needed. Dates in front matter count
    for nothing; `kbgen reviewed` does.

    \b
    Examples:
      kbgen due
      kbgen due --within 1y --format ics > reviews.ics
      kbgen due --by-owner issues

    Exit codes: 0 nothing is overdue, 1 something is, 2 wrong usage, 3 it cannot be told, for instance in a shallow clone.
    """
    found = _care(root_folder(), wish)
    until = _until(wish["as_of"], within)
    rows = [one for one in found.items if not one.week or one.week <= until]
    rows = [one for one in rows if one.week or one.state == "unknown"]
    for note in found.notes:
        click.echo(note, err=True)
    if folder:
        from kbgen.review import agenda

        folder.mkdir(parents=True, exist_ok=True)
        for name, body in agenda.by_owner(rows, found.edit_url).items():
            (folder / name).write_text(body, encoding="utf-8")
            click.echo(str(folder / name))
    elif not found.items and form == "text":
        click.echo(
            'No article asks for reviews. Write  every = "6mo"  below [review] in kbgen.toml, or  review: {every: 6mo}  in an article.'
        )
    else:
        click.echo(_told(form, rows, wish["as_of"].isoformat(), found.edit_url), nl=form not in {"csv", "ics"})
    sys.exit(_code(rows))


def _care(root: Path, wish: dict[str, Any]) -> Any:  # noqa: ANN401 - Care of a module that loads lazily
    from kbgen.cache import Shelf
    from kbgen.steps.caring import care
    from kbgen.steps.roll import SettingsError

    job = options.job(root, None, **wish)
    shelf = Shelf(root / ".kbgen" / "cache.sqlite")
    try:
        with unknown():
            return care(job, shelf)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    finally:
        shelf.close()


def _told(form: str, rows: Sequence[Item], stamp: str, edit_url: str) -> str:
    from kbgen.review import agenda

    if form == "ics":
        return agenda.as_calendar(rows, stamp, edit_url)
    if form in {"csv", "json"}:
        return agenda.as_csv(rows) if form == "csv" else agenda.as_json(rows)
    return agenda.as_markdown(rows, edit_url) if form == "markdown" else agenda.as_text(rows)


def _until(now: Any, months: int) -> str:  # noqa: ANN401 - a datetime
    from kbgen.review.due import after

    return after((now - timedelta(days=now.weekday())).date().isoformat(), months)


def _code(rows: Sequence[Item]) -> int:
    states = {one.state for one in rows}
    return UNKNOWN if "unknown" in states else PROBLEMS if states & {"overdue", "retire"} else BUILT


@click.command()
@click.argument("article", metavar="ID")
@click.option("-l", "--locale", help="The article's language; default: the site's.")
@click.option(
    "--result",
    type=click.Choice(["ok", "changed", "retire"]),
    required=True,
    help="What came of it: it is right, it was mended, it should go.",
)
@click.option(
    "--checked",
    multiple=True,
    type=click.Choice(["facts", "steps", "links", "words"]),
    help="What was looked at, once for each; without it, each is asked on a terminal.",
)
@click.option("--sign/--no-sign", default=None, help="Sign with your SSH key; default: if git has user.signingkey.")
def reviewed(article: str, locale: str | None, result: str, checked: tuple[str, ...], *, sign: bool | None) -> None:
    """
    Attest that you read an article again, as the person whose address git knows.

    Writes an annotated tag, reviewed/<id>/<person>/<n>, bound to the text at HEAD. It counts on every branch that has, or had, this very
    text. With ok and changed everything on the list has to be checked: facts, steps, links, words. Push the tag for others to see.

    \b
    Examples:
      kbgen reviewed kb-refund --result ok
      kbgen reviewed kb-refund --locale ca --result changed --checked facts --checked steps --checked links --checked words
      git push origin 'refs/tags/reviewed/*'
    """
    from kbgen.review.git import GitError
    from kbgen.review.records import RecordError
    from kbgen.start import StartError
    from kbgen.steps.caring import MissingError, attest_one, committed_text

    root = root_folder()
    try:
        path, tag, blob = committed_text(root, article, locale)
        name = attest_one(root, (article, tag, blob), result, _asked(result, checked), sign=sign)  # type: ignore[arg-type]
    except (MissingError, GitError, RecordError, StartError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{article}  {path}  {blob[:10]}  {result}")
    click.echo(f"Attested with the tag {name}. Others see it after  git push origin {name}")


def _asked(result: str, checked: tuple[str, ...]) -> list[str]:
    """Return what was looked at; whoever sits at a terminal is asked about the rest."""
    from kbgen.review.attest import CHECKS

    if result == "retire":
        return [one for one in CHECKS if one in checked]
    left = [one for one in CHECKS if one not in checked]
    if not checked and sys.stdin.isatty():
        left = [one for one in CHECKS if not click.confirm(CHECKS[one])]
    if left:
        said = "\n".join(f"  --checked {one:<6} {CHECKS[one]}" for one in left)
        raise click.UsageError(f"A review is complete when all of the list is checked. Left:\n{said}")
    return list(CHECKS)
