"""Figures to shapes: where the bars of a chart stand.  The template draws them; the table beside says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 640, 200  # of the drawing, in its own units
MARKS = 9  # names below the bars: more would stand in each other
SERIES = 5  # colours; what is more is drawn as one, the last


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a bar.  `series` chooses its colour and pattern, from 0."""

    x: float
    y: float
    width: float
    height: float
    series: int
    name: str  # of the whole bar
    label: str  # of this piece
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, the lines behind them as (y, value), and the middle of a bar as (x, name), of each or of every so many."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, str], ...]
    series: tuple[str, ...]
    folded: bool = False  # the last series is the sum of those that had no colour


def stacks(names: Sequence[str], series: Sequence[str], values: Sequence[Sequence[float]]) -> Chart:
    """
    Draw one bar for each name, made of one piece for each series.

    Args:
        values: For each name the values of all series, none below 0.
    """
    drawn = series if len(series) <= SERIES else [*series[: SERIES - 1], ""]
    rows = [list(row) if len(series) <= SERIES else [*row[: SERIES - 1], sum(row[SERIES - 1 :])] for row in values]
    top = _round_up(max((sum(row) for row in rows), default=0))
    step = WIDTH / max(len(names), 1)
    thick = min(step * 0.62, 56)
    bars = []
    for place, row in enumerate(rows):
        y = float(HEIGHT)
        for number, value in enumerate(row):
            height = value / top * HEIGHT
            y -= height
            if value:
                x = place * step + (step - thick) / 2
                bars.append(Bar(round(x, 1), round(y, 1), round(thick, 1), round(height, 1), number, names[place], drawn[number], value))
    lines = tuple((round(HEIGHT - HEIGHT * part / 4, 1), top * part / 4) for part in range(5))
    every = ceil(len(names) / MARKS)
    marks = tuple((round(place * step + step / 2, 1), name) for place, name in enumerate(names) if place % every == 0)
    return Chart(tuple(bars), lines, marks, tuple(drawn), len(series) > SERIES)


def numbers(rows: Sequence[Sequence[object]]) -> list[list[float]]:
    """Take the values of a table without the names of its rows."""
    return [[float(value) if isinstance(value, int | float) else 0.0 for value in row[1:]] for row in rows]


def _round_up(value: float) -> float:
    """Find a top that cuts well into four: 4, 8, 12, 20, 40 and so on."""
    if value <= 4:
        return 4
    power = 10.0 ** floor(log10(value))
    return next(top for top in (power * each for each in (1.2, 2, 4, 6, 8, 10, 12)) if top >= value and not ceil(top) % 4)
