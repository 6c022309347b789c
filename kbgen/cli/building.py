"""The commands that read the whole knowledge base: build, check, serve."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, end_on_sigterm, root_folder
from kbgen.cli.telling import Progress, tell

if TYPE_CHECKING:
    from kbgen.model import Report


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write; default: dist/, or [build] output.")
@options.strict
@click.option("--clean", is_flag=True, help="Forget what earlier builds remembered. The same bytes, only slower.")
@options.jobs
@options.drafts
@options.audience
@options.as_of
@options.base_url
@options.trust
@options.form
@options.quiet
def build(output: Path | None, form: str, *, quiet: bool, **wish: Any) -> NoReturn:  # noqa: ANN401
    """
    Build the portal into dist/.

    Only pages whose inputs changed are rendered again; run 'kbgen why URL' to see which input it was.
    When an article has an error, nothing is written: the last good portal stays.

    \b
    Examples:
      kbgen build
      kbgen build --strict --base-url https://help.example.org
      kbgen build --drafts --output preview

    Exit codes: 0 built, 1 problems found, 2 wrong usage.
    """
    import gc

    from kbgen.pipeline import build as run

    # A build makes many values that live to its end: looking for rings among them is a tenth of its time.
    gc.set_threshold(100_000, 20, 100)
    end_on_sigterm()
    job = options.job(root_folder(), output, **wish)
    with Progress(show=form == "text" and not quiet) as progress:
        report = run(job, progress)
    tell(report, form, quiet=quiet)
    sys.exit(PROBLEMS if report.failed else BUILT)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.strict
@options.jobs
@options.drafts
@options.as_of
@options.trust
@options.form
@options.quiet
def check(paths: tuple[Path, ...], form: str, *, quiet: bool, **wish: Any) -> NoReturn:  # noqa: ANN401
    """
    Say what is wrong with the articles, and how to mend it.

    Every problem of every file comes in one run, in the form file:line:column that editors read.
    With PATHS, only the problems of these files and folders are shown; the whole site is read all the same, because links cross files.

    \b
    Examples:
      kbgen check
      kbgen check content/ca
      kbgen check --format json | jq '.problems[].rule'

    Exit codes: 0 clean (warnings do not count without --strict), 1 problems found, 2 wrong usage.
    """
    from kbgen.pipeline import build as run

    root = root_folder()
    chosen = [_inside(root, path) for path in paths]
    end_on_sigterm()
    job = options.job(root, None, **wish)
    with Progress(show=form == "text" and not quiet) as progress:
        report = run(job, progress, write=False)
    if chosen:
        report = _only(report, root, chosen)
    tell(report, form, quiet=quiet, checked=True)
    failed = any(one.severity == "error" or job.strict for one in report.problems)
    sys.exit(PROBLEMS if failed else BUILT)


def _inside(root: Path, path: Path) -> Path:
    """Return where a path of the command line lies; one that does not exist, or lies elsewhere, is wrong usage."""
    if not path.exists():
        raise click.BadParameter(f"{path} does not exist", param_hint="PATHS")
    place = path.resolve()
    if not place.is_relative_to(root.resolve()) and not root.resolve().is_relative_to(place):
        raise click.BadParameter(f"{path} is not in the knowledge base {root}", param_hint="PATHS")
    return place


def _only(report: Report, root: Path, chosen: list[Path]) -> Report:
    """Leave the problems of the chosen paths, and broken settings: with those nothing else could be looked at."""
    from dataclasses import replace

    top = root.resolve()
    shown = tuple(
        one
        for one in report.problems
        if any(Path(os.path.realpath(top / one.path)).is_relative_to(place) for place in chosen)
        or (one.path == "kbgen.toml" and one.severity == "error")
    )
    return replace(report, problems=shown)


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on. Others than this machine can reach 0.0.0.0."
)
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes a free one.")
@options.jobs
@options.drafts
@options.audience
@options.as_of
@click.option("--gallery", is_flag=True, help="Show every part of the theme with its examples at /__kbgen/gallery/.")
@click.option("--feedback", is_flag=True, help="Run a feedback service with sample cases beside it, and let forms post there.")
@click.option("--poll", is_flag=True, help="Look for changes by reading the files again and again: for network disks.")
def serve(host: str, port: int, *, gallery: bool, feedback: bool, poll: bool, **wish: Any) -> None:  # noqa: ANN401
    """
    Show the portal live while you write.

    A saved article is rendered and its page reloads by itself. An article with an error shows file and line over the page; the last good
    portal stays. Nothing is written to dist/.

    \b
    Examples:
      kbgen serve
      kbgen serve --drafts --port 8080
      kbgen serve --feedback

    Ctrl-C stops it.
    """
    from kbgen.serve import ServeError, Wish
    from kbgen.serve import serve as run

    root = root_folder()
    job = options.job(root, root / ".kbgen" / "serve", base_url="", **wish)
    still = click.get_current_context().get_parameter_source("as_of") is click.core.ParameterSource.COMMANDLINE
    try:
        run(job, Wish(host=host, port=port, gallery=gallery, poll=poll, still=still, feedback=feedback), click.echo)
    except ServeError as error:
        raise click.UsageError(str(error)) from error
