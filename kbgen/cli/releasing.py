"""The commands of publication: publish, rollback, releases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kbgen.cli.reviewing import payloads, unknown

if TYPE_CHECKING:
    from kbgen.model import Job
    from kbgen.release.manifest import Release
    from kbgen.review.standing import Standing
    from kbgen.steps.owed import Approval


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
