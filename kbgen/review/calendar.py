"""
Spreads reviews over weeks, so that nobody has a mountain in one of them.

For each owner, every review has a window of weeks.  One that is not due yet may be done early, by up to a quarter of its period, and never
late; one that is overdue is done within two, four or eight weeks, by risk.  The most reviews that an owner has in one week is the smallest
number with which all windows are kept.  With that number, what is overdue comes as early as it can, by risk and then by age, and the
rest as late as it can, because a review that is done early is sooner due again.  Nothing is drawn by lot: the same reviews on the same
day give the same calendar.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kbgen.model import Risk

WEEKS = 52  # the calendar's length
WITHIN: Final[Mapping[Risk, int]] = {"high": 2, "normal": 4, "low": 8}  # weeks for what is overdue


@dataclass(frozen=True, slots=True)
class Task:
    """A review to place.  Weeks are counted from this one, 0."""

    key: str  # orders what is otherwise alike
    due: int  # week; below 0: overdue
    early: int  # how many weeks before it may be done
    risk: Risk

    @property
    def window(self) -> tuple[int, int]:
        """The first and the last week in which it may be done."""
        return (0, WITHIN[self.risk] - 1) if self.due < 0 else (max(0, self.due - self.early), self.due)


def spread(tasks: Iterable[Task]) -> dict[str, int]:
    """
    Place the reviews of one owner.

    Returns: Key -> week, for those whose due week lies within the calendar.
    """
    near = sorted((task for task in tasks if task.due < WEEKS), key=lambda task: task.key)
    least = bisect_left(range(1, len(near) + 1), x=True, key=lambda most: _placed(near, most) is not None) + 1
    return _placed(near, least) or {}


def _placed(tasks: Sequence[Task], most: int) -> dict[str, int] | None:
    """
    Place all with at most so many a week; None where a window cannot be kept.

    From the last week back, the tasks that may least be done earlier are taken: if that fails, everything does.
    """
    left = sorted(tasks, key=lambda one: one.window[1])
    ready: list[Task] = []
    placed: dict[str, int] = {}
    for week in range(WEEKS - 1, -1, -1):
        while left and left[-1].window[1] >= week:
            ready.append(left.pop())
        ready.sort(key=lambda one: (one.window[0], one.due, one.key))
        placed |= {one.key: week for one in ready[-most:]}
        ready = ready[:-most]
        if ready and ready[-1].window[0] >= week:
            return None
    return placed | _hurried([one for one in tasks if one.due < 0], placed, most)


def _hurried(late: Sequence[Task], placed: Mapping[str, int], most: int) -> dict[str, int]:
    """Give what is overdue the earliest weeks that the rest leaves, the highest risk and the oldest first."""
    keys = {one.key for one in late}
    taken = Counter(week for key, week in placed.items() if key not in keys)
    free = (week for week in range(WEEKS) for _ in range(most - taken[week]))
    risks = list(WITHIN)
    return {one.key: week for one, week in zip(sorted(late, key=lambda one: (risks.index(one.risk), one.due, one.key)), free, strict=False)}
