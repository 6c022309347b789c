"""
What Unicode's CLDR knows of a locale, and dates in each locale's own calendar and digits.

Babel is loaded inside the functions: their results are remembered, so most builds never need it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import TypedDict

PERSIAN_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})


class LocaleFacts(TypedDict):
    """What pages say of a locale."""

    tag: str  # BCP 47, "zh-Hant"
    name: str  # in itself, "Català"
    dir: str  # "ltr" or "rtl"


def facts_of(tag: str, name: str = "") -> LocaleFacts:
    """Describe a locale; `name` overrides CLDR's own name for it."""
    return {"tag": tag, "name": name or own_name(tag), "dir": direction(tag)}


def direction(tag: str) -> str:
    """Return "rtl" for languages and scripts that are written from the right."""
    parts = tag.replace("_", "-").split("-")
    script = next((part.title() for part in parts[1:] if len(part) == 4), "")  # noqa: PLR2004 - ISO 15924 codes have four letters
    if script:
        return "rtl" if script in {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"} else "ltr"
    return "rtl" if parts[0].lower() in RIGHT_TO_LEFT else "ltr"


def own_name(tag: str) -> str:
    """Return a language's name in itself, "Română"; the tag where CLDR does not know it."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:] if name else tag


@cache
def name_for(tag: str, reader: str) -> str:
    """Return a language's name as the readers of another locale say it, "anglès"; its own name where CLDR has none."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        locale, theirs = Locale.parse(tag, sep="-"), Locale.parse(reader, sep="-")
    except (UnknownLocaleError, ValueError):
        return own_name(tag)
    # "繁體中文" where CLDR has a name for language and script together, else "中文 (繁體)".
    return theirs.languages.get(str(locale)) or locale.get_display_name(theirs) or own_name(tag)


def exists(tag: str) -> bool:
    """Say whether CLDR knows a tag."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def date_texts(tag: str, days: Iterable[str]) -> dict[str, str]:
    """
    Write dates as readers of a locale do.

    Args:
        tag: The locale.
        days: ISO dates, "2026-03-12".

    Returns: ISO date -> text, "12 Mar 2026", "۲۱ اسفند ۱۴۰۴".
    """
    if tag.split("-", maxsplit=1)[0] == "fa":
        return {day: persian_date(date.fromisoformat(day)) for day in days}
    from babel import UnknownLocaleError  # noqa: PLC0415
    from babel.dates import format_date  # noqa: PLC0415

    locale = tag.replace("-", "_")
    try:
        return {day: format_date(date.fromisoformat(day), "medium", locale) for day in days}
    except (UnknownLocaleError, ValueError):
        return {day: day for day in days}


def persian_date(day: date) -> str:
    """Write a date in the Solar Hijri calendar with Persian digits."""
    year, month, number = jalali(day)
    return f"{number} {PERSIAN_MONTHS[month - 1]} {year}".translate(PERSIAN_DIGITS)


def jalali(day: date) -> tuple[int, int, int]:
    """
    Convert a Gregorian date to the Solar Hijri calendar.

    Returns: Year, month 1-12, day 1-31; valid for 1178-1633 of that calendar (1799-2254).
    Source: A. Heydari-Malayeri, "A concise review of the Iranian calendar", 2004: the 33-year cycle of leap years.
    """
    days = day.toordinal() - date(622, 3, 21).toordinal()
    cycle, rest = divmod(days, 12053)  # 33 years, 8 of them leap
    year = 33 * cycle + 1
    leap_years = (1, 5, 9, 13, 17, 22, 26, 30)
    while True:
        length = 366 if (year % 33) in leap_years else 365
        if rest < length:
            break
        rest -= length
        year += 1
    month, number = divmod(rest, 31) if rest < 186 else (6 + (rest - 186) // 30, (rest - 186) % 30)  # noqa: PLR2004 - six months of 31 days
    return year, month + 1, number + 1


def day_of(moment: str, zone: str = "UTC") -> str:
    """
    Return the day of a moment, "2026-03-12".

    Args:
        moment: ISO time with an offset.
        zone: Whose days are counted, as the tz database names it.

    Raises: ZoneInfoNotFoundError: This machine does not know the zone; settings are checked for that.
    """
    when = datetime.fromisoformat(moment)
    return when.astimezone(UTC if zone == "UTC" else _zone(zone)).date().isoformat()


@cache
def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - most sites name no zone

    return ZoneInfo(name)
