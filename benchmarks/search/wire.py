"""
Measure what a reader's phone must load from focus to ten results, and what an index costs to make, by the size of the site.

Usage: wire.py [--sizes 500,2000,10000,14000,100000] [--peers-to 2000]

Made-up articles (synthetic.py).  Bytes are of bodies packed with gzip; scripts that the query needs are counted, the page that is open is
not, nor is what comes after the results (the outbox).
An engine that has its index in one file is given its records (address, title, description) too, as ours and Pagefind's results show them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import direct
import pages
import synthetic
from known import Maker
from relevance import IN_NODE, build, export, install, keep
from scores import percentile
from sources import HERE, ROOT, WORK, Article

SIZES = (500, 2000, 10_000, 14_000, 100_000)
PEERS_TO = 2000  # articles: beyond, the whole indexes take minutes and gigabytes
QUERIES = 100
_IMPORT = re.compile(r"""\bfrom\s*["']\./([\w.-]+)["']""")
_LATER = re.compile(r"""\bimport\s*\(\s*["']\./([\w.-]+)["']""")
LIBRARIES = {
    "minisearch": "minisearch/dist/umd/index.js",
    "lunr": "lunr/lunr.min.js",
    "flexsearch": "flexsearch/dist/flexsearch.bundle.min.js",
}


def runtime() -> dict[str, int]:
    """
    Build a site of one article and weigh the scripts of search.

    Returns: first: bytes of those that load when the search field gets focus; meant: of the one that few queries need; all: of every
        script that a search may ever load.
    """
    site = WORK / "sites" / "one"
    pages.write(site, "en", [Article("one", "c00", "One article", "It is alone", ((0, "Nothing else is here."),))])
    build(site, ROOT)
    texts = {path.name.split(".")[0]: path.read_bytes() for path in (site / "dist" / "assets").glob("*.mjs")}

    def reached(patterns: Sequence[re.Pattern[str]]) -> int:
        wanted = ["search", "query"]
        for name in wanted:
            found = [one.split(".")[0] for pattern in patterns for one in pattern.findall(texts[name].decode())]
            wanted += [other for other in dict.fromkeys(found) if other not in wanted]
        return sum(len(gzip.compress(texts[name], 6)) for name in wanted)

    return {"first": reached([_IMPORT]), "meant": len(gzip.compress(texts["meant"], 6)), "all": reached([_IMPORT, _LATER])}


def asked(articles: Sequence[Article], count: int) -> list[str]:
    """Return queries of all classes, mixed."""
    made = Maker("en", list(articles[:3000])).queries(count // 8 + 1)
    texts = [str(query["query"]) for half in made.values() for query in half]
    random.Random(len(articles)).shuffle(texts)
    return texts[:count]


def ours(size: int, articles: Sequence[Article], queries: Sequence[str], scripts: Mapping[str, int]) -> dict[str, Any]:
    """Make our index of some articles, twice, edit one, and ask it; return figures in bytes, files and milliseconds."""
    folder = WORK / "synthetic" / str(size)
    shelf = WORK / "synthetic" / f"{size}.sqlite"
    shelf.unlink(missing_ok=True)
    shelf.parent.mkdir(parents=True, exist_ok=True)
    cold = direct.make("en", articles, shelf)
    direct.write(folder, cold.files)
    warm = direct.make("en", articles, shelf)
    edited = list(articles)
    one = edited[size // 2]
    sentence = (0, "A sentence about zeppelins was added.")
    edited[size // 2] = Article(one.id, one.category, one.title, one.description, (*one.blocks, sentence))
    edit = direct.make("en", edited, shelf)
    changed = sum(cold.files.get(name) != data for name, data in edit.files.items())
    (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    script = ROOT / "themes/default/parts/search/query.mjs"
    command = ("node", str(HERE / "engines/wire.mjs"), str(script), str(folder / "en/search/index.json"), str(folder / "queries.json"))
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    first, typed, sessions = (
        [scripts["first"] + one["bytes"] + one["meant"] * scripts["meant"] for one in told[name]] for name in ("first", "typed", "sessions")
    )
    return {
        "first": median(first),
        "first p95": percentile(first, 0.95),
        "manifest": len(gzip.compress(cold.files["en/search/index.json"], 6)),
        "typed": median(typed),
        "session": median(sessions),
        "requests": median(one["requests"] for one in told["first"]),
        "rounds": median(one["rounds"] for one in told["first"]),
        "files": len(cold.files),
        "all": sum(len(gzip.compress(data, 6)) for data in cold.files.values()),
        "changed": changed,
        "counting": cold.counting * 1000 / size,
        "merging": cold.merging * 1000 / size,
        "warm": (warm.counting + warm.merging) * 1000 / size,
        "edit": edit.merging * 1000,
    }


def whole(engine: str, articles: Sequence[Article]) -> dict[str, Any]:
    """Return what a reader of an engine with one file loads: library, index, records."""
    records = json.dumps([[one.id, one.title, one.description] for one in articles], ensure_ascii=False)
    command = ("node", str(HERE / "engines/peers.mjs"), engine, "synthetic", str(WORK))
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    library = gzip.compress((WORK / "peers/node_modules" / LIBRARIES[engine]).read_bytes(), 6)
    total = len(library) + told["bytes"] + len(gzip.compress(records.encode(), 6))
    return {"first": total, "first p95": total, "session": total, "building": told["build"] / len(articles)}


def pagefind(articles: Sequence[Article], queries: Sequence[str]) -> dict[str, Any]:
    """Return what Pagefind's script loads, each reader with an empty cache, results with their texts included."""
    from engines import pagefind as engine

    start = time.perf_counter()
    folder = engine.build("en", articles, f"{len(articles)}")
    building = time.perf_counter() - start
    first = engine.loaded(folder, [[query] for query in queries[:40]])
    sessions = engine.loaded(folder, [queries[at : at + 10] for at in range(0, len(queries) - 9, 10)])
    return {
        "first": median(first),
        "first p95": percentile(first, 0.95),
        "session": median(sessions),
        "building": building * 1000 / len(articles),
    }


def main() -> None:
    """Measure what was asked for, keep it, print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="articles, with commas between")
    parser.add_argument("--peers-to", type=int, default=PEERS_TO, help=f"measure the others up to this size (default: {PEERS_TO})")
    options = parser.parse_args()
    install()
    scripts = runtime()
    keep("scripts", scripts)
    for size in map(int, options.sizes.split(",")):
        articles = synthetic.corpus(size)
        queries = asked(articles, QUERIES)
        figures: dict[str, Any] = {"ours": ours(size, articles, queries, scripts)}
        print(size, figures["ours"], flush=True)
        if size <= options.peers_to:
            export("synthetic", articles)
            (WORK / "queries" / "synthetic.json").write_text(json.dumps({"dev": [{"query": query} for query in queries]}), encoding="utf-8")
            figures |= {engine: whole(engine, articles) for engine in IN_NODE}
            figures["pagefind"] = pagefind(articles, queries)
            print(figures, flush=True)
        keep("bytes", {str(size): figures})


if __name__ == "__main__":
    main()
