"""
Measure the search, all of it, in one run: corpora, queries, relevance, bytes, cost, latency, phone; write the tables.

Usage: everything.py [--source DIR] [--quick] [--write]

About an hour on 2 cores; --quick leaves out sizes above 2,000 articles.  Leave the code alone while it runs.  Our own index is made
without pages, with the same files as a build makes: that spares five builds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from sources import HERE, WORK

PYTHON_PACKAGES = ("jieba==0.42.1", "opencc-python-reimplemented==0.1.7")  # words and Simplified forms for the Chinese queries


def main() -> None:
    """Run every step in an interpreter of its own, so that none measures what another left in memory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--source", help="a folder that may have the repositories already")
    parser.add_argument("--quick", action="store_true", help="nothing above 2,000 articles")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    asked = parser.parse_args()
    if not (WORK / "python" / "jieba").exists():
        command = (sys.executable, "-m", "pip", "install", "--quiet", "--target", str(WORK / "python"), *PYTHON_PACKAGES)
        subprocess.run(command, check=True)
    _step("sources.py", *(("--source", asked.source) if asked.source else ()))
    _step("known.py")
    _step("relevance.py", "--half", "test", "--direct")
    _step("wire.py", *(("--sizes", "500,2000") if asked.quick else ()))
    _step("latency.py", *(("--sizes", "2000", "--phone", "2000") if asked.quick else ()))
    _step("report.py", *(("--write",) if asked.write else ()))


def _step(script: str, *arguments: str) -> None:
    subprocess.run((sys.executable, str(HERE / script), *arguments), check=True)


if __name__ == "__main__":
    main()
