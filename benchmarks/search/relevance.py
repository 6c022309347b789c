"""
Measure how high each engine puts the article that a query was made from.

Usage: relevance.py [--engines ours,fts5,...] [--locales ca,fa] [--half dev] [--checkout DIR] [--worst 5]

Needs the corpora (sources.py), the queries (known.py) and, for the peers, packages that are installed below work/ the first time.
What was measured is kept in work/results.json, so that `--engines ours` shows the others' figures of the last run beside ours.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pages
from known import CLASSES, HALVES, queries
from scores import by_class, relevance_tables
from sources import HERE, ROOT, WORK, Article, load

LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
IN_NODE = ("minisearch", "lunr", "flexsearch")
ENGINES = ("ours", "pagefind", *IN_NODE, "fts5")
RESULTS = WORK / "results.json"
PEERS = ("pagefind@1.6.0", "minisearch@7.2.0", "lunr@2.3.9", "lunr-languages@1.22.0", "flexsearch@0.8.212")

Answers = Mapping[str, Sequence[Sequence[str]]]  # half -> for each query the ids it finds


def install() -> None:
    """Install the peers, once, at the versions above."""
    folder = WORK / "peers"
    if not (folder / "node_modules" / "pagefind").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        command = ("npm", "install", "--no-audit", "--no-fund", "--save-exact", *PEERS)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def export(locale: str, articles: Sequence[Article]) -> None:
    """Write a corpus as node's scripts read it."""
    rows = [
        {"id": one.id, "title": one.title, "description": one.description, "headings": one.headings, "body": one.body} for one in articles
    ]
    (WORK / "export").mkdir(parents=True, exist_ok=True)
    (WORK / "export" / f"{locale}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def build(site: Path, checkout: Path) -> None:
    """Build a site of ours with the kbgen of a checkout.  Raises: CalledProcessError: The site's build.log says why."""
    start = time.perf_counter()
    with (site / "build.log").open("wb") as log:
        command = (sys.executable, "-m", "kbgen", "build")
        subprocess.run(command, cwd=site, check=True, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(checkout)})
    print(f"kbgen build, {site.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)


def index_ours(locale: str) -> None:
    """Make the index of a corpus with this checkout, without pages, where a build would put it."""
    import direct

    dist = WORK / "sites" / locale / "dist"
    shutil.rmtree(dist / locale / "search", ignore_errors=True)
    direct.write(dist, direct.make(locale, load(locale), WORK / "sites" / locale / "direct.sqlite").files)


def index_of(locale: str) -> Path:
    """Return the file that a page of the locale names to the search.  Raises: FileNotFoundError."""
    dist = WORK / "sites" / locale / "dist"
    for name in ("search/index.json", "search.json"):  # the second one is that of copies from before the shards
        if (dist / locale / name).exists():
            return dist / locale / name
    raise FileNotFoundError(f"{dist / locale} has no search index")


def ask(engine: str, locale: str, checkout: Path) -> dict[str, Any]:
    """Return what an engine answers: "hits" by half, and whatever else it measured on the way."""
    if engine == "ours":
        script = checkout / "themes/default/parts/search/query.mjs"
        return _node("ours.mjs", str(script), str(index_of(locale)), str(WORK), locale)
    if engine in IN_NODE:
        return _node("peers.mjs", engine, locale, str(WORK))
    asked = queries(locale)
    if engine == "pagefind":
        from engines import pagefind

        return pagefind.hits(load(locale), locale, {half: [str(query["query"]) for query in asked[half]] for half in HALVES})
    from engines import fts5

    found: dict[str, Any] = {"hits": {}}
    for half in HALVES:
        found["hits"][half], found["times"] = fts5.hits(load(locale), locale, [str(query["query"]) for query in asked[half]])
    return found


def _node(script: str, *arguments: str) -> dict[str, Any]:
    told = subprocess.run(("node", str(HERE / "engines" / script), *arguments), check=True, capture_output=True).stdout
    return dict(json.loads(told))


def keep(name: str, fresh: Any) -> Any:
    """
    Add figures to those of work/results.json.

    Args:
        fresh: A table is merged into the one that is there, table by table; anything else takes its place.

    Returns: All figures of that name.
    """
    results = json.loads(RESULTS.read_bytes()) if RESULTS.exists() else {}
    results[name] = merged(results.get(name), fresh)
    WORK.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return results[name]


def merged(old: Any, fresh: Any) -> Any:
    """Return *old* with *fresh* laid over it."""
    if isinstance(old, dict) and isinstance(fresh, dict):
        return old | {name: merged(old.get(name), value) for name, value in fresh.items()}
    return fresh


def worst(locale: str, half: str, answers: Answers, count: int) -> list[str]:
    """Return the queries of a half that miss their article, some of each class."""
    lines = []
    titles = {article.id: article.title for article in load(locale)}
    left = dict.fromkeys(CLASSES, count)
    for query, found in zip(queries(locale)[half], answers[half], strict=True):
        kind, right = str(query["class"]), query["right"]
        if left[kind] and isinstance(right, list) and not set(found[:3]) & set(right):
            left[kind] -= 1
            place = next((place for place, name in enumerate(found, 1) if name in right), 0)
            first = titles.get(found[0]) if found else "-"
            lines.append(f"{locale} {kind}: {query['query']} -> {titles[right[0]]} (place {place or '-'}; first: {first})")
    return lines


def main() -> None:
    """Measure what was asked for, keep it, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--engines", default=",".join(ENGINES), help="with commas between")
    parser.add_argument("--locales", default=",".join(LOCALES), help="with commas between")
    parser.add_argument("--half", default="dev", choices=HALVES, help="which half is printed (default: dev)")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="a copy of the project to measure (default: this one)")
    parser.add_argument("--name", default="ours", help="under which name our figures are kept")
    parser.add_argument("--worst", type=int, default=0, help="print so many missed queries of each class")
    parser.add_argument("--direct", action="store_true", help="make only the index, without pages: seconds instead of minutes")
    parser.add_argument("--no-build", action="store_true", help="ask the site as it was built before")
    asked = parser.parse_args()
    install()
    kept = keep("relevance", {half: {} for half in HALVES})
    locales = asked.locales.split(",")
    for engine in asked.engines.split(","):
        for locale in locales:
            export(locale, load(locale))
            if engine == "ours" and asked.direct:
                index_ours(locale)
            elif engine == "ours" and not asked.no_build:
                pages.write(WORK / "sites" / locale, locale, load(locale))
                build(WORK / "sites" / locale, asked.checkout)
        # Nothing is timed here, so programs of their own may run side by side.
        with ThreadPoolExecutor(2 if engine == "ours" or engine in IN_NODE else 1) as pool:
            told = list(pool.map(partial(ask, engine, checkout=asked.checkout), locales))
        for locale, answers in zip(locales, told, strict=True):
            name = asked.name if engine == "ours" else engine
            kept = keep("relevance", {half: {name: {locale: by_class(queries(locale)[half], answers["hits"][half])}} for half in HALVES})
            if engine == "ours":
                print("\n".join(worst(locale, asked.half, answers["hits"], asked.worst)))
    print(relevance_tables(kept[asked.half], CLASSES))


if __name__ == "__main__":
    main()
