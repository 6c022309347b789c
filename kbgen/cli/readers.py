"""The command that tells writers what readers said: feedback."""

from __future__ import annotations

from pathlib import Path

import click

from kbgen.cli.door import configured_export, configured_output, root_folder
from kbgen.cli.options import form


@click.command()
@form
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder of the build; default: dist/, or [build] output.")
def feedback(output: Path | None, form: str) -> None:
    """
    Say which articles do not help their readers, and which searches find nothing.

    It reads the service's export ([feedback] export in kbgen.toml) and the manifest of the last build. An article is listed when ten
    readers or more voted on its text of today, and most of them said no.

    \b
    Examples:
      kbgen feedback
      kbgen feedback --format json | jq .misses
    """
    import json

    from kbgen.feedback import ExportError, as_json, as_text, read, unhelpful

    root = root_folder()
    place = configured_export(root)
    if place is None:
        raise click.UsageError('kbgen.toml names no export. Write  export = "feedback.json"  below  [feedback] .')
    try:
        export = read(place.read_bytes())
    except (OSError, ExportError) as error:
        raise click.UsageError(f"{place} cannot be read: {error}. Export it again from the service.") from error
    try:
        articles = json.loads((root / "handoff" / "kb-manifest.json").read_text(encoding="utf-8"))["articles"]
    except (OSError, ValueError, KeyError) as error:
        raise click.UsageError("There is no manifest of this portal. Run  kbgen build  first.") from error
    rows, built = unhelpful(export, articles), (output or configured_output(root)).absolute()
    misses = [(miss, _found_today(built, miss.locale, miss.query)) for miss in export.misses]
    click.echo(as_json(rows, misses) if form == "json" else as_text(rows, misses))


def _found_today(output: Path, locale: str, query: str) -> int:
    """Count what a query finds in the portal that was built last; 0 where it has no such locale."""
    from kbgen.search.query import opened

    try:
        return len(opened(output, locale).query(query))
    except (OSError, ValueError):
        return 0
