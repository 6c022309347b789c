"""The command that asks the search: search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kbgen.cli.door import configured_locale, configured_output, root_folder
from kbgen.cli.options import form

if TYPE_CHECKING:
    from kbgen.search.query import Index


@click.command()
@click.argument("query")
@click.option("-l", "--locale", help="The language to search in; default: the site's.")
@click.option("--category", default="", metavar="URL", help="Only articles of this category: en/account/")
@click.option("--kind", default="", help="Only articles of this kind: faq")
@click.option("--tag", default="", help="Only articles that carry this tag.")
@click.option("-n", "--limit", type=click.IntRange(1, 100), default=10, show_default=True, metavar="1-100", help="How many results.")
@click.option("--literal", is_flag=True, help="Do not look for what was meant by misspelt words.")
@click.option("--explain", "explained", is_flag=True, help="Say how each result was found: forms, shards, weights.")
@click.option("--article", default="", metavar="ID", help="Say where this article stands, and why; its id or its address.")
@click.option("--checked", is_flag=True, help="Ask the index that was made last, by a preview, a check or a build that failed too.")
@form
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder of the build; default: dist/, or [build] output.")
def search(  # noqa: PLR0913 - the options of the command
    query: str, locale: str | None, output: Path | None, limit: int, form: str, article: str, *, explained: bool, checked: bool, **wish: Any
) -> None:
    """
    Search the portal that was built last, as a browser does: from its files.

    \b
    Examples:
      kbgen search "reset password"
      kbgen search "رمز عبور" --locale fa --explain
      kbgen search refund --kind faq --format json
      kbgen search "cannot log in" --checked --article kb-locked1
    """
    from kbgen.search.told import as_json, as_text, told

    root = root_folder()
    tag_of = locale or configured_locale(root)
    index = _index(root, (output or configured_output(root)).absolute(), tag_of, checked=checked)
    for name in ("category", "kind", "tag"):
        _known(name, wish[name], index)
    answer = told(index, query, index.answer(query, limit, **wish), _address(root, tag_of, article))
    click.echo(as_json(answer) if form == "json" else as_text(answer, explained=explained))


def _index(root: Path, place: Path, locale: str, *, checked: bool) -> Index:
    from kbgen.search.query import Index, opened

    try:
        if not checked:
            return opened(place, locale)
        from kbgen.cache import Shelf
        from kbgen.search.index import last_made

        shelf = Shelf(root / ".kbgen" / "cache.sqlite")
        click.get_current_context().call_on_close(shelf.close)  # the index reads from it as long as the command runs
        return Index(last_made(shelf, locale), f"{locale}/search/index.json")
    except (OSError, LookupError, ValueError) as error:
        others = sorted(one.parts[-3] for one in place.glob("*/search/index.json"))
        if others and not checked:
            raise click.UsageError(f"The portal in {place} has no search in {locale}. It has  {'  '.join(others)}") from error
        remedy = "Run  kbgen check  first." if checked else "Run  kbgen build  first, or ask a preview's index with  --checked"
        raise click.UsageError(f"There is no search index for {locale}{'' if checked else f' in {place}'}. {remedy}") from error


def _known(name: str, value: str, index: Index) -> None:
    """Refuse a filter that nothing answers to, and name what is near."""
    from difflib import get_close_matches

    rows = index.facets.values()
    known = {"category": {row[0] for row in rows}, "kind": {row[1] for row in rows}, "tag": {tag for row in rows for tag in row[2]}}[name]
    if value and value not in known and not (name == "category" and any(one.startswith(value) for one in known)):
        near = get_close_matches(value, known, 1, 0.3) or sorted(known)[:1]
        raise click.UsageError(f"No article has the {name} {value}." + (f" Did you mean  {near[0]} ?" if near else ""))


def _address(root: Path, locale: str, article: str) -> str:
    """Return the URL of an article that is named by its id, or by its address, written in whatever way."""
    import json
    from urllib.parse import quote, unquote

    if not article or "/" in article:
        return quote(unquote(article))
    try:
        known = json.loads((root / "handoff" / "kb-manifest.json").read_bytes())["articles"]
    except (OSError, ValueError, LookupError):
        known = []
    return next((str(one["url"]) for one in known if (one["locale"], one["id"]) == (locale, article)), article)
