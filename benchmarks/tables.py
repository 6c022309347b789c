"""Results as Markdown: what was measured, and which goal is met."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import goals

_BEGIN, _END = "<!-- figures: written by benchmarks/run.py --write -->", "<!-- end of figures -->"
_PHASES = ("cold", "no change", "body", "title")


def seconds(value: float) -> str:
    """Return *value* with as many digits as it deserves."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"  # noqa: PLR2004 - two digits below ten


def machine() -> str:
    """Return processor, cores, memory and kernel on one line."""
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores of {names[0] if names else platform.machine()}, {memory:.0f} GiB, Linux {platform.release()}"
    )


def markdown(results: dict[str, Any]) -> str:
    """Return the tables of *results*, as `run.py` collects them."""
    versions = ", ".join(f"{name} {version.split()[-1]}" for name, version in results["versions"].items())
    lines = [f"{datetime.now().astimezone():%Y-%m-%d} on {results['machine']}; median of {results['runs']}; {versions}.", ""]
    for size, found in results["sizes"].items():
        lines += [f"### {int(size):,} articles", "", *_table(found), ""]
    if "version cpu" in results:
        lines += [f"`kbgen --version`: {results['version cpu'] * 1000:.0f} ms of CPU.", "", "### Goals", "", *goals.table(results), ""]
    return "\n".join(lines)


def _table(found: dict[str, Any]) -> Iterator[str]:
    yield "| | cold: wall (CPU) | no change | one body | one title | peak memory, cold / one body | save → served |"
    yield "|---|---|---|---|---|---|---|"
    for name, phases in found["build"].items():
        if "error" in phases:
            yield f"| {name} | failed | | | | | |"
            continue
        cells = [f"{seconds(phases[phase]['wall'])} ({seconds(phases[phase]['cpu'])})" for phase in _PHASES]
        peak = " / ".join(f"{phases[phase]['peak'] / 1e6:,.0f}" for phase in ("cold", "body"))
        delay = found.get("watch", {}).get(name)
        yield f"| {name} | {' | '.join(cells)} | {peak} MB | {f'{delay:.3f}' if isinstance(delay, float) else '–'} |"


def write(page: Path, text: str) -> None:
    """Put *text* between the markers of *page*.  Raises: ValueError: If the page has no markers."""
    before, begin, rest = page.read_text("utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{page} has no markers {_BEGIN} and {_END}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
