"""Pagefind, as a browser asks it: its program indexes bare HTML pages, Chromium loads its script and searches."""

from __future__ import annotations

import gzip
import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pages
from host import serving
from sources import WORK, Article

_ASK = """async ([base, queries, limit]) => {
  const pagefind = await import(base + "pagefind/pagefind.js");
  await pagefind.init();
  const hits = [], times = [];
  for (const query of queries) {
    const start = performance.now();
    const found = await pagefind.search(query);
    times.push(performance.now() - start);
    hits.push(found.results.slice(0, limit).map((result) => result.id));
  }
  return { hits, times };
}"""

_SESSION = """async ([base, queries]) => {
  const pagefind = await import(base + "pagefind/pagefind.js");
  await pagefind.init();
  for (const query of queries) {
    const found = await pagefind.search(query);
    await Promise.all(found.results.slice(0, 10).map((result) => result.data()));
  }
}"""


def build(locale: str, articles: Sequence[Article], name: str = "") -> Path:
    """Lay the articles out as pages below work/html/ and index them; return the folder.  Raises: CalledProcessError."""
    folder = WORK / "html" / (name or locale)
    pages.write_pages(folder, locale, articles)
    program = WORK / "peers/node_modules/pagefind/lib/runner/bin.cjs"
    subprocess.run(("node", str(program), "--site", str(folder)), check=True, stdout=subprocess.DEVNULL)
    return folder


def names(folder: Path) -> dict[str, str]:
    """Return the id of a result -> the id of its article, as the fragments tell."""
    found = {}
    for path in (folder / "pagefind" / "fragment").iterdir():
        data = path.read_bytes()
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        found[path.stem] = json.loads(text[text.index(b"{") :])["url"].strip("/").split("/")[-1]
    return found


def hits(articles: Sequence[Article], locale: str, asked: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return half -> for each query the ids of its best ten articles, under "hits", and the milliseconds of each query."""
    start = time.perf_counter()
    folder = build(locale, articles)
    told: dict[str, Any] = {"hits": {}, "times": [], "build": (time.perf_counter() - start) * 1000}
    known = names(folder)
    with serving(folder) as base, browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{base}{articles[0].id}/index.html")
        for half, queries in asked.items():
            answer = page.evaluate(_ASK, [base, list(queries), 10])
            told["hits"][half] = [[known.get(name, name) for name in found] for found in answer["hits"]]
            told["times"] += answer["times"]
    return told


def loaded(folder: Path, sessions: Sequence[Sequence[str]]) -> list[int]:
    """Return for each session, a reader with an empty cache, the bytes that its queries and their ten results load."""
    found = []
    with serving(folder) as base, browser() as chromium:
        for queries in sessions:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{base}{next(folder.glob('*/index.html')).parent.name}/index.html")
            sent: list[int] = []
            page.on("response", lambda response, sent=sent: sent.append(int(response.headers.get("content-length", 0))))
            page.evaluate(_SESSION, [base, list(queries)])
            found.append(sum(sent))
            context.close()
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """Open Chromium for a while."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()
