"""The commands of translators: l10n status, l10n diff, l10n done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, UNKNOWN, root_folder
from kbgen.cli.reviewing import unknown

if TYPE_CHECKING:
    from datetime import datetime

    from kbgen.cache import Shelf
    from kbgen.l10n.status import Row
    from kbgen.model import Job


@click.group()
def l10n() -> None:
    """
    Say how far translations are behind their originals, and what has changed there.

    \b
    Examples:
      kbgen l10n status
      kbgen l10n diff kb-resetpw --locale ca
      kbgen l10n done kb-resetpw --locale ca
    """


@l10n.command()
@click.option("-l", "--locale", "wanted", multiple=True, help="Only this language; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True, help="How to tell.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write into this file instead.")
@click.option("--in", "tongue", metavar="LOCALE", help="The language of the html page; default: the site's.")
@options.as_of
def status(wanted: tuple[str, ...], form: str, output: Path | None, tongue: str | None, as_of: datetime) -> NoReturn:
    """
    Say which article is translated into which language: current, behind, or missing.

    A translation is behind when its original has other sections than the text it was made from: "2 of 9 sections changed". White space,
    comments, tags and keywords do not count. The html page shows all of it, for the team.

    \b
    Examples:
      kbgen l10n status
      kbgen l10n status --locale ca --format json
      kbgen l10n status --format html --output coverage.html

    Exit codes: 0 all translations that say their source are current, 1 some are behind, 2 wrong usage, 3 some cannot be told.
    """
    from kbgen.l10n import coverage, told
    from kbgen.steps.translating import locales, overview

    with _opened(as_of) as (job, shelf):
        config, rows, left = overview(job, shelf)
    for note in left:
        click.echo(note, err=True)
    known = locales(config)
    if strange := [one for one in (*wanted, *([tongue] if tongue else [])) if one not in known]:
        raise click.UsageError(f"kbgen.toml has no locale {strange[0]}. It has: {', '.join(known)}")
    tags = [tag for tag in known if not wanted or tag in wanted]
    if form == "html":
        named = {tag: config.locales[tag].name for tag in known}
        text = coverage.page(rows, tags, named, tongue or config.site.default_locale, as_of.date().isoformat(), config.site.edit_url)
    else:
        text = told.as_json(rows) if form == "json" else told.as_text(rows, tags)
    if output:
        output.write_text(f"{text}\n", encoding="utf-8")
        click.echo(str(output))
    else:
        click.echo(text)
    sys.exit(_code(rows, tags))


@l10n.command()
@click.argument("article", metavar="ID")
@click.option("-l", "--locale", required=True, help="The language of the translation.")
@options.as_of
def diff(article: str, locale: str, as_of: datetime) -> NoReturn:
    """
    Show what has changed in an original since it was translated, section by section and word by word.

    \b
    Examples:
      kbgen l10n diff kb-resetpw --locale ca

    Exit codes: 0 nothing, 1 something has changed, 2 wrong usage.
    """
    from kbgen.l10n.sections import compare
    from kbgen.l10n.told import as_diff
    from kbgen.steps.translating import behind

    with _opened(as_of) as (job, shelf):
        found = behind(job, article, locale, shelf)
    changes = compare(found.old, found.new)
    click.echo(as_diff(changes, found.original.path, found.theirs, found.translation.path, found.old))
    sys.exit(PROBLEMS if changes.changed else BUILT)


@l10n.command()
@click.argument("articles", metavar="ID...", nargs=-1, required=True)
@click.option("-l", "--locale", required=True, help="The language of the translation.")
@options.as_of
def done(articles: tuple[str, ...], locale: str, as_of: datetime) -> None:
    """
    Write into translations that they have all that their originals say now.

    It sets translation.source_blob in the front matter. The originals have to be committed, so that git can tell later what came after.

    \b
    Examples:
      kbgen l10n done kb-resetpw --locale ca
    """
    from kbgen.steps.translating import done as run

    with _opened(as_of) as (job, shelf), unknown():
        for article in articles:
            path, name = run(job, article, locale, shelf)
            click.echo(f"{path}  from {name[:10]}")


@contextmanager
def _opened(as_of: datetime) -> Iterator[tuple[Job, Shelf]]:
    """Open the knowledge base and its memory; mistakes become sentences."""
    from kbgen.cache import Shelf
    from kbgen.steps.roll import SettingsError
    from kbgen.steps.translating import TranslationError

    root = root_folder()
    shelf = Shelf(root / ".kbgen" / "cache.sqlite")
    try:
        yield options.job(root, None, as_of=as_of), shelf
    except (SettingsError, TranslationError) as error:
        raise click.UsageError(str(error)) from error
    finally:
        shelf.close()


def _code(rows: list[Row], tags: list[str]) -> int:
    states = {cell.state for row in rows for cell in row.cells if cell.locale in tags}
    return UNKNOWN if "unknown" in states else PROBLEMS if "behind" in states else BUILT
