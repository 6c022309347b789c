"""The command that shows reviewers what a proposal changes: diff."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, configured_locale, end_on_sigterm, root_folder
from kbgen.cli.reviewing import WHICH, parted, payloads, unknown

FOLDER = Path(".kbgen") / "report"


@click.command()
@click.argument("proposal", metavar="[BASE..HEAD]", default=WHICH)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write; default: .kbgen/report.")
@click.option(
    "--from",
    "given",
    multiple=True,
    metavar="PROVIDER=FILE",
    help="What a forge told of approvals, as for 'kbgen approvals'. Git is always asked.",
)
@click.option("-l", "--locale", default="", help="The language of the report, one that the theme has words for; default: the site's.")
@click.option(
    "--forge",
    default="",
    metavar="ADDRESS",
    help="How your forge shows a line: https://git.example/help/src/commit/{commit}/{path}#L{line}. Known hosts need none.",
)
@options.as_of
@options.jobs
@options.form
def diff(  # noqa: PLR0913 - the options of the command
    proposal: str, output: Path | None, given: tuple[str, ...], locale: str, forge: str, as_of: datetime, jobs: int | None, form: str
) -> NoReturn:
    """
    Show what a proposal changes for customers.

    Writes a folder that opens from disk: index.html with every article that reads differently, each block before and after;
    addresses, links, search, translations, approvals; report.md for one comment of a pull request; report.json for programs.
    Only what is committed is compared.

    \b
    Examples:
      kbgen diff
      kbgen diff origin/main..origin/returns --locale ca
      kbgen diff main..HEAD --output report --from github=reviews.json
      kbgen diff --format json | jq '.addresses[] | select(.change == "lost")'

    Exit codes: 0 nothing breaks, 1 something does (an address is lost, a link leads nowhere, a query misses, an error stops the
    build), 2 wrong usage, 3 it cannot be told.
    """
    from kbgen.compare.making import MARK, FolderError, Wish, make
    from kbgen.compare.sides import SettingsError

    root = root_folder()
    base, head = parted(proposal)
    folder = output.absolute() if output else root / FOLDER
    locale = _known(locale or configured_locale(root), asked=bool(locale))
    end_on_sigterm()
    job = options.job(root, None, as_of=as_of, jobs=jobs)
    try:
        with unknown():
            report = make(job, Wish(base, head, folder, locale, payloads(given), forge))
    except FolderError as error:
        raise click.UsageError(str(error)) from error
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if form == "json":
        click.echo((folder / MARK).read_text(encoding="utf-8"), nl=False)
    else:
        many = len(report.articles)
        click.echo(f"{many} article{'' if many == 1 else 's'} read{'s' if many == 1 else ''} differently. {_summary(report.harmful)}")
        click.echo((folder / "index.html").as_uri())
    sys.exit(PROBLEMS if report.harmful else BUILT)


def _summary(harmful: bool) -> str:  # noqa: FBT001 - it is the whole question
    return "Something breaks for customers: the report begins with it." if harmful else "Nothing breaks."


def _known(locale: str, *, asked: bool) -> str:
    """Return a locale that the theme has words for; one that nobody asked for falls back to English."""
    from kbgen.steps.world import default_theme

    known = sorted(one.stem for one in (default_theme() / "words").glob("*.toml"))
    if locale in known or locale.split("-", maxsplit=1)[0] in known:
        return locale
    if asked:
        raise click.UsageError(f"The report cannot be written in {locale}. It can in  {'  '.join(known)}")
    return "en"
