"""`feedback-service sample`: a desk to try things on."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click

from feedback_service.cli.options import OPTIONS, ServiceError, options, told
from feedback_service.settings import Settings


@click.command()
@options(OPTIONS)
@click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), help="The portal's handoff/kb-manifest.json.")
def sample(manifest: Path | None, **given: Any) -> None:
    """
    Fill an empty store with invented agents, cases, ratings and searches in five languages, and say how to sign in.

    \b
    Example:
      feedback-service sample --data trial --manifest handoff/kb-manifest.json
    """
    from feedback_service.http.service import utc_now
    from feedback_service.main import open_service_store
    from feedback_service.manifest import Manifest, read_manifest
    from feedback_service.sample.play import NotEmptyError, play
    from feedback_service.settings import secrets_of
    from feedback_service.store.figures import is_used

    def fill(settings: Settings) -> None:
        portal = read_manifest(manifest.read_text(encoding="utf-8")) if manifest else Manifest()
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        store = open_service_store(settings)
        try:
            secrets_of(settings, lambda: store.read(is_used))  # made before the first case
            played = play(store, portal, password, utc_now())
        except NotEmptyError as error:
            raise ServiceError(str(error)) from None
        finally:
            store.close()
        click.echo(
            f"{played.cases} cases and {played.ratings} ratings. Sign in at /desk/ as {', '.join(played.agents)}; password: {password}"
        )

    given["data"].mkdir(mode=0o700, parents=True, exist_ok=True)
    told(fill, given)
