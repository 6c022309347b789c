"""What was promised, and whether this run keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and its limit, both in the same *unit*."""

    name: str
    figure: Callable[[dict[str, Any]], float]  # raises KeyError where it was not measured
    limit: Callable[[dict[str, Any]], float]
    unit: str = "s"


def _wall(size: int, phase: str, tool: str = "kbgen") -> Callable[[dict[str, Any]], float]:
    return lambda results: float(results["sizes"][str(size)]["build"][tool][phase]["wall"])


def _cpu_each(size: int, factor: float = 1) -> Callable[[dict[str, Any]], float]:
    return lambda results: factor * 1000 * float(results["sizes"][str(size)]["build"]["kbgen"]["cold"]["cpu"]) / size


def _times_hugo(size: int, factor: float) -> Callable[[dict[str, Any]], float]:
    return lambda results: factor * _wall(size, "cold", "Hugo")(results)


def _peak(size: int) -> Callable[[dict[str, Any]], float]:
    phases = ("cold", "no change", "body", "title")
    return lambda results: max(results["sizes"][str(size)]["build"]["kbgen"][phase]["peak"] for phase in phases) / 1e6


def _watch(size: int) -> Callable[[dict[str, Any]], float]:
    return lambda results: float(results["sizes"][str(size)]["watch"]["kbgen"])


def _fixed(value: float) -> Callable[[dict[str, Any]], float]:
    return lambda _results: value


GOALS = (
    Goal("1,000 cold, against 1.6 × Hugo", _wall(1_000, "cold"), _times_hugo(1_000, 1.6)),
    Goal("10,000 cold, against 1.2 × Hugo", _wall(10_000, "cold"), _times_hugo(10_000, 1.2)),
    Goal("10,000, peak memory of all processes", _peak(10_000), _fixed(500), "MB"),
    Goal("CPU of an article at 10,000, against 1.2 × that at 1,000", _cpu_each(10_000), _cpu_each(1_000, 1.2), "ms"),
    Goal("1,000, no change", _wall(1_000, "no change"), _fixed(0.1)),
    Goal("10,000, no change", _wall(10_000, "no change"), _fixed(0.5)),
    Goal("1,000, one body", _wall(1_000, "body"), _fixed(0.35)),
    Goal("10,000, one body", _wall(10_000, "body"), _fixed(1.0)),
    Goal("1,000, one title", _wall(1_000, "title"), _fixed(0.5)),
    Goal("10,000, one title", _wall(10_000, "title"), _fixed(1.5)),
    Goal("1,000, save to served", _watch(1_000), _fixed(0.15)),
    Goal("10,000, save to served", _watch(10_000), _fixed(0.4)),
    Goal("`kbgen --version`, CPU", lambda results: float(results["version cpu"]) * 1000, _fixed(100), "ms"),
)


def table(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a Markdown table; what was not measured has no row."""
    yield "| goal | measured | at most | |"
    yield "|---|---|---|---|"
    for goal in GOALS:
        try:
            figure, limit = goal.figure(results), goal.limit(results)
        except (KeyError, ValueError, TypeError):
            continue
        digits = 2 if goal.unit in {"s", "ms"} else 0
        verdict = "met" if figure <= limit else "**missed**"
        yield f"| {goal.name} | {figure:,.{digits}f} {goal.unit} | {limit:,.{digits}f} {goal.unit} | {verdict} |"
