"""
Measure kbgen beside Hugo and Material for MkDocs on the same pages, in one run.

Usage: run.py [--sizes 100,1000,10000] [--peers hugo,mkdocs] [--runs 3] [--write docs/benchmarks.md]

The tools take turns (A B C, A B C, ...), so that whatever else the machine does falls on all of them; each figure is the
median.  Memory is watched in one more run of its own, as watching it costs time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import corpus
import dialects
import tables
from articles import Entry, write
from measure import CommandFailedError, Cost, adopt_orphans, run
from tools import TOOLS, WORK, Tool, kbgen
from watch import NotServedError, delays

Results = dict[str, object]


class Bench:
    """One tool on one size of the corpus."""

    def __init__(self, tool: Tool, site: Path, entry: Entry, heads: list[Entry]) -> None:
        """Measure *tool* in *site*; *entry*, one of *heads*, is the article that is edited."""
        self.tool, self.site, self.entry = tool, site, entry
        self.source = tool.article(site, entry)
        # As the corpus makes it, not as it lies there: a run that was killed may have left an edit.
        self.original: str = getattr(dialects, tool.folder)(write(entry, heads))
        self.restore()
        self.log = WORK / "logs" / f"{tool.folder}-{site.parent.name}.txt"
        self.log.parent.mkdir(parents=True, exist_ok=True)

    def build(self, *, memory: bool = False) -> Cost:
        """Build once."""
        return run(self.tool.build, self.site, self.log, memory=memory)

    def cold(self, _turn: int) -> None:
        """Forget every earlier build."""
        self.tool.forget(self.site)

    def nothing(self, _turn: int) -> None:
        """Leave everything as the last build found it."""

    def body(self, turn: int) -> None:
        """Add a sentence to the article, another one each turn."""
        self.source.write_text(f"{self.original}\nIn turn {turn} a sentence was added.\n", encoding="utf-8")

    def title(self, turn: int) -> None:
        """Give the article another title, one of equal length each turn."""
        self.source.write_text(self.original.replace('title: "', f'title: "{turn} ', 1), encoding="utf-8")

    def restore(self) -> None:
        """Put the article back as the corpus has it; a file that is right keeps its time."""
        if self.source.read_text(encoding="utf-8") != self.original:
            self.source.write_text(self.original, encoding="utf-8")


PHASES: dict[str, Callable[[Bench, int], None]] = {"cold": Bench.cold, "no change": Bench.nothing, "body": Bench.body, "title": Bench.title}


def measure(benches: list[Bench], runs: int) -> Results:
    """Return, by tool and phase, the median of *runs* builds and the peak of one more; a tool that fails has a text instead."""
    found: dict[str, dict[str, object]] = {bench.tool.name: {} for bench in benches}
    for phase, prepare in PHASES.items():
        costs: dict[str, list[Cost]] = {bench.tool.name: [] for bench in benches}
        try:
            for turn in range(runs + 1):
                for bench in benches:
                    if "error" not in found[bench.tool.name]:
                        _turn(bench, prepare, turn, costs[bench.tool.name], found[bench.tool.name], memory=turn == runs)
        finally:
            for bench in benches:
                bench.restore()
        for name, taken in costs.items():
            if "error" not in found[name]:
                found[name][phase] = asdict(_median(taken))
                print(f"  {name}, {phase}: {tables.seconds(_median(taken).wall)} s", file=sys.stderr)
        for bench in benches:
            if phase in {"body", "title"} and bench.tool.folder == "kbgen" and "error" not in found[bench.tool.name]:
                bench.build()  # the others keep nothing that the next phase would find
    return dict(found)


def _turn(bench: Bench, prepare: Callable[[Bench, int], None], turn: int, costs: list[Cost], found: Results, *, memory: bool) -> None:
    try:
        prepare(bench, turn)
        costs.append(bench.build(memory=memory))
    except CommandFailedError as error:
        found["error"] = str(error)
        print(error, file=sys.stderr)


def _median(costs: list[Cost]) -> Cost:
    timed = costs[:-1]
    return Cost(statistics.median(cost.wall for cost in timed), statistics.median(cost.cpu for cost in timed), costs[-1].peak)


def measure_watch(benches: list[Bench], runs: int) -> Results:
    """Return, by tool, the median of seconds from save to answer."""
    found: Results = {}
    for bench in benches:
        if bench.tool.serve:
            try:
                found[bench.tool.name] = statistics.median(delays(bench.tool, bench.site, bench.entry, bench.log, runs))
            except NotServedError as error:
                found[bench.tool.name] = str(error)
            print(f"  {bench.tool.name}, watch: {found[bench.tool.name]}", file=sys.stderr)
    return found


def main() -> None:
    """Read the command line, measure, print and write the tables."""
    options = _options()
    adopt_orphans()
    try:
        tools = [] if options.skip == "kbgen" else [kbgen(options.kbgen) if options.kbgen else kbgen()]
        tools += [TOOLS[name]() for name in options.peers.split(",") if name]
    except FileNotFoundError as error:
        sys.exit(str(error))
    results: Results = {
        "machine": tables.machine(),
        "versions": {tool.name: tool.version for tool in tools},
        "runs": options.runs,
        "sizes": {},
    }
    if "kbgen" in (tool.folder for tool in tools):
        command = (tools[0].build[0], "--version")
        results["version cpu"] = statistics.median(run(command, WORK, WORK / "version.txt").cpu for _ in range(5))
    sizes: dict[str, Results] = {}
    for size in map(int, options.sizes.split(",")):
        print(f"{size} articles", file=sys.stderr)
        folder = WORK / f"corpus-{size}"
        heads = corpus.make(size, folder)
        benches = [Bench(tool, folder / tool.folder, heads[size // 2], heads) for tool in tools if size <= tool.largest]
        sizes[str(size)] = {"build": measure(benches, options.runs)}
        if not options.no_watch:
            sizes[str(size)]["watch"] = measure_watch(benches, 3 * options.runs)
        results["sizes"] = sizes
        (WORK / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    text = tables.markdown(results)
    print(text)
    if options.write:
        tables.write(options.write, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure kbgen beside Hugo and Material for MkDocs on the same pages.")
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of articles, comma-separated (default: 100,1000,10000)")
    parser.add_argument(
        "--peers", default="hugo,mkdocs", help="who else is measured (default: hugo,mkdocs; mkdocs only up to 1,000 articles)"
    )
    parser.add_argument("--runs", type=int, default=3, help="timed runs of which the median counts (default: 3)")
    parser.add_argument("--kbgen", help="another copy of kbgen to measure, such as one that nobody edits meanwhile")
    parser.add_argument("--skip", choices=["kbgen"], help="kbgen, to measure the others alone")
    parser.add_argument("--no-watch", action="store_true", help="do not measure how soon a saved article is served")
    parser.add_argument("--write", type=Path, help="a page to write the tables into, between its markers")
    options = parser.parse_args()
    if strange := [name for name in options.peers.split(",") if name and name not in TOOLS]:
        parser.error(f"--peers knows {', '.join(TOOLS)}, not {strange[0]}; --peers '' measures kbgen alone")
    return options


if __name__ == "__main__":
    main()
