"""What an article's first view costs a reader: bytes, requests, and nothing for the articles they did not ask for."""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser.sample import ROOT, articles, built, html_files, text_of, url_of

pytestmark = pytest.mark.browser

KILOBYTE = 1000


def weight(data: bytes) -> int:
    """Count the bytes of a file as a host sends them: gzip, level 6."""
    return len(gzip.compress(data, 6))


def first_view(reader, url: str) -> dict[str, int]:
    """Open a page and return path -> compressed bytes of all that it loads by itself, in the portal's folder."""
    before = len(reader.requests)
    page = reader.open(url)
    page.wait_for_load_state("networkidle")
    paths = [unquote(one.removeprefix(reader.portal)) for one in reader.requests[before:] if not one.startswith("data:")]
    return {path: weight((built() / (path if Path(path).suffix else path + "index.html")).read_bytes()) for path in paths}


def test_an_article_is_light(reader):
    """A first view of an article: styles 9 kB, scripts 6 kB before the reader acts, five requests, 22 kB in all but its own pictures."""
    url = next(one for one in articles("en", kind="guide") if "<img" not in text_of(built() / one / "index.html"))
    loaded = first_view(reader, url)
    styles = sum(size for path, size in loaded.items() if path.endswith(".css"))
    scripts = sum(size for path, size in loaded.items() if path.endswith((".mjs", ".js")))

    assert styles <= 9 * KILOBYTE, loaded
    assert scripts <= 6 * KILOBYTE, loaded
    assert len(loaded) <= 5, loaded
    assert sum(loaded.values()) <= 22 * KILOBYTE, loaded


def test_articles_are_light_in_every_language():
    """Half of the articles have at most 7 kB of HTML; none goes over the first fourteen, ten packets of a connection."""
    sizes = {url_of(file): weight(file.read_bytes()) for file in html_files() if '<body class="kb-article' in text_of(file)}
    worst = sorted(sizes.items(), key=lambda one: -one[1])[:5]

    assert statistics.median(sizes.values()) <= 7 * KILOBYTE, worst
    assert worst[0][1] <= 14 * KILOBYTE, worst


@pytest.mark.slow
def test_a_page_weighs_the_same_in_a_large_portal(tmp_path):
    """An article in a portal of 30 and in one of 300 differs by 512 compressed bytes at most, and asks for as many files."""
    weights = {}
    for count in (30, 300):
        site = tmp_path / str(count)
        write_site(site, count)
        command = [sys.executable, "-m", "kbgen", "build", "--quiet", "--jobs", "2", "--as-of", "2026-06-01"]
        subprocess.run(command, cwd=site, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)
        page = (site / "dist/en/topic-0/article-0/index.html").read_bytes()
        weights[count] = weight(page), page.count(b"<script"), page.count(b'rel="stylesheet"')

    assert abs(weights[30][0] - weights[300][0]) <= 512
    assert weights[30][1:] == weights[300][1:]


def write_site(folder: Path, count: int) -> None:
    """Write articles in six categories, of which the first is always the same."""
    (folder / "content").mkdir(parents=True)
    (folder / "kbgen.toml").write_text('[site]\ntitle = "Large"\nbase_url = "https://help.example"\n')
    for number in range(count):
        file = folder / "content" / "en" / f"topic-{number % 6}" / f"article-{number // 6}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        head = f"id: article-{number}\ntitle: Article {number} of the shop\ndescription: What happens in case {number}\n"
        head += f"status: published\ntags: [lamps, t{number % 9}]"
        body = "".join(f"\n## Part {part}\n\nPress the button {number + part} times, then wait for the light.\n" for part in range(4))
        file.write_text(f"---\n{head}\n---\n{body}")
