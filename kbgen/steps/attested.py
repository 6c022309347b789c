"""The reviews that git keeps, from the shelf where nothing is new."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kbgen.cache import Shelf
from kbgen.digests import digest
from kbgen.review import attest, history
from kbgen.review.attest import Attestation
from kbgen.review.due import Known

if TYPE_CHECKING:
    from kbgen.review.reviewers import Reviewers


def reviews(root: Path, trusted: str, shelf: Shelf) -> tuple[list[Attestation], list[str]]:
    """
    Read what was attested, the oldest first, and sentences on what is not believed.

    Args:
        trusted: See model.Job; its reviewers.toml counts.
    Raises: git.GitError: git cannot answer.
    """
    text = _text(root / trusted)

    def make() -> dict[str, Any]:
        found, notes = attest.read(root, reviewers_here(root / trusted))
        return {"found": [[getattr(one, name) for name in Attestation.__slots__] for one in found], "notes": notes}

    record = shelf.memo("attested", (digest(attest.mark(root)), text), make)
    return [Attestation(*row) for row in record["found"]], list(record["notes"])


def known(root: Path, past: history.Past, found: Iterable[Attestation], now: str) -> Known:
    """Join what git tells of articles with what was attested until now, an ISO time in UTC."""
    texts = {blob for names in past.revisions.values() for blob in names}
    rows = list(found)
    later = min((one.at for one in rows if one.at > now), default="")
    return Known(past.created, attest.last(rows, texts, now), whole=not history.shallow_mark(root), until=later)


def known_here(root: Path, trusted: str, past: history.Past, now: str, shelf: Shelf) -> Known:
    """Return what is known for a build: where git cannot answer, nothing was attested."""
    if not history.head_of(root):
        return known(root, past, (), now)
    from kbgen.review.git import GitError  # noqa: PLC0415 - not outside git

    try:
        found, _ = reviews(root, trusted, shelf)
    except GitError:
        found = []
    return known(root, past, found, now)


def reviewers_here(folder: Path) -> Reviewers:
    """Read reviewers.toml of a folder; one that is missing, or cannot be used, names nobody: `kbgen owners` tells why."""
    from kbgen.review.reviewers import Reviewers, read  # noqa: PLC0415 - checks that a build without anything new does not pay for

    found, _ = read(_text(folder))
    return found or Reviewers()


def _text(folder: Path) -> str:
    try:
        return (folder / "reviewers.toml").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
