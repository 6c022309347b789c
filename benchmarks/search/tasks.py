"""
Measure how long search keeps a slow phone from reacting: the longest task of the page while search opens, and while a query is typed.

Usage: tasks.py [--size 10000]

Needs the portal that latency.py has built.  Chromium slows the CPU six times; a task's length is the CPU time of its thread, so that other
programs count little.  A task above 50 ms is one that a reader can feel.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

import synthetic
from engines.pagefind import browser
from host import serving
from latency import PAGES
from relevance import keep
from sources import WORK
from wire import asked as drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RATE = 6  # times slower
QUERIES = 8
KEY = 150  # ms between two letters
PATIENCE = 120_000  # ms until results


def longest(trace: bytes) -> float:
    """Return the CPU time of the longest task of a page's main thread, in milliseconds, from what Chromium recorded."""
    events = json.loads(trace)["traceEvents"]
    mains = {(one["pid"], one["tid"]) for one in events if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"}
    tasks = [one for one in events if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in mains]
    return max((one.get("tdur", 0) / 1000 for one in tasks), default=0.0)


def asked(chromium: Browser, page: Page, address: str, query: str) -> tuple[float, float]:
    """Open search on an article and type; return the longest task of either, in milliseconds."""
    page.goto(address, wait_until="load")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": RATE})
    chromium.start_tracing(page=page, categories=["toplevel"])
    page.locator("[data-search-open]").first.click()
    page.locator("dialog[data-state=idle]").wait_for(timeout=PATIENCE)
    opening = longest(chromium.stop_tracing())
    chromium.start_tracing(page=page, categories=["toplevel"])
    page.locator("#kb-search-field").press_sequentially(query, delay=KEY)
    page.locator("dialog[data-state=ready], dialog[data-state=none]").wait_for(timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    return opening, longest(chromium.stop_tracing())


def told(times: Sequence[float]) -> dict[str, float]:
    """Return the median and the longest."""
    return {"median": median(times), "most": max(times)}


def main() -> None:
    """Measure, keep it, print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--size", type=int, default=10_000, help="articles of the index, as latency.py --phone had them (default: 10000)")
    size: int = parser.parse_args().size
    articles = synthetic.corpus(size)
    one = articles[PAGES // 3]
    found: list[tuple[float, float]] = []
    with browser() as chromium, serving(WORK / "sites" / "phone" / "dist") as base:
        for query in drawn(articles, QUERIES):
            with chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True) as context:
                found.append(asked(chromium, context.new_page(), f"{base}en/{one.category}/{one.id}/", query))
    opening, typing = (told(times) for times in zip(*found, strict=True))
    figures: dict[str, Any] = {"size": size, "rate": RATE, "opening": opening, "typing": typing}
    print(json.dumps(keep("tasks", figures)))


if __name__ == "__main__":
    main()
