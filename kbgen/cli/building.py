"""The commands that make the portal: build, serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, configured_approval, end_on_sigterm, root_folder
from kbgen.cli.telling import Progress, tell

if TYPE_CHECKING:
    from kbgen.steps.owed import Approval


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
@options.approval
@options.given
@click.option(
    "--since-release",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="The manifest of the last release: what it showed is approved, and its addresses stay alive.",
)
@options.form
@options.quiet
def build(
    output: Path | None,
    form: str,
    approval: Approval | None,
    given: tuple[str, ...],
    since_release: Path | None,
    *,
    quiet: bool,
    **wish: Any,
) -> NoReturn:
    """
    Build the portal into dist/.

    Only pages whose inputs changed are rendered again; run 'kbgen why URL' to see which input it was.
    When an article has an error, nothing is written: the last good portal stays.

    \b
    Examples:
      kbgen build
      kbgen build --strict --base-url https://help.example.org
      kbgen build --drafts --output preview
      kbgen build --approval enforce --from github=reviews.json

    Exit codes: 0 built, 1 problems found, 2 wrong usage, 3 it cannot be told what is approved.
    """
    import gc
    from dataclasses import replace

    from kbgen.pipeline import build as run
    from kbgen.review.history import notices

    # A build makes many values that live to its end: looking for rings among them is a tenth of its time.
    gc.set_threshold(100_000, 20, 100)
    end_on_sigterm()
    job = options.job(root_folder(), output, **wish)
    approval = approval or configured_approval(job.root, job.trusted)
    if approval != "off" or since_release:
        from kbgen.cli.releasing import manifest_in, settled

        job, _ = settled(job, approval, given, manifest_in(since_release))
    with Progress(show=form == "text" and not quiet) as progress:
        report = run(job, progress)
    if not quiet:
        report = replace(report, notices=(*report.notices, *notices(job.root)))
    tell(report, form, quiet=quiet)
    sys.exit(PROBLEMS if report.failed else BUILT)


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
