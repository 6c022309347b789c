"""The reviewed file of calendars and policies: what it may say, and how every mistake is told with its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import HOUR, Story

from feedback_service.calendars import ALWAYS
from feedback_service.clocks import clocks_of
from feedback_service.domain.tick import Life
from feedback_service.sla import book
from feedback_service.sla_file import SlaFileError, load_sla
from feedback_service.toml_places import Places

GOOD = """\
[cases]
resolve_pending_after = "10d"

[calendars.shop]
zone = "Europe/Madrid"
holidays = [2026-12-25, 2026-01-01]
[calendars.shop.week]
mon = ["16:00-19:00", "09:00-14:00"]
tue = ["09:00-14:00"]
fri = ["22:00-24:00"]

[[policies]]
name = "billing"
calendar = "shop"
match = {team = ["billing", "legal"], priority = ["high", "urgent"]}
pause_on = ["pending", "on_hold"]
targets.urgent = {first_response = "1h", resolution = "8h"}
[policies.targets.high]
first_response = "1h30m"

[[policies]]
name = "all"
[policies.targets]
normal = {first_response = "90m"}
"""
WEEK = '[calendars.a]\nzone = "UTC"\nweek.mon = {}\n'
POLICY = '[[policies]]\nname = "p"\n'


def flaws(text: str) -> list[tuple[int, int, str, str]]:
    """List (line, column, key, message) of all mistakes."""
    with pytest.raises(SlaFileError) as caught:
        load_sla(text)
    return [(flaw.line, flaw.column, flaw.key, flaw.message) for flaw in caught.value.flaws]


def test_a_whole_file():
    """Calendars, policies in order, and how long cases wait; intervals are sorted, what is left out has its default."""
    sla = load_sla(GOOD)
    billing, rest = sla.policies

    assert sla.life == Life(resolve_pending_after=timedelta(days=10))
    assert billing.calendar.week[0] == ((9 * HOUR, 14 * HOUR), (16 * HOUR, 19 * HOUR))
    assert billing.calendar.week[4] == ((22 * HOUR, 24 * HOUR),)
    assert billing.calendar.holidays == {date(2026, 12, 25), date(2026, 1, 1)}
    assert billing.target("first_response", "high") == 1.5 * HOUR
    assert billing.target("resolution", "high") is None
    assert billing.pause_on == {"pending", "on_hold"}
    assert (rest.calendar, rest.match, rest.pause_on) == (ALWAYS, {}, {"pending"})


@pytest.mark.parametrize(
    ("facts", "policy"),
    [
        ({"team": "billing", "priority": "high"}, "billing"),
        ({"team": "legal", "priority": "urgent"}, "billing"),
        ({"team": "billing", "priority": "low"}, "all"),
        ({"team": None, "priority": "high"}, "all"),
        ({}, "all"),
    ],
)
def test_the_first_policy_that_fits(facts, policy):
    """Every fact that a policy names must have one of its values; the default takes the rest."""
    assert load_sla(GOOD).policy_for(facts).name == policy


def test_tags_fit_when_one_of_them_does():
    """A case has many tags."""
    sla = load_sla('[[policies]]\nname = "vip"\nmatch.tags = ["vip", "press"]\n' + POLICY)

    assert sla.policy_for({"tags": ("late", "press")}).name == "vip"
    assert sla.policy_for({"tags": ()}).name == "p"


def test_an_empty_file_promises_nothing():
    """No clock runs, and cases still wait and close."""
    sla = load_sla("")

    assert (sla.policies, sla.life) == ((), Life())
    assert clocks_of(Story().events, book(sla), datetime(2027, 1, 1, tzinfo=UTC)) == ()


def test_the_revision_is_the_text_unless_given():
    """The same text has the same revision, another one another."""
    assert load_sla(GOOD).revision == load_sla(GOOD).revision != load_sla(GOOD + "\n").revision
    assert load_sla(GOOD, revision="abc").revision == "abc"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ('[calendars.a]\nzone = "UTC"\n', (1, 1, "calendars.a.week", "the calendar has no open hour")),
        (WEEK.format("[]"), (3, 1, "calendars.a.week", "the calendar has no open hour")),
        (WEEK.format('["09:00-12:00", "11:59-13:00"]'), (3, 29, "calendars.a.week.mon", "11:59-13:00 overlaps 09:00-12:00")),
        (WEEK.format('["09:00-09:00"]'), (3, 14, "calendars.a.week.mon", "09:00-09:00 ends before it starts")),
        (WEEK.format('["22:00-06:00"]'), (3, 14, "calendars.a.week.mon", "22:00-06:00 ends before it starts")),
        (WEEK.format('["9-17"]'), (3, 14, "calendars.a.week.mon", "9-17 is no interval")),
        (WEEK.format('["09:00-25:00"]'), (3, 14, "calendars.a.week.mon", "09:00-25:00 is no interval")),
        (WEEK.format('["09:00-24:01"]'), (3, 14, "calendars.a.week.mon", "09:00-24:01 is no interval")),
        (WEEK.format('"09:00-17:00"'), (3, 13, "calendars.a.week.mon", "is no list of intervals")),
        (WEEK.format('["09:00-17:00"]') + "week.monday = []\n", (4, 6, "calendars.a.week.monday", "there is no key monday")),
        (WEEK.format('["09:00-17:00"]').replace("UTC", "Europe/Madrit"), (2, 9, "calendars.a.zone", "there is no time zone Europe/Madrit")),
        ('[calendars.a]\nweek.mon = ["09:00-17:00"]\n', (1, 1, "calendars.a.zone", "a calendar has no time zone")),
        (WEEK.format('["09:00-17:00"]') + 'holidays = ["2026-12-25"]\n', (4, 14, "calendars.a.holidays", "2026-12-25 is no day")),
        (WEEK.format('["09:00-17:00"]').replace("calendars.a", 'calendars."24x7"'), (1, 13, "calendars.24x7", "24x7 is the calendar that never closes")),
        (POLICY + 'calendar = "shop"\n', (3, 13, "policies.0.calendar", "there is no calendar shop")),
        (POLICY + "calendr = 1\n", (3, 1, "policies.0.calendr", "there is no key calendr")),
        ("[[policies]]\n", (1, 1, "policies.0.name", "a policy has no name")),
        (POLICY + 'match.team = ["a"]\n', (1, 1, "policies.0", "there is no default policy")),
        (POLICY + POLICY.replace('"p"', '"q"'), (1, 1, "policies.0", "the policies below it are never reached")),
        (POLICY + 'match.team = ["a"]\n' + POLICY, (5, 9, "policies.1.name", "p stands here twice")),
        (POLICY + "match = {}\n", (3, 1, "policies.0.match", "matches everything")),
        (POLICY + 'match.team = "a"\n' + POLICY, (3, 15, "policies.0.match.team", "is no list of words")),
        (POLICY + 'match.priority = ["asap"]\n' + POLICY, (3, 20, "policies.0.match.priority", "asap is not known")),
        (POLICY + 'pause_on = ["open"]\n', (3, 14, "policies.0.pause_on", "open is not known")),
        (POLICY + "targets.asap = {}\n", (3, 9, "policies.0.targets.asap", "there is no key asap")),
        (POLICY + 'targets.low.reply = "1h"\n', (3, 13, "policies.0.targets.low.reply", "there is no key reply")),
        (POLICY + 'targets.low = {resolution = "1 day"}\n', (3, 30, "policies.0.targets.low.resolution", "is no span of open time")),
        (POLICY + 'targets.low = {resolution = "0h"}\n', (3, 30, "policies.0.targets.low.resolution", "is no span of open time")),
        (POLICY + "targets.low = {resolution = 8}\n", (3, 29, "policies.0.targets.low.resolution", "is no span of open time")),
        (POLICY + 'targets.low = {resolution = "9999h"}\n', (3, 30, "policies.0.targets.low.resolution", "is no span of open time")),
        ("policies = 1\n", (1, 1, "policies", "is no list of tables")),
        ("policies = [1]\n", (1, 1, "policies.0", "is no table")),
        ("calendars = 1\n", (1, 1, "calendars", "is no table")),
        ("[slas]\n", (1, 2, "slas", "there is no key slas")),
        ('[cases]\nclose_resolved_after = "soon"\n', (2, 25, "cases.close_resolved_after", "is no number of days")),
        ('[cases]\nwarn_pending_after = "7d"\n', (2, 1, "cases.warn_pending_after", "the warning comes no earlier than the end")),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(text, flaw):
    """Line and column of the value, or of the key or table where there is none."""
    assert flaw in flaws(text)


def test_all_mistakes_in_one_go():
    """One run tells everything, in the order of the lines."""
    text = '[cases]\nx = 1\n[calendars.a]\nzone = "UTC"\nweek.mon = ["1"]\n[[policies]]\ncalendar = "b"\n'

    assert [line for line, *_ in flaws(text)] == [2, 5, 6, 7]


def test_an_error_reads_as_compilers_write():
    """Place, what is wrong, the line, and what to type instead."""
    with pytest.raises(SlaFileError) as caught:
        load_sla(POLICY + 'calendar = "office"\n[calendars.offices]\nzone = "UTC"\nweek.mon = ["09:00-17:00"]\n', "policies/sla.toml")

    assert str(caught.value) == (
        'policies/sla.toml:3:13: error: policies.0.calendar: there is no calendar office\n    calendar = "office"\n  Did you mean offices?'
    )


@pytest.mark.parametrize(
    "text", ["[", "a = ", "a = 1\na = 2", "x = " + "[" * 5000, "x = 2026-02-30", "\ud800", "x = " + "9" * 5000, "#" * 300_000]
)
def test_what_is_no_toml(text):
    """A broken, too deep or too long file is one error with a place, and no trace."""
    assert len(flaws(text)) == 1


@given(st.text(alphabet='[]{}"=.,-:09amon \n', max_size=120))
@settings(max_examples=60)
def test_any_text_is_read_or_refused(text):
    """Whatever a file holds, it is a promise or a list of mistakes that lie inside the file."""
    try:
        load_sla(text)
    except SlaFileError as error:
        for flaw in error.flaws:
            assert 1 <= flaw.line <= text.count("\n") + 2
            assert flaw.column >= 1


def test_places_of_arrays_of_tables():
    """Each [[table]] counts on, and its tables below belong to the last one."""
    places = Places("[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\nx = 3\n[a.b]\n'y' = 4\n")

    assert [places.of(("a", number, *rest))[0] for number in (0, 1) for rest in (("x",), ("b", "y"))] == [2, 4, 6, 8]
