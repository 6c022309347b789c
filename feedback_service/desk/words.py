"""The words of the desk: one TOML file a locale, plural forms by CLDR, and the locale's way to write numbers, moments and spans."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

FOLDER = Path(__file__).parent / "words"
LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_DIGITS = {"fa": str.maketrans("0123456789%", "۰۱۲۳۴۵۶۷۸۹٪")}
_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one locale; `texts` maps "queue.title" to a text, or to its plural forms."""

    locale: str
    texts: Mapping[str, str | Mapping[str, str]]
    babel: Locale

    @property
    def direction(self) -> str:
        """Tell where lines begin: "ltr" or "rtl"."""
        return self.babel.text_direction

    def text(self, key: str, n: float | None = None, **values: object) -> str:
        """
        Say something.  Texts put in are isolated, so that a name of the other direction turns nothing around it.

        Args:
            key: The word; *n* chooses among plural forms and stands for {n}.
        Raises: KeyError: If the locale has no such word.
        """
        found = self.texts[key]
        text = found if isinstance(found, str) else found.get(self.babel.plural_form(n or 0), found["other"])
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", f"\u2068{value}\u2069" if isinstance(value, str) else self.number(value))
        return text if n is None else text.replace("{n}", self.number(n))

    def has(self, key: str) -> bool:
        """Tell whether there is such a word."""
        return key in self.texts

    def number(self, value: Any) -> str:
        """Write a number with at most one decimal."""
        return self._digits(format_decimal(value, format="#,##0.#", locale=self.babel, numbering_system="default"))

    def plain(self, value: int) -> str:
        """Write a number that names something, such as a case: no groups."""
        return self._digits(str(value))

    def share(self, value: float) -> str:
        """Write a share of 1 as percent."""
        return self._digits(format_percent(value, locale=self.babel, numbering_system="default"))

    def span(self, seconds: float) -> str:
        """Write a span of time, in the largest unit that has at least one and a half of it."""
        return self._digits(format_timedelta(timedelta(seconds=seconds), threshold=1.5, format="short", locale=self.babel))

    def moment(self, at: datetime, zone: str) -> str:
        """Write a moment in full, with the day and the minute."""
        local = at.astimezone(ZoneInfo(zone))
        day, time = format_date(local, "medium", locale=self.babel), format_time(local, "short", tzinfo=ZoneInfo(zone), locale=self.babel)
        return self._digits(str(self.babel.datetime_formats["medium"]).format(time, day))

    def day(self, day: Any) -> str:
        """Write a date."""
        return self._digits(format_date(day, "medium", locale=self.babel))

    def day_of(self, iso: str) -> str:
        """Write a date that stands as 2026-03-02."""
        return self.day(date.fromisoformat(iso))

    def short_day(self, iso: str) -> str:
        """Write a date without its year."""
        return self._digits(format_date(date.fromisoformat(iso), self.babel.datetime_skeletons["MMMd"].pattern, locale=self.babel))

    def near(self, at: datetime, now: datetime, zone: str) -> str:
        """Write a moment as short as it may be understood: "5 min ago", "14:05", "12 Mar, 14:05", "12 Mar 2025"."""
        local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
        away = abs((at - now).total_seconds())
        if away < _DAY / 4:
            said = format_timedelta(at - now, granularity="minute", threshold=1.5, add_direction=True, format="short", locale=self.babel)
            return self._digits(said)
        time = format_time(local, "short", locale=self.babel, tzinfo=ZoneInfo(zone))
        if local.date() == today.date():
            return self._digits(time)
        skeleton = "MMMd" if local.year == today.year else "yMMMd"
        day = format_date(local.date(), self.babel.datetime_skeletons[skeleton].pattern, locale=self.babel)
        return self._digits(str(self.babel.datetime_formats["medium"]).format(time, day) if local.year == today.year else day)

    def language(self, locale: str) -> str:
        """Name a language in this one."""
        try:
            return Locale.parse(locale, sep="-").get_display_name(self.babel) or locale
        except (ValueError, LookupError):
            return locale

    def _digits(self, text: str) -> str:
        return text.translate(_DIGITS.get(self.locale, {}))


@cache
def words_of(locale: str) -> Words:
    """Read the words of a locale of LOCALES, once."""
    text = (FOLDER / f"{locale}.toml").read_text(encoding="utf-8")
    return Words(locale, dict(_flat(tomllib.loads(text))), Locale.parse(locale, sep="-"))


def nearest(wished: str) -> str:
    """Choose the desk's locale for a wish such as "ca-ES" or a browser's list; English where nothing fits."""
    for part in wished.split(","):
        tag = part.partition(";")[0].strip().casefold()
        for locale in LOCALES:
            if tag == locale.casefold() or tag.split("-")[0] == locale.casefold():
                return locale
        if tag.split("-")[0] == "zh":
            return "zh-Hant"
    return "en"


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str | Mapping[str, str]]]:
    for name, value in table.items():
        if isinstance(value, dict) and not ("other" in value and value.keys() <= _PLURALS):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
