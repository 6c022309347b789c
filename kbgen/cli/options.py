"""Options that several commands share, and the job that they make."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kbgen.cli.door import configured_output

if TYPE_CHECKING:
    from kbgen.model import Job


def _moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) if value is None else moment_of(value)


def moment_of(value: str) -> datetime:
    """Read a day or a moment of the command line; without a zone it is one of UTC."""
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value} is no date. Write  2026-03-12  or  2026-03-12T08:00:00+01:00") from None


def _address(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Hold the portal's address to what [site] base_url has to obey; "" says that it has none."""
    if not value:
        return value
    from kbgen.config.checks import base_fault

    fault = base_fault(value)
    if fault:
        raise click.BadParameter(f"{value} {fault}. Write  https://help.example.org")
    return value.rstrip("/")


jobs = click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Processes to use; default: as many as there are processors.")
drafts = click.option("--drafts", is_flag=True, help="Show drafts, scheduled articles and those in review too, each with a ribbon.")
audience = click.option(
    "--audience",
    type=click.Choice(["public", "agents"]),
    default="public",
    show_default=True,
    help="Who the portal is for; 'agents' shows internal articles too.",
)
as_of = click.option("--as-of", callback=_moment, metavar="DATE", help="Build as if it were this day or moment.")
base_url = click.option("--base-url", callback=_address, metavar="URL", help="The portal's address, instead of [site] base_url.")
strict = click.option("--strict", is_flag=True, help="Count warnings as errors.")
trust = click.option(
    "--trust",
    "trusted",
    default="",
    metavar="REVISION",
    help="Take kbgen.toml, themes and hooks from this git revision, not from the files here: for pull requests from strangers.",
)
approval = click.option(
    "--approval",
    type=click.Choice(["off", "warn", "enforce"]),
    help="What to do with a text that waits for an approval: publish it, publish it and say so, or publish the newest approved one; "
    "default: [review] approval, or off.",
)
given = click.option(
    "--from",
    "given",
    multiple=True,
    metavar="PROVIDER=FILE",
    help="What a forge told, as a file: github=reviews.json, gitlab=…, forgejo=…, or file=… for a list of your own. Git is always asked.",
)
form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Only problems.")


def job(root: Path, output: Path | None, **wish: Any) -> Job:  # noqa: ANN401 - the options of a command
    """
    Make the job that a command's options ask for.

    Args:
        root: The knowledge base.
        output: None for the configured folder.
        wish: Other fields of a job.
    """
    from dataclasses import replace

    from kbgen.model import Job

    wish["jobs"] = wish.get("jobs") or os.cpu_count() or 1
    made = Job(root=root, output=(output or root / "dist").absolute(), **wish)
    if made.trusted:
        from kbgen.review.trusted import settled

        made, _ = settled(made)  # so that [build] output is the trusted one too
    return made if output else replace(made, output=configured_output(root, made.trusted).absolute())
