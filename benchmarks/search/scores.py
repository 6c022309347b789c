"""Mean reciprocal rank, by class and by locale, and the tables that show it.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from statistics import fmean

CUT = 10  # results that count


def reciprocal_rank(hits: Sequence[str], right: Iterable[str]) -> float:
    """Return 1 for a right article in the first place, 1/2 in the second ...; 0 if none is among the first ten."""
    wanted = set(right)
    return next((1 / place for place, name in enumerate(hits[:CUT], 1) if name in wanted), 0.0)


def by_class(queries: Sequence[Mapping[str, object]], hits: Sequence[Sequence[str]]) -> dict[str, float]:
    """
    Return class -> mean reciprocal rank at 10, and "all" -> the mean of the classes, each counting the same.

    Raises: ValueError: If there are not as many lists of hits as queries, or no query at all.
    """
    if len(queries) != len(hits) or not queries:
        raise ValueError(f"{len(queries)} queries, {len(hits)} answers")
    ranks: dict[str, list[float]] = defaultdict(list)
    for query, found in zip(queries, hits, strict=True):
        right = query["right"]
        ranks[str(query["class"])].append(reciprocal_rank(found, right if isinstance(right, list) else []))
    means = {kind: fmean(values) for kind, values in ranks.items()}
    return means | {"all": fmean(means.values())}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which *share* of the values lie (nearest rank).  Raises: ValueError: If there is none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def relevance_tables(found: Mapping[str, Mapping[str, Mapping[str, float]]], classes: Sequence[str]) -> str:
    """
    Return one table of engines by locale, then one of classes for each locale; the best of a column is bold.

    Args:
        found: engine -> locale -> class (or "all") -> score.
    """
    engines, locales = list(found), list(dict.fromkeys(locale for scores in found.values() for locale in scores))
    parts = [
        _marked("MRR@10", engines, locales, {engine: {at: found[engine].get(at, {}).get("all") for at in locales} for engine in engines})
    ]
    for locale in locales:
        cells = {engine: {kind: found[engine].get(locale, {}).get(kind) for kind in classes} for engine in engines}
        parts.append(_marked(locale, engines, classes, cells))
    return "\n\n".join(parts)


def _marked(corner: str, rows: Sequence[str], columns: Sequence[str], cells: Mapping[str, Mapping[str, float | None]]) -> str:
    best = {column: max((round(cells[row][column] or 0.0, 3) for row in rows), default=0.0) for column in columns}
    return table([corner, *columns], ([row, *(_cell(cells[row][column], best[column]) for column in columns)] for row in rows))


def _cell(value: float | None, best: float) -> str:
    if value is None:
        return "–"
    text = f"{value:.3f}".removeprefix("0")
    return f"**{text}**" if round(value, 3) == best and best else text
