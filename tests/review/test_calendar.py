"""Reviews spread over weeks: no mountain, nothing late, nothing drawn by lot."""

from __future__ import annotations

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from kbgen.review.calendar import WEEKS, Task, spread

RISKS = st.sampled_from(["high", "normal", "low"])
FEW = st.lists(st.tuples(st.integers(-9, 5), st.integers(0, 3), st.sampled_from(["high", "normal"])), max_size=6)
MANY = st.lists(st.tuples(st.integers(-60, WEEKS + 9), st.integers(0, 26), RISKS), max_size=80)


def tasks(rows: list[tuple[int, int, str]]) -> list[Task]:
    """Make tasks of due week, weeks early and risk."""
    return [Task(f"{at:03}", due, early, risk) for at, (due, early, risk) in enumerate(rows)]  # type: ignore[arg-type]


@given(MANY)
def test_every_window_is_kept(rows: list[tuple[int, int, str]]) -> None:
    """Whatever is due within the year is placed once, not later than due and not earlier than it may be."""
    mine = tasks(rows)
    placed = spread(mine)

    assert set(placed) == {one.key for one in mine if one.due < WEEKS}
    assert all(one.window[0] <= placed[one.key] <= one.window[1] for one in mine if one.key in placed)
    assert spread(reversed(mine)) == placed


@given(FEW)
def test_no_calendar_has_a_lower_mountain(rows: list[tuple[int, int, str]]) -> None:
    """Of all calendars that keep the windows, none has fewer reviews in its fullest week."""
    mine = tasks(rows)
    windows = [range(first, last + 1) for first, last in (one.window for one in mine)]
    best = min((max(Counter(weeks).values(), default=0) for weeks in product(*windows)), default=0)

    assert max(Counter(spread(mine).values()).values(), default=0) == best


def test_what_is_overdue_comes_first_and_the_rest_as_late_as_it_can() -> None:
    """A backlog is spread over the weeks that its risk leaves; a review that fits into its own week stays there."""
    backlog = [Task(f"late-{at}", -10 + at, 0, "normal") for at in range(8)]
    placed = spread([*backlog, Task("high", -1, 0, "high"), Task("a", 20, 6, "normal"), Task("b", 20, 6, "normal")])

    assert placed["high"] == 0
    assert Counter(placed[one.key] for one in backlog) == {0: 2, 1: 3, 2: 3}
    assert [placed[one.key] for one in backlog] == sorted(placed[one.key] for one in backlog)
    assert (placed["a"], placed["b"]) == (20, 20)
