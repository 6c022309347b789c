"""A corpus as a site of ours, and as plain HTML pages for engines that read pages."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from sources import Article

# What Markdown, or one of our extensions, might take for a mark.
_MARKS = re.compile(r"[\\`*_{}\[\]<>&#|~^=:!$@+%]|(?<![^\s])-|(?<=\d)[.)](?=\s)|\.{3}|--+")


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    return _MARKS.sub(lambda match: "".join(f"&#{ord(letter)};" for letter in match[0]), " ".join(text.split()))


def markdown(article: Article) -> str:
    """Return the file of an article."""
    head = {
        "id": article.id,
        "title": article.title,
        "description": article.description or article.title,
        "kind": "guide",
        "status": "published",
    }
    lines = ["---", *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()), "---", ""]
    for level, text in article.blocks:
        lines += [f"{'#' * min(level, 6)} {escaped(text)}" if level else escaped(text), ""]
    return "\n".join(lines)


def write(site: Path, locale: str, articles: Sequence[Article]) -> None:
    """
    Lay out a site of ours with these articles; files that are right already keep their time.

    A locale has a site of its own, because articles without a translation would be found in every other locale too.
    """
    head = f'[site]\ntitle = "Benchmark"\nbase_url = "https://kb.example.org/"\ndefault_locale = "{locale}"\n'
    wanted = {"kbgen.toml": f'{head}\n[locales.{locale}]\nname = "{locale}"\n'}
    wanted |= {f"content/{locale}/{article.category}/{article.id}.md": markdown(article) for article in articles}
    if (site / "content").exists():
        for path in (site / "content").rglob("*.md"):
            if str(path.relative_to(site)) not in wanted:
                path.unlink()
    for name, text in wanted.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")


def write_pages(folder: Path, locale: str, articles: Sequence[Article]) -> None:
    """Lay the articles out as bare HTML pages, each folder/ID/index.html, emptying the folder first."""
    shutil.rmtree(folder, ignore_errors=True)
    for article in articles:
        blocks = "".join(
            f"<h{min(level, 6)} id=h{number}>{html.escape(text)}</h{min(level, 6)}>" if level else f"<p>{html.escape(text)}</p>"
            for number, (level, text) in enumerate(article.blocks)
        )
        title = html.escape(article.title)
        page = (
            f'<!doctype html><html lang="{locale}"><meta charset=utf-8><title>{title}</title><body><main data-pagefind-body>'
            f"<h1>{title}</h1><p data-pagefind-weight=1.5>{html.escape(article.description)}</p>{blocks}</main></body></html>"
        )
        path = folder / article.id / "index.html"
        path.parent.mkdir(parents=True)
        path.write_text(page, encoding="utf-8")
