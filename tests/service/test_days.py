"""Dates in the calendar of a reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feedback_service.days import persian
from feedback_service.http.pages import shown
from kbgen.locales import jalali


def test_persian_days_are_those_of_the_portal() -> None:
    """Portal and service write the same day, which the portal's tests compare with Unicode's for every day from 1930 to 2094."""
    first = date(1930, 1, 1).toordinal()

    assert [persian(date.fromordinal(first + n)) for n in range(60_000)] == [jalali(date.fromordinal(first + n)) for n in range(60_000)]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Mar 12, 2026 08:05 UTC"),
        ("fa", "۲۱ اسفند ۱۴۰۴ ۰۸:۰۵ UTC"),
        ("zh-Hant", "2026年3月12日 08:05 UTC"),
    ],
)
def test_moments_are_written_as_readers_do(locale: str, said: str) -> None:
    """Persian moments stand in the Persian calendar, as articles do."""
    assert shown(datetime(2026, 3, 12, 8, 5, tzinfo=UTC), locale) == said
