"""
Measure how long a keystroke takes in Chromium, and how long a phone with a poor network waits for its first results.

Usage: latency.py [--sizes 2000,14000] [--peers-to 2000] [--phone 10000]

Keystrokes: each query is typed, its last three letters count; "again" is the time of the engine alone, with all files there (the best
of five, because other programs run too), "first" includes fetching from this machine and parsing.  Phone: a built portal, with the
index that wire.py made, in a window of 390 x 844, 400 ms and 400 kbit/s (Network.emulateNetworkConditions) from before the page loads;
from the key that opens search, with the words typed at once, to the first result in the list.  wire.py has to have run for the sizes.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from statistics import median
from typing import Any

import pages
import synthetic
from engines.pagefind import browser
from host import serving
from relevance import IN_NODE, build, export, keep
from scores import percentile
from sources import HERE, ROOT, WORK, Article
from wire import LIBRARIES
from wire import asked as drawn

QUERIES = 60
PAGES = 200  # of the portal that the phone opens; its index is the one of all articles, which is all that search loads
_TYPED = """const typed = queries.flatMap((query) => [2, 1, 0].map((less) => query.slice(0, query.length - less)));
  const round = async (ask, turns = 1) => {
    const times = [];
    for (const text of typed) {
      let best = Infinity;
      for (let turn = 0; turn < turns; turn += 1) {
        const start = performance.now();
        await ask(text);
        best = Math.min(best, performance.now() - start);
      }
      times.push(best);
    }
    return times;
  };"""
_OURS = f"""async ([base, queries]) => {{
  {_TYPED}
  const {{ load, search }} = await import(base + "q/query.mjs");
  const index = await load(base + "en/search/index.json");
  const ask = (text) => search(index, text, {{ limit: 8 }});
  return {{ first: await round(ask), again: await round(ask, 5) }};
}}"""
_PEER = f"""async ([base, queries, engine]) => {{
  {_TYPED}
  const {{ setups }} = await import(base + "q/setups.mjs");
  const articles = (await (await fetch(base + "q/articles.json")).json()).map((one) => ({{ ...one, headings: one.headings.join("\\n") }}));
  const libraries = {{ lunr: globalThis.lunr, MiniSearch: globalThis.MiniSearch, FlexSearch: globalThis.FlexSearch }};
  const {{ open, ask }} = setups("en", libraries)[engine](articles);
  const start = performance.now();
  const index = open();
  const load = performance.now() - start;
  return {{ load, again: await round((text) => ask(index, text), 5) }};
}}"""
_PAGEFIND = f"""async ([base, queries]) => {{
  {_TYPED}
  const pagefind = await import(base + "pagefind/pagefind.js");
  await pagefind.init();
  const ask = async (text) => Promise.all((await pagefind.search(text)).results.slice(0, 8).map((result) => result.data()));
  return {{ first: await round(ask), again: await round(ask, 5) }};
}}"""
_PHONE = """async ([texts]) => {
  const dialog = document.querySelector('dialog[data-module="kb-search"]');
  const field = dialog.querySelector("[data-search-field]");
  const list = dialog.querySelector("[data-search-results]");
  const times = [];
  for (const text of texts) {
    const start = performance.now();
    const shown = new Promise((done) => {
      new MutationObserver((_, watcher) => {
        if (!list.childElementCount) return;
        watcher.disconnect();
        done(performance.now() - start);
      }).observe(list, { childList: true });
    });
    if (!dialog.open) document.querySelector("[data-search-open]").click();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(await Promise.race([shown, new Promise((done) => setTimeout(done, 20000, 20000))]));
  }
  return times;
}"""


def told(times: Sequence[float]) -> dict[str, float]:
    """Return median and 95th percentile, in milliseconds."""
    return {"median": median(times), "p95": percentile(times, 0.95)}


def keystrokes(size: int, articles: Sequence[Article], queries: Sequence[str], *, peers: bool) -> dict[str, Any]:
    """Return engine -> its times in Chromium."""
    folder = WORK / "synthetic" / str(size)
    helpers = folder / "q"
    helpers.mkdir(exist_ok=True)
    for name in ("query.mjs", "analyze.mjs", "files.mjs"):
        shutil.copy(ROOT / "themes/default/parts/search" / name, helpers)
    shutil.copy(HERE / "engines" / "setups.mjs", helpers)
    (helpers / "index.html").write_text("<!doctype html><html lang=en><title>Empty</title>")
    figures: dict[str, Any] = {}
    with browser() as chromium, serving(folder) as base:
        page = chromium.new_page()
        page.goto(f"{base}q/")
        figures["ours"] = {name: told(times) for name, times in page.evaluate(_OURS, [base, list(queries)]).items()}
        if not peers:
            return figures
        export("synthetic", articles)
        shutil.copy(WORK / "export" / "synthetic.json", helpers / "articles.json")
        for engine in IN_NODE:
            shutil.copy(WORK / "peers/node_modules" / LIBRARIES[engine], helpers / f"{engine}.js")
            page = chromium.new_page()
            page.goto(f"{base}q/")
            page.add_script_tag(url=f"{base}q/{engine}.js")
            answer = page.evaluate(_PEER, [base, list(queries), engine])
            figures[engine] = {"again": told(answer["again"]), "load": answer["load"]}
    figures["pagefind"] = _pagefind(articles, queries)
    return figures


def _pagefind(articles: Sequence[Article], queries: Sequence[str]) -> dict[str, Any]:
    from engines import pagefind

    folder = pagefind.build("en", articles, f"typed-{len(articles)}")
    with browser() as chromium, serving(folder) as base:
        page = chromium.new_page()
        page.goto(f"{base}{articles[0].id}/index.html")
        return {name: told(times) for name, times in page.evaluate(_PAGEFIND, [base, list(queries)]).items()}


def phone(size: int) -> dict[str, Any]:
    """Build a portal of made-up articles, search it as on a phone; return seconds to the first results, milliseconds a keystroke."""
    site = WORK / "sites" / "phone"
    articles = synthetic.corpus(size)
    pages.write(site, "en", articles[:PAGES])
    build(site, ROOT)
    shutil.copytree(WORK / "synthetic" / str(size), site / "dist", dirs_exist_ok=True)
    queries = drawn(articles, 12)
    first, again, fresh = [], [], []
    with browser() as chromium, serving(site / "dist") as base:
        for query in queries:
            context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
            page = context.new_page()
            line = context.new_cdp_session(page)
            line.send("Network.enable")
            slow = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
            line.send("Network.emulateNetworkConditions", slow)
            one = articles[PAGES // 3]
            page.goto(f"{base}en/{one.category}/{one.id}/", wait_until="load")
            longer = [f"{query}x", query, f"{query} t", query]
            times = page.evaluate(_PHONE, [[query, *longer]])
            first.append(times[0] / 1000)
            fresh += [times[1], times[3]]
            again += [times[2], times[4]]
            context.close()
    return {"size": size, "first": told(first), "again": told(again), "fresh": told(fresh)}


def main() -> None:
    """Measure what was asked for, keep it, print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--sizes", default="2000,14000", help="articles, with commas between")
    parser.add_argument("--peers-to", type=int, default=2000, help="measure the others up to this size (default: 2000)")
    parser.add_argument("--phone", type=int, default=10_000, help="articles of the portal that the phone asks; 0: none (default: 10000)")
    options = parser.parse_args()
    for size in map(int, filter(None, options.sizes.split(","))):
        articles = synthetic.corpus(size)
        figures = keystrokes(size, articles, drawn(articles, QUERIES), peers=size <= options.peers_to)
        print(size, json.dumps(figures), flush=True)
        keep("latency", {str(size): figures})
    if options.phone:
        print(json.dumps(keep("phone", phone(options.phone))))


if __name__ == "__main__":
    main()
