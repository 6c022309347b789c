"""
Opening hours: how much open time lies between two moments, and when a span of open time is over.

Hours are what a clock on the wall shows.  Where summer time begins or ends, the day is cut into pieces of one offset from UTC, and
in each piece the wall's intervals are moved to UTC: an hour that the wall skips counts nothing, one that it shows twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
NOTHING = timedelta()
LAST_YEAR = 9990  # beyond it no due moment is counted: Python's calendar ends with the year 9999
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Interval = tuple[timedelta, timedelta]  # since midnight on the wall; the end is not part of it, and may be 24 h
Span = tuple[datetime, datetime]  # UTC; the end is not part of it


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """
    Opening hours of a week in one time zone, and days without any.  Equal only to itself, so that its days are remembered cheaply.

    Raises: ValueError: If it has no open hour, an interval with start >= end or beyond the day, or two that overlap.
    """

    name: str
    zone: tzinfo
    week: tuple[tuple[Interval, ...], ...]  # Monday first; sorted
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS):
            raise ValueError("A week has seven days, the first of which is Monday.")
        if not any(self.week):
            raise ValueError(f"Calendar {self.name} has no open hour.")
        for day in self.week:
            if any(not NOTHING <= start < end <= DAY for start, end in day):
                raise ValueError(f"Calendar {self.name}: an interval starts before it ends, between 00:00 and 24:00.")
            if any(later[0] < earlier[1] for earlier, later in pairwise(day)):
                raise ValueError(f"Calendar {self.name}: intervals of one day do not overlap, and stand in order.")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Count the open time between two moments; nothing if the end is not after the start."""
        total = NOTHING
        for opens, closes in self._spans_from(start, end):
            total += min(closes, end) - max(opens, start)
        return total

    def add(self, start: datetime, span: timedelta) -> datetime:
        """
        Tell the first moment by which *span* of open time has passed since *start*: the end of an afternoon, not the next morning.

        Raises: OverflowError: If that lies centuries ahead.
        """
        if span <= NOTHING:
            return start
        for opens, closes in self._spans_from(start):
            begin = max(opens, start)
            if closes - begin >= span:
                return begin + span
            span -= closes - begin
        raise OverflowError(f"Calendar {self.name}: the span ends after the year {LAST_YEAR}.")

    def is_open(self, moment: datetime) -> bool:
        """Tell whether a moment lies in opening hours; the closing moment does not."""
        return any(opens <= moment < closes for opens, closes in open_spans(self, moment.astimezone(UTC).date()))

    def next_open(self, moment: datetime) -> datetime:
        """Tell the first open moment from *moment* on.  Raises OverflowError as `add` does."""
        for opens, _ in self._spans_from(moment):
            return max(opens, moment)
        raise OverflowError(f"Calendar {self.name} does not open before the year {LAST_YEAR}.")

    def _spans_from(self, start: datetime, end: datetime | None = None) -> Iterator[Span]:
        """Yield the open spans that touch [start, end), in order."""
        day = start.astimezone(UTC).date()
        while day.year <= LAST_YEAR and (end is None or datetime.combine(day, time(), UTC) < end):
            for span in open_spans(self, day):
                if span[1] > start and (end is None or span[0] < end):
                    yield span
            day += DAY


ALWAYS = Calendar("24x7", UTC, (((NOTHING, DAY),),) * 7)


@lru_cache(maxsize=20_000)
def open_spans(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """List the open spans of one UTC day, in order; they never overlap."""
    spans: list[Span] = []
    for begin, end, offset in offset_pieces(calendar.zone, day):
        wall_begin, wall_end = begin + offset, end + offset  # what the wall shows, written as if it were UTC
        wall_day = wall_begin.date()
        while (midnight := datetime.combine(wall_day, time(), UTC)) < wall_end:
            for opens, closes in () if wall_day in calendar.holidays else calendar.week[wall_day.weekday()]:
                first, last = max(midnight + opens, wall_begin), min(midnight + closes, wall_end)
                if first < last:
                    spans.append((first - offset, last - offset))
            wall_day += DAY
    return tuple(spans)


def offset_pieces(zone: tzinfo, day: date) -> list[tuple[datetime, datetime, timedelta]]:
    """
    Cut one UTC day where the zone's offset changes: (begin, end, offset), in order.

    A zone that changes its offset and takes it back within one UTC day would be missed; none has done so.
    """
    begin = datetime.combine(day, time(), UTC)
    end, pieces = begin + DAY, []
    while (offset := _offset(zone, begin)) != _offset(zone, end):
        change = _change(zone, begin, end)
        if change == end:
            break
        pieces.append((begin, change, offset))
        begin = change
    return [*pieces, (begin, end, offset)]


def load_zone(name: str) -> ZoneInfo:
    """Find a time zone by its IANA name.  Raises: ValueError: If there is none, or the name is no name."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"There is no time zone {name}.") from error


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NOTHING


def _change(zone: tzinfo, begin: datetime, end: datetime) -> datetime:
    """Find the second at which the offset of *begin* is no longer that of the zone; it differs at *end*."""
    old, low, high = _offset(zone, begin), 0, int((end - begin).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, begin + timedelta(seconds=middle)) == old else (low, middle)
    return begin + timedelta(seconds=high)
