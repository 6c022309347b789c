"""The commands that change where an article stands: move, retire."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kbgen.cli.door import root_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from kbgen.review.history import Past


@click.command()
@click.argument("article")
@click.argument("to", metavar="NEW")
def move(article: str, to: str) -> None:
    """
    Move an article, or a folder with all that lies in it. Old addresses, and all links, go on working.

    ARTICLE is a file, an id, or a folder; NEW is a category, a file for another name, or for a folder the place where it shall lie itself.
    A folder named without its language moves in every language that has it. Old addresses become aliases in the articles themselves.
    It is done as a whole or not at all. Nothing is committed: look at it, then run kbgen submit.

    \b
    Examples:
      kbgen move kb-refund payments/refunds
      kbgen move content/en/account/password.md content/en/account/sign-in/reset-password.md
      kbgen move guides/old guides/new

    Exit codes: 0 moved, 2 it cannot be.
    """
    from kbgen.review import folders, moving

    root, here = root_folder(), Path.cwd()
    public = _public(root)
    try:
        places = folders.find(root, here, article)
        done = (
            folders.move(root, here, places, to, public)
            if places
            else moving.move(root, here, moving.find(root, here, article), to, public)
        )
    except moving.MoveError as error:
        raise click.UsageError(str(error)) from error
    for one in done.articles:
        click.echo(f"moved {one.old} to {one.new}")
        if one.kept:
            click.echo(f"/{one.before} leads to /{one.after} from now on")
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
    from kbgen.review import moving, retiring

    try:
        files, linked = retiring.retire(root_folder(), key, heir, locale)
    except moving.MoveError as error:
        raise click.UsageError(str(error)) from error
    for path in files:
        click.echo(f"archived {path}")
    for path in linked:
        click.echo(f"{path} links to it: " + (f"write  kb:{heir}  there" if heir else "take the link out"))


def _public(root: Path) -> Callable[[str], bool]:
    """Make a question about paths: whether customers may know an article's address, because it is or was published, or nobody knows."""
    from kbgen.cache import Shelf
    from kbgen.review.history import known
    from kbgen.review.moving import read

    @cache
    def past() -> Past:
        shelf = Shelf(root / ".kbgen" / "cache.sqlite")
        try:
            return known(root, shelf)
        finally:
            shelf.close()

    def public(path: str) -> bool:
        if read(root, path).head.status in {"published", "archived"}:
            return True
        return path in past().published or (path in past().revisions and path not in past().created)

    return public
