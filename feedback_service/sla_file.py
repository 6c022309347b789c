"""
Reads the SLA file: calendars, policies, and how long cases wait.  Reviewed TOML; every mistake is told, with its place, in one go.

    [cases]                                    # days; what is left out has the default that domain/tick.py names
    resolve_pending_after = "7d"

    [calendars.office]
    zone = "Europe/Madrid"
    week = {mon = ["09:00-14:00", "16:00-19:00"], tue = ["09:00-14:00"]}
    holidays = [2026-12-25]

    [[policies]]
    name = "billing"
    calendar = "office"                        # or "24x7"
    match = {team = ["billing"]}               # the last policy has no match: it is the default
    pause_on = ["pending", "on_hold"]
    targets.urgent = {first_response = "1h", resolution = "8h"}
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from feedback_service.calendars import ALWAYS, DAY, WEEKDAYS, Calendar, Interval, load_zone
from feedback_service.domain.nouns import CASE_TYPES, CHANNELS, PRIORITIES, Priority
from feedback_service.domain.tick import Life
from feedback_service.sla import CLOCK_KINDS, MATCHED, PAUSING, ClockKind, Policy, Sla
from feedback_service.toml_files import FlawedFileError, TomlReader, one_of

LONGEST_TARGET = timedelta(days=366)
LONGEST_WAIT_DAYS = 3650

_TARGET = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?")
_WAIT = re.compile(r"(\d{1,4})d")
_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_KNOWN_VALUES: dict[str, tuple[str, ...]] = {"priority": PRIORITIES, "type": CASE_TYPES, "channel": CHANNELS}


class SlaFileError(FlawedFileError):
    """The file is refused; `flaws` holds every reason, in the order of its lines."""


def load_sla(text: str, path: str = "sla.toml", revision: str = "") -> Sla:
    """
    Read an SLA file.

    Args:
        text: The file.
        path: How errors call it.
        revision: What clocks remember; without one, a digest of the text.
    Raises: SlaFileError: With every mistake of the file, each with line and column.
    """
    reader = _Reader(text, path, ("cases", "calendars", "policies"))
    sla = Sla(revision or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16], reader.policies(), reader.life())
    if reader.flaws:
        raise SlaFileError(path, reader.flaws)
    return sla


class _Reader(TomlReader):
    """Walks the tables of one SLA file."""

    error = SlaFileError

    def life(self) -> Life:
        table, given = self.table(("cases",), self.data.get("cases", {})), {}
        names = [field.name for field in fields(Life)]
        self.only(("cases",), table, names)
        for name in set(names) & set(table):
            match = _WAIT.fullmatch(table[name]) if isinstance(table[name], str) else None
            if match is None or not 0 < int(match[1]) <= LONGEST_WAIT_DAYS:
                self.flaw(("cases", name), "is no number of days", 'Write days, such as "7d"', table[name])
            else:
                given[name] = timedelta(days=int(match[1]))
        life = Life(**given)
        if life.warn_pending_after >= life.resolve_pending_after:
            self.flaw(("cases", "warn_pending_after"), "the warning comes no earlier than the end", "Warn before resolve_pending_after")
        return life

    def policies(self) -> tuple[Policy, ...]:
        calendars = {"24x7": ALWAYS, **self.calendars()}
        found = [self.policy(number, table, calendars) for number, table in enumerate(self.tables("policies"))]
        for number, policy in enumerate(found):
            if policy and any(other and other.name == policy.name for other in found[:number]):
                self.flaw(
                    ("policies", number, "name"), f"{policy.name} stands here twice", "Give each policy a name of its own", policy.name
                )
            if policy and not policy.match and number < len(found) - 1:
                self.flaw(("policies", number), "the policies below it are never reached", "Give it a match, or move it to the end")
        if found and found[-1] and found[-1].match:
            self.flaw(("policies", len(found) - 1), "there is no default policy", "Add a last policy without match")
        return tuple(filter(None, found))

    def calendars(self) -> dict[str, Calendar]:
        found = {}
        for name, value in self.table(("calendars",), self.data.get("calendars", {})).items():
            key, before = ("calendars", name), len(self.flaws)
            table = self.table(key, value)
            self.only(key, table, ("zone", "week", "holidays"))
            zone = self._zone((*key, "zone"), table.get("zone"))
            week, holidays = self._week((*key, "week"), table.get("week")), self._holidays((*key, "holidays"), table.get("holidays", []))
            if name == "24x7":
                self.flaw(key, "24x7 is the calendar that never closes", "Choose another name")
            elif len(self.flaws) == before and zone is not None:
                found[name] = Calendar(name, zone, week, holidays)
            else:
                found[name] = ALWAYS  # its own flaws are told; the policies that name it are not wrong
        return found

    def policy(self, number: int, value: Any, calendars: dict[str, Calendar]) -> Policy | None:
        key = ("policies", number)
        table, before = self.table(key, value), len(self.flaws)
        self.only(key, table, ("name", "calendar", "match", "pause_on", "targets"))
        name, calendar = table.get("name"), table.get("calendar", "24x7")
        if not isinstance(name, str) or not name.strip():
            self.flaw((*key, "name"), "a policy has no name", 'Write name = "…"')
        if not isinstance(calendar, str) or calendar not in calendars:
            self.flaw((*key, "calendar"), f"there is no calendar {calendar}", one_of(calendars, calendar), calendar)
        match = {fact: self._values((*key, "match", fact), wanted) for fact, wanted in self._match((*key, "match"), table).items()}
        pauses = self.choices((*key, "pause_on"), table.get("pause_on", ["pending"]), PAUSING)
        targets = self._targets((*key, "targets"), table.get("targets", {}))
        if len(self.flaws) > before:
            return None
        return Policy(str(name), calendars[calendar], targets, match, frozenset(each for each in PAUSING if each in pauses))

    def _match(self, key: tuple[str | int, ...], table: dict[str, Any]) -> dict[str, Any]:
        if "match" not in table:
            return {}
        match = self.table(key, table["match"])
        self.only(key, match, MATCHED)
        if not match:
            self.flaw(key, "matches everything", "Leave it out in the default policy, or name a fact")
        return {fact: match[fact] for fact in MATCHED if fact in match}

    def _values(self, key: tuple[str | int, ...], wanted: Any) -> frozenset[str]:
        known = _KNOWN_VALUES.get(str(key[-1]))
        if known:
            return self.choices(key, wanted, known)
        return self.words(key, wanted)

    def _targets(self, key: tuple[str | int, ...], value: Any) -> dict[Priority, dict[ClockKind, timedelta]]:
        table, found = self.table(key, value), dict[Priority, dict[ClockKind, timedelta]]()
        self.only(key, table, PRIORITIES)
        for priority in PRIORITIES:
            if priority in table:
                row = self.table((*key, priority), table[priority])
                self.only((*key, priority), row, CLOCK_KINDS)
                found[priority] = {kind: self._target((*key, priority, kind), row[kind]) for kind in CLOCK_KINDS if kind in row}
        return found

    def _target(self, key: tuple[str | int, ...], value: Any) -> timedelta:
        match = _TARGET.fullmatch(value) if isinstance(value, str) else None
        span = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
        if not timedelta() < span <= LONGEST_TARGET:
            self.flaw(key, "is no span of open time", 'Write hours and minutes, such as "1h30m", at most a year', value)
        return span

    def _zone(self, key: tuple[str | int, ...], value: Any) -> Any:
        try:
            return load_zone(value if isinstance(value, str) else "")
        except ValueError:
            message = "a calendar has no time zone" if value is None else f"there is no time zone {value}"
            self.flaw(key, message, 'Write a name of the IANA list, such as "Europe/Madrid"', value)
            return None

    def _week(self, key: tuple[str | int, ...], value: Any) -> tuple[tuple[Interval, ...], ...]:
        table = self.table(key, value if value is not None else {})
        self.only(key, table, WEEKDAYS)
        before = len(self.flaws)
        week = tuple(self._day((*key, day), table.get(day, [])) for day in WEEKDAYS)
        if len(self.flaws) == before and not any(week):
            self.flaw(key, "the calendar has no open hour", 'Write at least one day, such as mon = ["09:00-17:00"]')
        return week

    def _day(self, key: tuple[str | int, ...], value: Any) -> tuple[Interval, ...]:
        if not isinstance(value, list):
            self.flaw(key, "is no list of intervals", 'Write ["09:00-17:00"]', value)
            return ()
        found = list[Interval]()
        for each in value:
            match = _INTERVAL.fullmatch(each) if isinstance(each, str) else None
            if match is None:
                self.flaw(key, f"{each} is no interval", 'Write "09:00-17:00", each with two digits, at most 24:00', each)
                continue
            start = timedelta(hours=int(match[1]), minutes=int(match[2]))
            end = timedelta(hours=int(match[3]), minutes=int(match[4])) if match[3] else DAY
            if start >= end:
                self.flaw(
                    key, f"{each} ends before it starts", 'A night is two intervals: "22:00-24:00", and "00:00-06:00" the next day', each
                )
            elif clash := next((other for other in found if start < other[1] and other[0] < end), None):
                self.flaw(key, f"{each} overlaps {_clock(clash[0])}-{_clock(clash[1])}", "Write one interval instead of both", each)
            else:
                found.append((start, end))
        return tuple(sorted(found))

    def _holidays(self, key: tuple[str | int, ...], value: Any) -> frozenset[date]:
        days = value if isinstance(value, list) else [value]
        for each in days:
            if not isinstance(each, date) or isinstance(each, datetime):
                self.flaw(key, f"{each} is no day", "Write days without quotes, such as [2026-12-25]", each)
        return frozenset(each for each in days if isinstance(each, date))


def _clock(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours:02}:{minutes:02}"
