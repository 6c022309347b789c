"""
The manifest of a release: what customers could read, who had approved it, and every address that was ever published.

Each publication writes one, and they are kept: they are the memory of approvals, of addresses, and of what was shown when.  They name
people, so they never lie where customers read.

Schema 1: {"schema": 1, "name", "made", "as_of", "commit", "since", "due", "approval", "back_to", "pages": [{"url", "id", "locale", "path",
"blob", "title", "by"}], "texts": {path: blob}, "redirects": {url: url}, "urls": {url: [id, title, lent]}, "files": {path: [sha256,
bytes]}}.  Addresses are relative to the top of the portal and percent-encoded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote

SCHEMA = 1


class ManifestError(Exception):
    """A file is no manifest of a release.  The message says why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An article at an address.  Its text is another locale's where `path` lies in another one than `locale`."""

    url: str  # "en/account/reset-password/"
    id: str
    locale: str  # of the reader
    path: str  # "content/en/account/reset-password.md"
    blob: str  # git's name for the very text
    title: str
    by: tuple[str, ...] = ()  # who approved it: keys of reviewers.toml

    @property
    def lent(self) -> bool:
        """Whether another locale's text stands in."""
        return self.path.split("/")[1] != self.locale


@dataclass(frozen=True, slots=True)
class Former:
    """What stood at an address."""

    id: str = ""  # of the article; "" for a list, a tag, a file
    title: str = ""
    lent: bool = False  # another locale's text stood in


@dataclass(frozen=True, slots=True)
class Release:
    """One publication."""

    name: str  # "20261122T130000Z-3f2a91c05e"; "" while it is being made
    made: str  # ISO time in UTC
    as_of: str  # ISO time in UTC: the moment whose portal it is
    commit: str  # "" outside git
    since: str = ""  # the newest commit of which all texts were in force; what came later waits, or has to be judged with its authors
    approval: str = "off"  # how it was built: "off", "warn" or "enforce"
    due: str = ""  # ISO time of the first moment at which a text appears or leaves by its own dates; "" for never
    back_to: str = ""  # the release whose pages these are, when somebody rolled back
    pages: tuple[Shown, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)  # path -> blob of every file in force, as git knows it
    redirects: Mapping[str, str] = field(default_factory=dict)  # url -> url
    urls: Mapping[str, Former] = field(default_factory=dict)  # every address that was ever published
    files: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # path in the portal, decoded -> SHA-256, bytes


def read(data: bytes) -> Release:
    """
    Read a manifest.

    Raises: ManifestError: It is none, or one of a later schema.
    """
    try:
        record = json.loads(data)
        schema = record.pop("schema")
        record["pages"] = tuple(Shown(**{**row, "by": tuple(row.get("by", ()))}) for row in record["pages"])
        record["urls"] = {url: Former(*row) for url, row in record["urls"].items()}
        record["files"] = {path: (str(row[0]), int(row[1])) for path, row in record["files"].items()}
        found = Release(**record)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise ManifestError(f"this is no manifest of a release ({type(error).__name__}: {error})") from error
    if any(".." in unquote(path).split("/") for path in (*found.urls, *found.redirects, *found.files, *found.texts)):
        raise ManifestError("this manifest holds a path that leads out of the portal: somebody else wrote it")
    if schema != SCHEMA:
        raise ManifestError(f"this manifest has schema {schema}, and this kbgen reads schema {SCHEMA}: use a newer kbgen")
    return found


def write(release: Release) -> bytes:
    """Return a manifest as JSON, one record a line, so that two of them can be compared."""
    parts = [f'"schema": {SCHEMA}']
    parts += [
        f'"{name}": {_json(getattr(release, name))}' for name in ("name", "made", "as_of", "commit", "since", "approval", "due", "back_to")
    ]
    parts.append(f'"pages": [\n{_joined(_json(asdict(page)) for page in release.pages)}\n]')
    rows: dict[str, Mapping[str, Any]] = {
        "texts": release.texts,
        "redirects": release.redirects,
        "urls": {url: [one.id, one.title, one.lent] if one.id else [] for url, one in release.urls.items()},
        "files": {path: list(row) for path, row in release.files.items()},
    }
    parts += [f'"{name}": {{\n{_joined(f"{_json(key)}: {_json(row[key])}" for key in sorted(row))}\n}}' for name, row in rows.items()]
    return ("{" + ",\n".join(parts) + "}\n").encode("utf-8", "surrogatepass")


_json = json.JSONEncoder(ensure_ascii=False).encode


def _joined(lines: Iterable[str]) -> str:
    return ",\n".join(lines)
