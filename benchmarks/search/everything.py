"""
Measure the search, all of it, in one run: corpora, queries, relevance, bytes, cost, latency, phone; write the tables.

Usage: everything.py [--source DIR] [--most 100000] [--write]

About half an hour on 2 cores.  Leave the code alone while it runs.  Our own index is made
without pages, with the same files as a build makes: that spares five builds.
Needs words.txt installed into work/python, which `./dev bench search` does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from sources import HERE

SIZES, TYPED, PHONE = (500, 2000, 10_000, 14_000, 100_000), (2000, 14_000), 10_000  # articles: bytes and costs, keystrokes, the phone


def main() -> None:
    """Run every step in an interpreter of its own, so that none measures what another left in memory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--source", help="a folder that may have the repositories already")
    parser.add_argument("--most", type=int, default=max(SIZES), help=f"no more articles than so many (default: {max(SIZES)})")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    asked = parser.parse_args()
    _step("sources.py", *(("--source", asked.source) if asked.source else ()))
    _step("known.py")
    _step("relevance.py", "--half", "test", "--direct")
    _step("wire.py", "--sizes", _sizes(SIZES, asked.most))
    _step("latency.py", "--sizes", _sizes(TYPED, asked.most), "--phone", str(min(PHONE, asked.most)))
    _step("tasks.py", "--size", str(min(PHONE, asked.most)))
    _step("report.py", *(("--write",) if asked.write else ()))


def _sizes(some: tuple[int, ...], most: int) -> str:
    return ",".join(str(size) for size in some if size <= most)


def _step(script: str, *arguments: str) -> None:
    start = time.monotonic()
    subprocess.run((sys.executable, str(HERE / script), *arguments), check=True)
    print(f"{script}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
