"""The sample portal, built once for each test process, and the list of its pages by kind."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

from conftest import commit_all

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
AS_OF = "2026-06-01"
SERVICE = "http://127.0.0.1:8001"  # [feedback] url of the sample
KINDS = ("guide", "faq", "manual", "video", "troubleshooting")  # those that the public sees


@cache
def built(*, prefix: str = "") -> Path:
    """
    Build the sample from a copy that is committed to git, so that every article has a date.

    Args:
        prefix: Folders that the portal stands under, "help/"; the address of the portal gets them too.

    Returns: The folder to serve; the portal is in *prefix* below it.
    """
    folder = Path(tempfile.mkdtemp(prefix="kbgen-sample-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    site, served = folder / "site", folder / "served"
    shutil.copytree(ROOT / "content", site / "content")
    shutil.copy(ROOT / "kbgen.toml", site)
    commit_all(site)
    command = [sys.executable, "-m", "kbgen", "build", "--jobs", "2", "--as-of", AS_OF, "--output", str(served / prefix), "--quiet"]
    if prefix:
        command += ["--base-url", f"https://shop.example/{prefix.rstrip('/')}"]
    done = subprocess.run(command, cwd=site, env=_environment(), capture_output=True, text=True, check=False)
    assert (served / prefix / "index.html").is_file(), done.stdout + done.stderr
    return served


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


@cache
def html_files() -> tuple[Path, ...]:
    """Every page of the sample."""
    return tuple(sorted(built().rglob("*.html")))


@cache
def text_of(file: Path) -> str:
    """Return a page's HTML; pages are read often."""
    return file.read_text(encoding="utf-8")


def url_of(file: Path) -> str:
    """Return a page's address, relative to the top of the portal and percent-encoded."""
    path = file.relative_to(built()).as_posix()
    return quote(path.removesuffix("index.html"))


def body_class(file: Path) -> str:
    """Return the classes of a page's body: "kb-article kb-is-faq"; "" for a redirect."""
    found = re.search(r'<body class="([^"]*)"', text_of(file))
    return found[1] if found else ""


def articles(locale: str, *, own: bool = True, kind: str = "") -> Iterator[str]:
    """Give the addresses of a locale's articles, the longest page first; with *own*=False those that are shown as a fall-back."""
    found = [
        file
        for file in html_files()
        if url_of(file).startswith(f"{locale}/")
        and f"kb-is-{kind}" in body_class(file)
        and ("kb-notice-fallback" in text_of(file)) is not own
    ]
    yield from map(url_of, sorted(found, key=lambda file: (-len(text_of(file)), file)))


@cache
def pages(locale: str) -> dict[str, str]:
    """Return name -> address of one page of every kind that a locale has."""
    categories = [url_of(file) for file in html_files() if body_class(file) == "kb-category" and url_of(file).startswith(f"{locale}/")]
    deep = max(categories, key=lambda url: url.count("/"))
    tags = [url for url in map(url_of, html_files()) if url.startswith(f"{locale}/tags/") and url != f"{locale}/tags/"]
    found = {
        "home": f"{locale}/",
        "category": min(categories, key=lambda url: (url.count("/"), url)),
        "nested": deep,
        **{kind: next(articles(locale, kind=kind), "") for kind in KINDS},
        "fallback": next(articles(locale, own=False), ""),
        "tag": tags[0] if tags else "",
        "tags": f"{locale}/tags/",
        "search": f"{locale}/search/",
        "keywords": f"{locale}/search/a-z/",
        "letter": f"{locale}/search/a-z/{quote(letter_of(locale))}/",
        "contact": f"{locale}/contact/?article=reset-password&title=Reset",
        "recent": f"{locale}/recent/",
        "missing": f"{locale}/no-such-page/",
    }
    found = {name: url for name, url in found.items() if url}
    return found | {"root": ""} if locale == "en" else found


def letter_of(locale: str) -> str:
    """Return the heading under which the index of words has what `word_of` returns: a letter, or the radical of a character."""
    return {"en": "p", "ca": "c", "ro": "p", "fa": "ر", "zh-Hant": "宀"}[locale]


def word_of(locale: str) -> str:
    """Return a word that customers of a locale search for, and that finds several articles."""
    return {"en": "password", "ca": "contrasenya", "ro": "parola", "fa": "رمز", "zh-Hant": "密碼"}[locale]
