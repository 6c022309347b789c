"""The commands of writers who do not know git: submit, status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kbgen.cli.door import BUILT, PROBLEMS, root_folder
from kbgen.cli.options import form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kbgen.review.work import Edit, Work

OURS = ("content/",)  # what is handed in when no file is named


@click.command()
@click.argument("files", nargs=-1)
@click.option("-m", "--message", default="", help="What you did, in a sentence; default: made of the titles.")
@click.option(
    "-b", "--branch", default="", help="The branch to hand it in on; default: the one you are on, or a new one named after the article."
)
@click.option(
    "--push", "send", is_flag=True, help="Send the branch to where the repository came from. Otherwise nothing leaves this machine."
)
@click.option("--anyway", is_flag=True, help="Hand in texts that kbgen check finds wrong.")
def submit(files: tuple[str, ...], message: str, branch: str, *, send: bool, anyway: bool) -> None:
    """
    Hand in what you wrote: a branch, a commit, and the address at which you open the pull request.

    Without FILES everything below content/ is handed in. Texts with errors are not.

    \b
    Examples:
      kbgen submit
      kbgen submit --push -m "Say how long a refund takes"
      kbgen submit content/en/billing/refund.md kbgen.toml

    Exit codes: 0 handed in, 1 there are errors, 2 it cannot be.
    """
    from kbgen.review import submitting

    root = root_folder()
    work = _work(root)
    chosen = _chosen(root, work, files)
    if not chosen and work.on_main:
        raise click.UsageError(f"Nothing below content/ is new since the last commit on {work.branch or 'this commit'}. Write first")
    if chosen and not anyway:
        _stop_at_errors(root, chosen)
    from kbgen.review.git import GitError

    try:
        done = submitting.submit(root, work, chosen, message, branch)
        if send:
            submitting.push(root, done.branch)
    except (submitting.SubmitError, GitError) as error:
        raise click.UsageError(str(error)) from error
    for one in chosen:
        click.echo(f"{one.what:8} {one.path}")
    click.echo(
        f"\n{done.message.splitlines()[0]}\nis on the branch {done.branch}."
        if done.commit
        else f"All is on the branch {done.branch} already."
    )
    where = f"Open the pull request at\n  {done.page}" if done.page else "Then ask a colleague to read it."
    click.echo(where if send else f"Nothing has left this machine. Send it with\n  git push -u origin {done.branch}\n{where}")


@click.command()
@form
def status(form: str) -> NoReturn:
    """
    Say what waits for whom: what you have not handed in, who has to approve what you have, and what is new for everybody.

    \b
    Examples:
      kbgen status
      kbgen status --format json | jq .waiting

    Exit codes: 0 nothing waits, 1 something does, 2 wrong usage, 3 it cannot be told.
    """
    from kbgen.cli.reviewing import unknown
    from kbgen.review import waiting

    root = root_folder()
    work = _work(root)
    with unknown():
        found = waiting.stand(root, work)
    click.echo(waiting.as_json(found) if form == "json" else waiting.as_text(found))
    sys.exit(PROBLEMS if found.waits else BUILT)


def _work(root: Path) -> Work:
    from kbgen.review.git import GitError
    from kbgen.review.work import look

    try:
        return look(root)
    except GitError as error:
        raise click.UsageError(f"{root} is not in git ({error}). Begin with  git init") from error


def _chosen(root: Path, work: Work, files: Sequence[str]) -> list[Edit]:
    """Return the edits to hand in: those of the files and folders that were named, or all articles."""
    if not files:
        return [one for one in work.edits if one.path.startswith(OURS)]
    found: list[Edit] = []
    for name in files:
        place = Path.cwd().joinpath(name).resolve()
        if not place.is_relative_to(root.resolve()):
            raise click.UsageError(f"{name} is not in the knowledge base {root}")
        inside = place.relative_to(root.resolve()).as_posix()
        mine = [one for one in work.edits if inside in {".", one.path} or one.path.startswith(f"{inside}/")]
        if not mine:
            raise click.UsageError(f"{name} is as the last commit has it, or is no file")
        found += [one for one in mine if one not in found]
    return found


def _stop_at_errors(root: Path, chosen: Sequence[Edit]) -> None:
    """Tell the errors of the chosen files, and end there."""
    from datetime import UTC, datetime

    from kbgen.cli.options import job
    from kbgen.pipeline import build
    from kbgen.report import problem_text

    paths = {one.path for one in chosen}
    report = build(job(root, None, as_of=datetime.now(UTC).replace(microsecond=0)), write=False)
    wrong = [one for one in report.problems if one.severity == "error" and one.path in paths]
    for one in wrong:
        click.echo(problem_text(one), err=True)
    if wrong:
        click.echo("Nothing was handed in. Mend this first, or say --anyway", err=True)
        sys.exit(PROBLEMS)
