"""Open time: the examples that were agreed, and what must hold on every day on which some zone changes its offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import DAYS, HOUR, MINUTE, OFFICE, OFFICE_WEEK, calendar

from feedback_service.calendars import ALWAYS, WEEKDAYS, Calendar, load_zone, open_spans

TUESDAY = date(2026, 3, 3)
MADRID_SHOP = calendar("Europe/Madrid", dict.fromkeys(WEEKDAYS[:5], "09-14 16-19"))
MADRID_NIGHTS = calendar("Europe/Madrid", dict.fromkeys(WEEKDAYS, "00-06 22-24"))
MADRID_ALWAYS = calendar("Europe/Madrid", dict.fromkeys(WEEKDAYS, "00-24"))
TEHRAN = calendar("Asia/Tehran", dict.fromkeys(("sat", "sun", "mon", "tue", "wed"), "08-16"))
EXAMPLES = {
    "Friday evening goes on on Monday": (OFFICE, "2026-03-06 16:30", 1, "2026-03-09 09:30"),
    "before the doors open": (OFFICE, "2026-03-04 07:00", 2, "2026-03-04 11:00"),
    "over one night": (OFFICE, "2026-03-02 16:00", 4, "2026-03-03 12:00"),
    "over a holiday": (calendar("UTC", OFFICE_WEEK, TUESDAY), "2026-03-02 16:00", 4, "2026-03-04 12:00"),
    "the evening, not the next morning": (OFFICE, "2026-03-02 16:00", 1, "2026-03-02 17:00"),
    "with a siesta": (MADRID_SHOP, "2026-03-06 13:30", 4, "2026-03-09 09:30"),
    "always open, summer time begins": (MADRID_ALWAYS, "2026-03-29 01:30", 2, "2026-03-29 04:30"),
    "nights, summer time begins": (MADRID_NIGHTS, "2026-03-28 23:00", 8, "2026-03-30 00:00"),
    "nights, summer time ends": (MADRID_NIGHTS, "2026-10-24 23:00", 8, "2026-10-25 06:00"),
    "another weekend": (TEHRAN, "2026-03-04 15:00", 2, "2026-03-07 09:00"),
}


def local(text: str, hours: Calendar) -> datetime:
    """Read what the wall of a calendar's zone shows."""
    return datetime.fromisoformat(text).replace(tzinfo=hours.zone).astimezone(UTC)


@cache
def changes() -> list[tuple[str, datetime]]:
    """List (zone, moment within a week before a change of its offset) of all zones from 2024 to 2030."""
    found = []
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        moment, before = datetime(2024, 1, 1, tzinfo=UTC), None
        while moment.year < 2031:
            offset = moment.astimezone(zone).utcoffset()
            if before not in {None, offset}:
                found.append((name, moment - 7 * DAYS))
            moment, before = moment + 7 * DAYS, offset
    return found


def day_of_change(name: str, week: datetime) -> datetime:
    """Find the UTC day on which the offset changes."""
    zone = ZoneInfo(name)
    while (week + DAYS).astimezone(zone).utcoffset() == week.astimezone(zone).utcoffset():
        week += DAYS
    return week


def is_open_by_the_wall(hours: Calendar, moment: datetime) -> bool:
    """Decide as a passer-by would: look at the wall clock, then at the sign on the door."""
    wall = moment.astimezone(hours.zone)
    since_midnight = timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)
    return wall.date() not in hours.holidays and any(start <= since_midnight < end for start, end in hours.week[wall.weekday()])


@st.composite
def weeks(draw) -> tuple:
    """Make a week of up to two intervals a day, in quarters of an hour, with at least one."""
    days = []
    for _ in range(7):
        marks = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=4)))
        days.append(tuple((marks[n] * 15 * MINUTE, marks[n + 1] * 15 * MINUTE) for n in range(0, len(marks) - 1, 2)))
    if not any(days):
        days[draw(st.integers(0, 6))] = ((9 * HOUR, 10 * HOUR),)
    return tuple(days)


@st.composite
def calendars_and_moments(draw) -> tuple[Calendar, datetime]:
    """Take a zone in the week of a change, and a calendar for it."""
    name, week = draw(st.sampled_from(changes()))
    return Calendar("drawn", ZoneInfo(name), draw(weeks())), week + draw(st.integers(0, 10 * 24 * 60)) * MINUTE


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_agreed_examples(example):
    """The examples that were agreed hold to the minute."""
    hours, start, open_hours, due = EXAMPLES[example]

    assert hours.add(local(start, hours), open_hours * HOUR) == local(due, hours)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_count_back(example):
    """Between the start and the due moment lies exactly the span."""
    hours, start, open_hours, due = EXAMPLES[example]

    assert hours.between(local(start, hours), local(due, hours)) == open_hours * HOUR


@given(calendars_and_moments(), st.integers(1, 60 * 60))
@settings(max_examples=60)
def test_what_is_added_is_what_lies_between(drawn, minutes):
    """On every day of change of every zone: the span lies between start and due, and it was not reached before."""
    hours, start = drawn
    due = hours.add(start, minutes * MINUTE)

    assert hours.between(start, due) == minutes * MINUTE
    assert hours.between(start, due - MINUTE) < minutes * MINUTE


@given(calendars_and_moments(), st.integers(0, 4000), st.integers(0, 4000))
@settings(max_examples=40)
def test_open_time_adds_up(drawn, first, second):
    """Two stretches one after the other hold as much open time as both in one, and no more than real time."""
    hours, start = drawn
    middle, end = start + first * MINUTE, start + (first + second) * MINUTE

    assert hours.between(start, middle) + hours.between(middle, end) == hours.between(start, end)
    assert timedelta() <= hours.between(start, end) <= end - start


@given(calendars_and_moments())
@settings(max_examples=25)
def test_the_wall_decides(drawn):
    """Open time is the time during which the wall clock shows an open hour, on days that skip one or show one twice too."""
    hours, start = drawn
    quarters = [start + number * 15 * MINUTE for number in range(3 * 96)]
    start_of_quarter = start.minute % 15 == 0

    assert [hours.is_open(each) for each in quarters] == [is_open_by_the_wall(hours, each) for each in quarters]
    if start_of_quarter and start.astimezone(hours.zone).utcoffset().seconds % 900 == 0:
        assert hours.between(quarters[0], quarters[-1]) == sum(map(hours.is_open, quarters[:-1])) * 15 * MINUTE


def test_every_change_of_every_zone():
    """No zone's change from 2024 to 2030 makes spans that overlap, leave the day, or lose or win open time of an open day."""
    week = (((timedelta(), 2 * HOUR + 30 * MINUTE), (2 * HOUR + 30 * MINUTE, 24 * HOUR)),) * 7
    for name, near in dict.fromkeys((name, week) for name, week in changes()):
        hours, day = Calendar(name, ZoneInfo(name), week), day_of_change(name, near)
        spans = open_spans(hours, day.date())

        assert spans[0][0] == day, name
        assert spans[-1][1] == day + DAYS, name
        assert all(earlier[1] == later[0] for earlier, later in pairwise(spans)), name


def test_half_hours_and_midnights():
    """Lord Howe moves by half an hour, Havana and Beirut at midnight: a day's open hours are those that the wall shows."""
    howe, havana = (calendar(zone, dict.fromkeys(WEEKDAYS, "00-04")) for zone in ("Australia/Lord_Howe", "America/Havana"))

    assert howe.between(local("2026-04-05 00:00", howe), local("2026-04-05 12:00", howe)) == 4 * HOUR + 30 * MINUTE
    assert havana.between(local("2026-03-07 12:00", havana), local("2026-03-08 12:00", havana)) == 3 * HOUR
    assert havana.between(local("2026-10-31 12:00", havana), local("2026-11-01 12:00", havana)) == 5 * HOUR


def test_a_closed_moment_opens_next():
    """The closing moment is closed; the next open one is found over a week-end."""
    friday = datetime(2026, 3, 6, 17, tzinfo=UTC)

    assert not OFFICE.is_open(friday)
    assert OFFICE.next_open(friday) == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert OFFICE.next_open(friday - HOUR) == friday - HOUR


def test_leap_days_and_weeks_of_holidays():
    """29 February is a day like others, and a week of holidays is passed over whole."""
    holidays = [date(2028, 2, 28) + number * DAYS for number in range(7)]

    assert OFFICE.add(datetime(2028, 2, 28, 16, tzinfo=UTC), 9 * HOUR) == datetime(2028, 2, 29, 17, tzinfo=UTC)
    assert calendar("UTC", OFFICE_WEEK, *holidays).add(datetime(2028, 2, 25, 16, tzinfo=UTC), 2 * HOUR) == datetime(
        2028, 3, 6, 10, tzinfo=UTC
    )


def test_nothing_lies_behind():
    """No open time lies between a moment and an earlier one, and no span is over at once."""
    start = datetime(2026, 3, 7, tzinfo=UTC)

    assert OFFICE.between(start, start - DAYS) == timedelta()
    assert OFFICE.add(start, timedelta()) == start
    assert ALWAYS.add(start, 36 * HOUR) == start + 36 * HOUR


@pytest.mark.parametrize(
    "week", [(), ((),) * 7, (((HOUR, HOUR),),) * 7, (((HOUR, 25 * HOUR),),) * 7, (((HOUR, 3 * HOUR), (2 * HOUR, 4 * HOUR)),) * 7]
)
def test_a_week_that_is_none(week):
    """No open hour, an empty interval, one past midnight, and overlapping ones are refused."""
    with pytest.raises(ValueError, match=r"week|open hour|interval"):
        Calendar("bad", UTC, week)


@pytest.mark.parametrize("name", ["", "Europe/Nowhere", "../etc/passwd", "/etc/passwd", "\0", "Europe"])
def test_a_zone_that_is_none(name):
    """What is no name of a zone is refused in words, and no file outside is opened."""
    with pytest.raises(ValueError, match="There is no time zone"):
        load_zone(name)


def test_the_end_of_time():
    """A span that ends after all calendars is an error, not an endless search."""
    with pytest.raises(OverflowError):
        OFFICE.add(datetime(9990, 12, 1, tzinfo=UTC), 10_000 * HOUR)
