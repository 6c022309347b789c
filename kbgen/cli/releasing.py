"""The commands of publication: publish, rollback, releases."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kbgen.cli import options
from kbgen.cli.door import BUILT, PROBLEMS, configured_approval, end_on_sigterm, root_folder
from kbgen.cli.reviewing import payloads, unknown
from kbgen.cli.telling import Progress, tell

if TYPE_CHECKING:
    from kbgen.model import Job
    from kbgen.release.manifest import Release
    from kbgen.review.standing import Standing
    from kbgen.steps.owed import Approval
    from kbgen.targets import Target


def settled(job: Job, approval: Approval, given: tuple[str, ...], last: Release | None) -> tuple[Job, Standing | None]:
    """Settle what customers may see; when that cannot be told, nothing is built."""
    from kbgen.steps import owed

    with unknown():
        return owed.settled(job, approval, payloads(given), last)


def manifest_in(file: Path | None) -> Release | None:
    """Read the manifest of a release."""
    from kbgen.release.manifest import ManifestError, read

    try:
        return read(file.read_bytes()) if file else None
    except ManifestError as error:
        raise click.UsageError(f"{file}: {error}") from error


_to = click.option(
    "--to",
    "place",
    required=True,
    metavar="PLACE",
    help="dir:PATH, branch:NAME, rsync:HOST:PATH or s3://BUCKET/PREFIX. A path is seen from the knowledge base.",
)
_keep = click.option("--keep", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many releases a dir: keeps.")


@click.command()
@_to
@click.option("--if-due", is_flag=True, help="Only if a publish_at or expire_at has come since the last release: for a clock.")
@click.option("--verify", metavar="WHERE", help="Publish nothing; compare what a URL or a folder serves with the last release.")
@_keep
@options.strict
@options.jobs
@options.as_of
@options.base_url
@options.trust
@options.approval
@options.given
@options.quiet
def publish(  # noqa: PLR0913 - the options of the command
    place: str, keep: int, verify: str | None, approval: Approval | None, given: tuple[str, ...], *, if_due: bool, quiet: bool, **wish: Any
) -> NoReturn:
    """
    Build the portal and put it where customers read it.

    Readers see the old portal or the new one. No address that was ever published dies: what is gone leads to where it went, or says
    that it is no longer kept. A manifest of each release is kept at the place, outside what customers read.

    \b
    Examples:
      kbgen publish --to dir:/srv/help
      kbgen publish --to branch:pages --approval enforce --from github=reviews.json
      kbgen publish --to dir:/srv/help --if-due
      kbgen publish --to s3://help-example/portal --verify https://help.example.org

    Exit codes: 0 published, or nothing is due, 1 problems found, 2 wrong usage, 3 it cannot be told what is approved.
    """
    from kbgen.pipeline import build as run

    end_on_sigterm()
    root = root_folder()
    with _spoken():
        target = _opened(place, root, keep)
        last = target.last()
        if verify is not None:
            _verified(last, verify)
        job = options.job(root, None, **wish)
        if if_due and last and not (last.due and last.due <= job.as_of.isoformat()):
            click.echo(f"Nothing is due before {last.due}." if last.due else "Nothing is due: no text has a date that is still to come.")
            sys.exit(BUILT)
        approval = approval or _no_less(configured_approval(root, job.trusted), last)
        job, standing = settled(job, approval, given, last)
        with Progress(show=not quiet) as progress:
            report = run(job, progress)
        tell(report, "text", quiet=quiet)
        if report.failed:
            sys.exit(PROBLEMS)
        release = _release(job, standing, approval, last)
        target.publish(job.output, release)
    if not quiet:
        click.echo(f"Published {release.name}: {len(release.pages)} articles. {target.told()}".rstrip())
    sys.exit(BUILT)


def _no_less(asked: Approval, last: Release | None) -> Approval:
    """Keep to what the last release did, if the settings ask for less: they come with the very texts that wait for an approval."""
    if last and last.approval == "enforce" and asked != "enforce":
        click.echo(
            "kbgen.toml asks for no approval any more, and the last release did, so this one does. Say  --approval off  if that is meant",
            err=True,
        )
        return "enforce"
    return asked


def _release(job: Job, standing: Standing | None, approval: Approval, last: Release | None) -> Release:
    """Put together what the manifest says."""
    from kbgen.steps.owed import left_by
    from kbgen.targets.place import measured

    found = left_by(job)
    by = standing.by if standing else {}
    return _named(
        replace(
            found,
            commit=standing.commit if standing else "",
            since=(standing.since if approval == "enforce" else standing.commit) if standing else "",
            approval=approval,
            pages=tuple(replace(page, by=tuple(by.get(page.path, ()))) for page in found.pages),
            texts=_shown(standing, approval),
            files=measured(job.output),
        ),
        last,
    )


def _shown(standing: Standing | None, approval: Approval) -> Mapping[str, str]:
    """Return the texts that customers read: without `enforce` those of the commit, approved or not."""
    if standing is None or approval == "enforce":
        return standing.texts if standing else {}
    return {path: blob for path, blob in standing.tip.items() if path not in standing.dirty}


def _named(release: Release, last: Release | None) -> Release:
    """Give a release its name: the moment and the commit; two in one second are told apart."""
    now = datetime.now(UTC).replace(microsecond=0)
    name = "-".join(one for one in (now.strftime("%Y%m%dT%H%M%SZ"), release.commit[:10]) if one)
    if last and last.name >= name:
        name = f"{last.name}+"
    return replace(release, name=name, made=now.isoformat())


@click.command()
@click.argument("release", required=False)
@_to
@_keep
def rollback(release: str | None, place: str, keep: int) -> None:
    """
    Bring an older release back: RELEASE, or the one before what is served.

    It becomes a new release, so that nothing is lost: addresses that only the newer ones had lead on to what is there. No clock
    publishes again after it (--if-due); the next kbgen publish does.

    \b
    Examples:
      kbgen rollback --to dir:/srv/help
      kbgen rollback 20261122T130000Z-3f2a91c05e --to branch:pages
    """
    import tempfile

    from kbgen.release import back
    from kbgen.targets.place import measured, paths_of

    with _spoken(), tempfile.TemporaryDirectory() as folder:
        target = _opened(place, root_folder(), keep)
        last = target.last()
        if last is None:
            raise click.UsageError(f"Nothing is published at {place} yet.")
        names = [one for one in target.names() if one < last.name]
        if not (release or names) and target.names():
            raise click.UsageError(f"There is no release before {last.name} at {place}.")
        tree = Path(folder)
        old = target.bring(release or next((one for one in reversed(names)), ""), tree)
        led = back.ways(old, last, frozenset(paths_of(tree)))
        for path, data in back.files(old, led):
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(data)
        made = _named(replace(back.release(old, last, led), files=measured(tree)), last)
        target.publish(tree, made)
    click.echo(f"Published {made.name}, which is {made.back_to} again. {target.told()}".rstrip())


@click.command()
@_to
@options.form
def releases(place: str, form: str) -> None:
    """
    Say what is published at a place, and what can be brought back.

    \b
    Examples:
      kbgen releases --to dir:/srv/help
    """
    import json

    with _spoken():
        target = _opened(place, root_folder(), 1)
        last = target.last()
        names = target.names()
    if form == "json":
        row = {name: getattr(last, name) for name in ("name", "made", "as_of", "commit", "approval", "due", "back_to")} if last else None
        click.echo(json.dumps({"served": row, "releases": names}, ensure_ascii=False, indent=2))
        return
    if last is None:
        click.echo(f"Nothing is published at {place} yet.")
        return
    for name in names:
        if name != last.name:
            click.echo(f"  {name}")
    what = f", which is {last.back_to} again" if last.back_to else ""
    click.echo(f"* {last.name}  {len(last.pages)} articles of commit {last.commit or 'none'}{what}")


def _verified(last: Release | None, where: str) -> NoReturn:
    from kbgen.targets.verify import verify

    if last is None:
        raise click.UsageError("Nothing is published there yet.")
    said = verify(last, where)
    for line in said:
        click.echo(line)
    click.echo(
        f"{where} serves {last.name}."
        if not said
        else f"{len(said)} of {len(last.files) + len(last.urls)} are not as {last.name} has them."
    )
    sys.exit(PROBLEMS if said else BUILT)


def _opened(place: str, root: Path, keep: int) -> Target:
    from kbgen.targets import opened

    return opened(place, root, keep)


@contextmanager
def _spoken() -> Iterator[None]:
    """Turn what a place says into a sentence."""
    from kbgen.cli.door import Failure
    from kbgen.targets import TargetError

    try:
        yield
    except TargetError as error:
        raise Failure(str(error)) from error
