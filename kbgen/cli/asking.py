"""The commands that answer a question: why, explain, schema."""

from __future__ import annotations

from pathlib import Path

import click

from kbgen.cli.door import configured_output, root_folder


@click.command()
@click.argument("url")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder of the build; default: dist/, or [build] output.")
def why(url: str, output: Path | None) -> None:
    """
    Say which input made a page be rendered again in the last build that did.

    URL is the page's address on the portal, with or without the host.

    \b
    Examples:
      kbgen why /en/account/reset-password/
      kbgen why https://help.example.org/en/
    """
    from kbgen.why import reasons

    root = root_folder()
    lines = reasons(root, (output or configured_output(root)).absolute(), url)
    if lines is None:
        raise click.UsageError(f"The last build has no page {url}. Addresses look like  /en/account/reset-password/")
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """
    Explain a rule by its name, or list all rules.

    \b
    Examples:
      kbgen explain KB104
      kbgen explain
    """
    from textwrap import fill

    from kbgen.explain import rules

    known = rules()
    if rule is None:
        for name, text in known.items():
            click.echo(f"{name}  {text.split('. ', 1)[0].rstrip('.')}.")
        return
    name = rule.upper()
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1, 0.8)
        raise click.UsageError(f"There is no rule {rule}." + (f" Did you mean {near[0]}?" if near else " `kbgen explain` lists all."))
    click.echo(f"{name}\n")
    for paragraph in known[name].split("\n\n"):
        click.echo(paragraph if "\n" in paragraph else fill(paragraph, 96))


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one file for each schema into this folder; default: print all as one object.",
)
def schema(output: Path | None) -> None:
    """
    Write JSON Schemas of front matter, kbgen.toml, _category.toml and reviewers.toml for editors.

    \b
    Examples:
      kbgen schema --output .vscode
      kbgen schema | jq keys
    """
    import json

    from kbgen.schema import schemas

    found = schemas()
    if output is None:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, value in found.items():
        (output / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        click.echo(str(output / name))
