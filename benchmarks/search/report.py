"""
Put the figures of work/results.json into docs/benchmarks.md.

Usage: report.py [--write]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from known import CLASSES
from relevance import ENGINES, LOCALES, RESULTS
from scores import relevance_tables, table
from sources import ROOT, WORK

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- search: written by benchmarks/search/report.py --write -->", "<!-- end of search -->"
NAMES = {
    "ours": "kbgen",
    "pagefind": "Pagefind 1.6.0",
    "minisearch": "MiniSearch 7.2.0",
    "lunr": "lunr.js 2.3.9",
    "flexsearch": "FlexSearch 0.8.212",
    "fts5": "SQLite FTS5 (a server's)",
}
RELEVANCE = {"en": 0.90, "ca": 0.83, "ro": 0.93, "fa": 0.85, "zh-Hant": 0.88}
FIRST = {"500": 22, "10000": 30, "100000": 45}  # kB, median
TYPED = {"2000": 8, "14000": 10}  # ms, p95
PARTS = 0.05  # of the files that one edit may change


def goals(results: Mapping[str, Any]) -> list[Sequence[str]]:
    """Return rows of: goal, measured, at most or at least, met or missed; only what was measured."""
    rows: list[tuple[str, float, float, bool, str]] = []  # name, measured, bound, whether more is better, format
    test = results.get("relevance", {}).get("test", {})
    for locale, bound in RELEVANCE.items():
        if locale in test.get("ours", {}):
            rows.append((f"MRR@10, {locale}", test["ours"][locale]["all"], bound, True, "{:.3f}"))
    sizes = results.get("bytes", {})
    for size, bound in FIRST.items():
        if size in sizes:
            rows.append((f"first ten results at {int(size):,} articles, kB", sizes[size]["ours"]["first"] / 1000, bound, False, "{:.1f}"))
            rows.append((f"its p95 at {int(size):,}, against the median", *_ratio(sizes[size]["ours"]), False, "{:.2f}"))
    if "14000" in sizes:
        ours = sizes["14000"]["ours"]
        rows.append(("ten queries in a row at 14,000, kB", ours["session"] / 1000, 250, False, "{:.0f}"))
        rows.append(("index, CPU an article, cold, ms", ours["counting"] + ours["merging"], 0.8, False, "{:.2f}"))
        rows.append(("the same, warm, ms", ours["warm"], 0.1, False, "{:.3f}"))
        rows.append(("files that one edit changes, share", ours["changed"] / ours["files"], PARTS, False, "{:.3f}"))
    if "scripts" in results:
        rows.append(("scripts of search to the first results, kB", results["scripts"]["first"] / 1000, 6, False, "{:.1f}"))
    for size, bound in TYPED.items():
        if size in results.get("latency", {}):
            rows.append(
                (f"a keystroke at {int(size):,}, p95, ms", results["latency"][size]["ours"]["again"]["p95"], bound, False, "{:.1f}")
            )
    if "phone" in results:
        rows.append(("phone, focus to results, s", results["phone"]["first"]["median"], 2.5, False, "{:.1f}"))
        rows.append(("phone, keystroke to results, ms", results["phone"]["again"]["median"], 50, False, "{:.0f}"))
    return [_judged(*row) for row in rows]


def _judged(name: str, value: float, bound: float, more: bool, form: str) -> Sequence[str]:  # noqa: FBT001 - a column of the table
    met = value >= bound if more else value <= bound
    return name, form.format(value), f"{'at least' if more else 'at most'} {bound:g}", "met" if met else "**missed**"


def _ratio(ours: Mapping[str, float]) -> tuple[float, float]:
    return ours["first p95"] / ours["first"], 2


def text(results: Mapping[str, Any], origins: Mapping[str, Any], day: dt.date) -> str:
    """Return all tables."""
    return "\n\n".join([f"{day}.", *_relevance(results, origins), *_bytes(results), *_times(results), *_goals(results)])


def _relevance(results: Mapping[str, Any], origins: Mapping[str, Any]) -> Iterator[str]:
    yield "### Does it find the article?"
    told = []
    for locale, corpus in origins.items():
        names = [origin["git"].removeprefix("https://github.com/").removesuffix(".git") for origin in corpus["origins"]]
        told.append(f"{locale}: {corpus['count']:,} articles of {', '.join(names)}.")
    yield "Test half. " + " ".join(told)
    test = results["relevance"]["test"]
    yield relevance_tables({NAMES[engine]: _in_order(test[engine]) for engine in ENGINES if engine in test}, CLASSES)


def _in_order(scores: Mapping[str, Any]) -> dict[str, Any]:
    return {locale: scores[locale] for locale in LOCALES if locale in scores}


def _bytes(results: Mapping[str, Any]) -> Iterator[str]:
    sizes = results.get("bytes", {})
    if not sizes:
        return
    yield "### What must a reader load?"
    columns = sorted(sizes, key=int)
    header = ["kB with gzip, first ten results (ten queries)", *(f"{int(size):,}" for size in columns)]
    rows = []
    for engine in ENGINES:
        cells = [sizes[size].get(engine) for size in columns]
        if any(cells):
            rows.append([NAMES[engine], *(f"{one['first'] / 1000:,.0f} ({one['session'] / 1000:,.0f})" if one else "–" for one in cells)])
    yield table(header, rows)
    header = ["kbgen", *(f"{int(size):,}" for size in columns)]
    lines = {
        "p95 of the first ten results, kB": "{first p95:,.0f}",
        "typed, with a pause after each letter, kB": "{typed:,.0f}",
        "files asked for, in how many rounds": "{requests:.0f} in {rounds:.0f}",
        "CPU an article, text to counted words, ms": "{counting:.2f}",
        "CPU an article, counted words to files, ms": "{merging:.2f}",
        "the same and nothing changed, ms": "{warm:.3f}",
        "one article edited, its words to files, CPU, ms": "{edit:.0f}",
        "files, of them changed by that edit": "{files:,}, {changed}",
    }
    yield table(header, ([name, *(_filled(form, sizes[size]["ours"]) for size in columns)] for name, form in lines.items()))


def _filled(form: str, ours: Mapping[str, float]) -> str:
    return form.format(**{**ours, "first p95": ours["first p95"] / 1000, "typed": ours["typed"] / 1000})


def _times(results: Mapping[str, Any]) -> Iterator[str]:
    sizes = results.get("latency", {})
    if sizes:
        yield "### How long does a keystroke take?"
        columns = sorted(sizes, key=int)
        rows = []
        for engine in ENGINES:
            cells = [sizes[size].get(engine) for size in columns]
            if any(cells):
                rows.append(
                    [NAMES[engine], *(f"{one['again']['median']:.1f} ({one['again']['p95']:.1f})" if one else "–" for one in cells)]
                )
        yield table(["Chromium, ms: median (p95)", *(f"{int(size):,}" for size in columns)], rows)
    if "phone" in results:
        told = results["phone"]
        yield (
            f"In a phone's window with 400 ms and 400 kbit/s, {told['size']:,} articles: from opening search to the first results "
            f"{told['first']['median']:.1f} s (p95 {told['first']['p95']:.1f}); a keystroke afterwards {told['again']['median']:.0f} ms "
            f"(p95 {told['again']['p95']:.0f}), one that needs files that are not there yet {told['fresh']['median']:.0f} ms."
        )
    if "tasks" in results:
        told = results["tasks"]
        yield (
            f"With the CPU slowed {told['rate']} times, {told['size']:,} articles, the longest task of the page: while search opens "
            f"{told['opening']['median']:.0f} ms (at most {told['opening']['most']:.0f}), while a query is typed "
            f"{told['typing']['median']:.0f} ms (at most {told['typing']['most']:.0f}) of CPU."
        )


def _goals(results: Mapping[str, Any]) -> Iterator[str]:
    yield "### Goals of search"
    yield table(["goal", "measured", "bound", ""], goals(results))


def write(page: Path, made: str) -> None:
    """Put *made* between the markers of a page.  Raises: ValueError: If the page has no markers."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no markers {BEGIN} and {END}")
    page.write_text(f"{before}{begin}\n{made}\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description="Put the measured figures of search into the documentation.")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    origins = {}
    for locale in LOCALES:
        corpus = json.loads((WORK / "corpora" / f"{locale}.json").read_bytes())
        origins[locale] = {"origins": corpus["origins"], "count": len(corpus["articles"])}
    made = text(json.loads(RESULTS.read_bytes()), origins, dt.datetime.now(dt.UTC).date())
    if asked.write:
        write(PAGE, made)
    else:
        print(made)


if __name__ == "__main__":
    main()
