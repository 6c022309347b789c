"""Moments, periods and lengths of time, as writers type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from kbgen.marked import Findings, Loc, Marked, ascii_form
from kbgen.marked.typed import name_of

MONTHS_IN_YEAR = 12
PERIOD = re.compile(r"([1-9][0-9]{0,2})\s*(mo|months?|y|years?)", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?\s?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt ].*)?", re.ASCII)
_LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d\d)", re.ASCII)
_EXAMPLE = "2026-03-12T08:00:00+01:00"


def check_moment(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Turn a time with a zone into UTC."""
    text = marked.texts.get(loc, value)
    if not isinstance(text, str):
        return value
    plain = ascii_form(text).strip()
    match = _MOMENT.fullmatch(plain)
    nowhere = _no_such_day(plain)
    if nowhere:
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)}: {nowhere}", f"Write  {_EXAMPLE}")
        return ""
    if not match:
        fault = (
            "is a date without a time and a zone"
            if re.fullmatch(r"\d{4}-\d\d-\d\d", plain)
            else "has no zone"
            if _DATE.fullmatch(plain)
            else "is not a date and time"
        )
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)} {fault}", f"Write  {_moment_from(plain)}")
        return ""
    if plain != text.strip():
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)} has to be written in ASCII digits and signs", f"Write  {plain}")
        return ""
    day, clock, seconds, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else f"{zone[:3]}:{zone[-2:]}"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{(seconds or ':00')[:3]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)} is a day or an hour that does not exist", f"Write  {_EXAMPLE}")
        return ""
    return moment.isoformat()


def _no_such_day(text: str) -> str:
    """Say what of a date does not exist, "there is no month 13"; "" when it does, or when the text begins with no date."""
    found = re.match(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)", text, re.ASCII)
    if not found:
        return ""
    year, month, day = (int(part) for part in found.groups())
    if year < 1:
        return "there is no year 0"
    if not 1 <= month <= MONTHS_IN_YEAR:
        return f"there is no month {month}"
    try:
        date(year, month, day)
    except ValueError:
        return f"there is no day {day} in {year}-{month:02}"
    return ""


def _moment_from(text: str) -> str:
    """Complete what was typed, when it is a real day."""
    try:
        return f"{datetime.fromisoformat(text[:10]).date().isoformat()}{_EXAMPLE[10:]}"
    except ValueError:
        return _EXAMPLE


def check_window(record: Mapping[str, Any], marked: Marked, findings: Findings) -> None:
    """Note an end that is not later than its beginning; both are in UTC and compare as text."""
    begin, end = record.get("publish_at"), record.get("expire_at")
    if isinstance(begin, str) and isinstance(end, str) and begin and end and begin >= end:
        findings.add(
            marked.at(("expire_at",)), "KB117", "expire_at is not later than publish_at", "Write a later time, or remove one of the two"
        )


def check_period(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Note a text that is no period; return months."""
    months = months_of(value)
    if months is None:
        wish = ascii_form(value).strip() if isinstance(value, str) else str(marked.texts.get(loc, value))
        remedy = (
            f"Write  {wish}mo" if wish.isdecimal() and wish.isascii() and wish != "0" else "Write a number of months, such as  3mo  or  6mo"
        )
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is not a period", remedy)
        return 0
    return months


def months_of(value: object) -> int | None:
    """Read a period, "3mo" or "1y"; None when it is none, or longer than ten years."""
    match = PERIOD.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    months = int(match[1]) * (MONTHS_IN_YEAR if match[2][0] == "y" else 1)
    return months if months <= 10 * MONTHS_IN_YEAR else None


def check_seconds(value: Any, _loc: Loc, _marked: Marked, _findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Read the length of a film, "1:05" or "65"; pydantic refuses what is no number."""
    match = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return value
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
