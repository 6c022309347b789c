"""The commands that change where an article stands: move, retire."""

from __future__ import annotations

from pathlib import Path

import click

from kbgen.cli.door import root_folder


@click.command()
@click.argument("article")
@click.argument("to", metavar="NEW")
def move(article: str, to: str) -> None:
    """
    Move an article to another category or name. Its old address, and all links to it, go on working.

    ARTICLE is its file or its id. NEW is a category, or a file for another name. The old address becomes an alias in the article itself.
    Nothing is committed: look at it, then run kbgen submit.

    \b
    Examples:
      kbgen move kb-refund payments/refunds
      kbgen move content/en/account/password.md content/en/account/sign-in/reset-password.md

    Exit codes: 0 moved, 2 it cannot be.
    """
    from kbgen.review import moving

    root, here = root_folder(), Path.cwd()
    try:
        old = moving.find(root, here, article)
        done = moving.move(root, here, old, to, public=_public(root, old))
    except moving.MoveError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"moved {old} to {done.new}")
    if done.kept:
        click.echo(f"/{done.before} leads to /{done.after} from now on")
    for path in done.mended:
        click.echo(f"mended the links in {path}")


@click.command()
@click.argument("key", metavar="ID")
@click.option("--replaced-by", "heir", default="", metavar="ID", help="The article that readers are led to instead.")
@click.option("-l", "--locale", default="", help="Only the text in this language; default: all languages.")
def retire(key: str, heir: str, locale: str) -> None:
    """
    Take an article from the portal. Its address leads to another article, or says that it has gone.

    The file stays, with  status: archived . Of an article that was split, name the part that most readers want. Nothing is committed.

    \b
    Examples:
      kbgen retire kb-fax --replaced-by kb-contact
      kbgen retire kb-fax --locale ca

    Exit codes: 0 done, 2 it cannot be.
    """
    from kbgen.review import moving

    try:
        files, linked = moving.retire(root_folder(), key, heir, locale)
    except moving.MoveError as error:
        raise click.UsageError(str(error)) from error
    for path in files:
        click.echo(f"archived {path}")
    for path in linked:
        click.echo(f"{path} links to it: " + (f"write  kb:{heir}  there" if heir else "take the link out"))


def _public(root: Path, path: str) -> bool:
    """Tell whether customers may know an article's address: it is published, was once, or nobody knows."""
    from kbgen.cache import Shelf
    from kbgen.review.history import known
    from kbgen.review.moving import read

    if read(root, path).head.status in {"published", "archived"}:
        return True
    shelf = Shelf(root / ".kbgen" / "cache.sqlite")
    try:
        past = known(root, shelf)
    finally:
        shelf.close()
    return path in past.published or (path in past.revisions and path not in past.created)
