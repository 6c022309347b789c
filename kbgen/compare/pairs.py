"""Which block of before became which block of after, in order: those that read alike first, then those that resemble each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from kbgen.compare.blocks import Block

ALIKE = 0.34  # share of words that two blocks have to have in common to be one that was edited
MOST = 10_000  # comparisons of blocks with each other in one stretch; in a longer one each is paired with its neighbour
_ROWS = frozenset({"tr", "li"})

Pair = tuple[int | None, int | None]


def pairs(before: Sequence[Block], after: Sequence[Block]) -> list[Pair]:
    """
    Pair two sequences of blocks.

    Returns: Places in both, in order; None where a block is gone or new.
    """
    found: list[Pair] = []
    matcher = SequenceMatcher(None, _names(before, after, 0), _names(before, after, 1), autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            found += zip(range(first, last), range(start, end), strict=True)
        else:
            found += _resembling(before, after, range(first, last), range(start, end))
    return found


def likeness(one: Block, other: Block) -> float:
    """Say how much two blocks have in common, 0 to 1; blocks that cannot become each other have nothing."""
    if one.family != other.family:
        return 0.0
    ours, theirs = one.words, other.words
    size = ours.total() + theirs.total()
    if not size:
        return 1.0
    shared = 2 * (ours & theirs).total() / size
    if one.tag in _ROWS and _first(one) == _first(other) and _first(one):
        shared = max(shared, 0.9)  # the row of the same thing, whatever its figures
    return shared


def _names(before: Sequence[Block], after: Sequence[Block], side: int) -> list[int]:
    """Number the blocks so that those that read alike have one number: comparing numbers is quick."""
    numbers: dict[object, int] = {}
    rows = [[numbers.setdefault(block.key, len(numbers)) for block in blocks] for blocks in (before, after)]
    return rows[side]


def _first(block: Block) -> str:
    return block.children[0].text if block.tag == "tr" and len(block.children) > 1 else ""


def _resembling(before: Sequence[Block], after: Sequence[Block], ours: range, theirs: range) -> Iterator[Pair]:
    """Find the ordered pairs that have most in common (the recurrence of Needleman and Wunsch, without a price for gaps)."""
    if len(ours) * len(theirs) > MOST:
        yield from _beside(before, after, ours, theirs)
        return
    if len(ours) == len(theirs) and all(before[i].family == after[j].family for i, j in zip(ours, theirs, strict=True)) and len(ours) == 1:
        yield ours[0], theirs[0]
        return
    like = [[_worth(before[i], after[j]) for j in theirs] for i in ours]
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in reversed(range(len(ours))):
        for j in reversed(range(len(theirs))):
            paired = like[i][j] + best[i + 1][j + 1] if like[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if like[i][j] and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            yield ours[i], theirs[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield ours[i], None
            i += 1
        else:
            yield None, theirs[j]
            j += 1
    yield from ((one, None) for one in ours[i:])
    yield from ((None, one) for one in theirs[j:])


def _worth(one: Block, other: Block) -> float:
    found = likeness(one, other)
    return found if found >= ALIKE else 0.0


def _beside(before: Sequence[Block], after: Sequence[Block], ours: range, theirs: range) -> Iterator[Pair]:
    shared = min(len(ours), len(theirs))
    for i, j in zip(ours[:shared], theirs[:shared], strict=True):
        if before[i].family == after[j].family:
            yield i, j
        else:
            yield i, None
            yield None, j
    yield from ((one, None) for one in ours[shared:])
    yield from ((None, one) for one in theirs[shared:])


def columns(before: Block, after: Block) -> list[Pair] | None:
    """
    Pair the columns of two tables: by their heads, else by what stands in them.

    Returns: None where a table has rows of several lengths, so that its columns cannot be told.
    """
    ours, theirs = _rows(before), _rows(after)
    widths = [{len(row.children) for row in rows} for rows in (ours, theirs)]
    if any(len(one) != 1 for one in widths) or any(cell.told for row in (*ours, *theirs) for cell in row.children):
        return None
    (wide,), (broad,) = widths
    old = [_column(ours, at) for at in range(wide)]
    new = [_column(theirs, at) for at in range(broad)]
    found = pairs(old, new)
    return list(zip(range(wide), range(broad), strict=True)) if wide == broad and not _moved(found) else found


def _rows(table: Block) -> list[Block]:
    return [block for block in table.walk() if block.tag == "tr"]


def _column(rows: Sequence[Block], at: int) -> Block:
    """Make a block of a column: its head counts as much as all other cells together."""
    cells = [row.children[at] for row in rows]
    made = Block("column", tokens=tuple(token for cell in cells for leaf in cell.walk() for token in leaf.tokens))
    head = Counter({f"\1{cells[0].text}": max(1, made.words.total())})
    made.__dict__["words"] = made.words + head
    return made


def _moved(found: Sequence[Pair]) -> bool:
    """Say whether a column of many words stands in another place now; where nothing says so, columns stay where they are."""
    return any(i is not None and j is not None and i != j for i, j in found)
