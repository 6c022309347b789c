"""Publishing from a real repository into real places, and what readers find there."""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from review.asking import run

from kbgen.release.manifest import Release, read
from kbgen.urls import path_of

if TYPE_CHECKING:
    from click.testing import Result
    from review.repository import Repository

_ON = re.compile(r'http-equiv="refresh" content="0; url=([^"]*)"')


def publish(kept: Repository, *words: str, to: str = "dir:../out", code: int = 0) -> Result:
    """Publish, and expect an exit code."""
    done = run(kept, "publish", "--to", to, "--jobs", "1", *words)
    assert done.exit_code == code, done.output
    return done


def served(out: Path) -> Release:
    """The manifest of what a folder serves."""
    return read((out / "manifests" / f"{(out / 'current').readlink().name}.json").read_bytes())


def answer(top: Path, url: str) -> str:
    """The URL at which a reader ends who asks for one; "" for nowhere.  A second step on the way is nowhere, too."""
    page = _page(top, url)
    if page is None:
        return ""
    on = _ON.search(page.read_text(encoding="utf-8")) if page.suffix == ".html" else None
    if not on:
        return url
    folder = page.parent.relative_to(top)
    place = Path("/", folder, html.unescape(on[1]).removesuffix("#")).as_posix()
    target = posixpath.normpath(place).rstrip("/") + ("/" if on[1].endswith("/") else "")
    end = _page(top, target.lstrip("/"))
    return target.lstrip("/") if end and not _ON.search(end.read_text(encoding="utf-8")) else ""


def _page(top: Path, url: str) -> Path | None:
    """The file with which a plain web server answers."""
    place = top / path_of(url)
    file = place / "index.html" if place.is_dir() else place
    return file if file.is_file() else None


def dead(out: Path) -> list[str]:
    """The addresses of any release that do not answer today."""
    return [url for url in served(out).urls if not answer(out / "current", url) and url != ""]
