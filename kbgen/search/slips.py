"""How far a word that somebody typed is from a word that articles hold."""

from __future__ import annotations


def slips(one: str, other: str, most: int) -> int:
    """
    Count the letters put in, left out, changed, or swapped with a neighbour, from one form to another.

    Returns: At most *most* + 1.
    Source: the optimal string alignment distance: L. Boytsov, "Indexing methods for approximate dictionary searching", 2011.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    shorter = min(len(one), len(other))
    start = end = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    if len(one) < 2 and len(other) < 2:  # noqa: PLR2004 - nothing, or a letter on either side
        return max(len(one), len(other))
    if one == other[::-1] and len(one) == 2:  # noqa: PLR2004 - neighbours swapped
        return 1
    return most + 1 if most < 2 else _distance(one, other, most)  # noqa: PLR2004 - a second slip


def _distance(one: str, other: str, most: int) -> int:
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before = before, row
        row = [at]
        for place, its in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != its))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == its:
                cost = min(cost, older[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
