"""
Dates in the calendar of a reader's language, as customers see them on the portal.

The desk writes Gregorian dates in every language, because that is what browsers let agents type.
"""

from __future__ import annotations

from datetime import date

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
_FIRST = date(622, 3, 21).toordinal()
_FOUR = (366, 365, 365, 365)
_CYCLE = _FOUR * 4 + (*_FOUR, 365) + _FOUR * 3  # days of 33 years


def persian(day: date) -> tuple[int, int, int]:
    """
    Convert a date to the Solar Hijri calendar: year, month 1-12, day 1-31; valid from 1799 to 2254.

    Source: A. Heydari-Malayeri, "A concise review of the Iranian calendar", 2004: the 33-year cycle of leap years.
    """
    cycle, rest = divmod(day.toordinal() - _FIRST, sum(_CYCLE))
    year = cycle * len(_CYCLE) + 1
    for length in _CYCLE:
        if rest < length:
            break
        rest, year = rest - length, year + 1
    month, number = divmod(rest, 31) if rest < 6 * 31 else divmod(rest - 6, 30)
    return year, month + 1, number + 1
