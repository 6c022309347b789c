"""The commands that write first files: init, new."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Any

import click

from kbgen.cli.door import root_folder


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--title", help="The portal's title; default: Help, or its word in each language.")
@click.option(
    "--locale",
    "locales",
    multiple=True,
    help="A language of the portal; the first one is the default. May be repeated. Without it: those of kbgen.toml, or en.",
)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "forgejo"]),
    help="Also write what this forge runs: checks and a report on pull requests, publication, reviews that are due; reviewers.toml, "
    "or CODEOWNERS if it has rules already; a template for pull requests, a pre-commit hook, requirements.txt.",
)
def init(folder: Path, title: str | None, locales: tuple[str, ...], ci: Any) -> None:  # noqa: ANN401 - one of the choices
    """
    Start a knowledge base: kbgen.toml, .gitignore, and in each language a category and an article.

    Nothing that exists is overwritten. To start a language later, write its table into kbgen.toml and run init again.

    \b
    Examples:
      kbgen init
      kbgen init help --title "Acme Help" --locale en --locale ro
      kbgen init --ci github
    """
    from kbgen.start import StartError, pipelines
    from kbgen.start import init as run

    try:
        made, drafts = run(folder, title, locales)
        made += pipelines(folder, ci) if ci else []
    except StartError as error:
        raise click.UsageError(str(error)) from error
    for path in made:
        click.echo(f"wrote {path}")
    for path in drafts:
        click.echo(f"\n{path} is a draft in another language: translate it, then write  status: published")
    if not made:
        click.echo("Everything is there already; nothing was written.")
    where = "" if folder == Path() else f"cd {quote(str(folder))} && "
    click.echo(f"\nNext:  {where}kbgen serve")


@click.command()
@click.argument("title")
@click.option("-c", "--category", required=True, help="The category's folders, such as  account/sign-in .")
@click.option(
    "-k",
    "--kind",
    type=click.Choice(["guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply"]),
    help="What the article is; default: guide, or with --id the kind of the article that this one translates.",
)
@click.option("-l", "--locale", help="The article's language; default: the site's.")
@click.option("--id", "key", help="The id of the article that this one translates; default: a new id.")
def new(title: str, category: str, kind: str | None, locale: str | None, key: str | None) -> None:
    """
    Start an article with an id of its own, as a draft.

    \b
    Examples:
      kbgen new "Reset your password" --category account/sign-in
      kbgen new "Restabliu la contrasenya" -c compte -l ca --id kb-resetpw
    """
    from kbgen.start import StartError
    from kbgen.start import new as run

    try:
        path, fresh = run(root_folder(), title, category, kind, locale, key)
    except StartError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"wrote {path}")
    if fresh:
        click.echo(f"{path.parent.as_posix()} is a new category. Name it in  {(path.parent / '_category.toml').as_posix()}")
