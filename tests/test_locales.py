"""Dates, names and directions, in each locale's own way."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date

import pytest

from kbgen.locales import date_texts, day_of, direction, exists, facts_of, jalali, name_for

INTL = """
const f = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC"});
const days = [];
for (let n = 0; n < 60000; n++) {
  const p = Object.fromEntries(f.formatToParts(new Date(Date.UTC(1930, 0, 1) + n * 864e5)).map((x) => [x.type, x.value]));
  days.push([parseInt(p.year ?? p.relatedYear), +p.month, +p.day]);
}
console.log(JSON.stringify(days));
"""


def test_persian_calendar_agrees_with_unicode() -> None:
    """Every day from 1930 to 2094 is the day that ICU says, as browsers know it."""
    node = shutil.which("node")
    assert node, "node is needed; ./dev test installs it"
    found = json.loads(subprocess.run([node, "-e", INTL], capture_output=True, text=True, check=True).stdout)
    first = date(1930, 1, 1).toordinal()

    assert [jalali(date.fromordinal(first + number)) for number in range(60000)] == [tuple(day) for day in found]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "Mar 12, 2026"),
        ("ca", "12 de març 2026"),
        ("ro", "12 mar. 2026"),
        ("fa", "۲۱ اسفند ۱۴۰۴"),
        ("zh-Hant", "2026年3月12日"),
        ("xx-none", "2026-03-12"),
    ],
)
def test_dates_are_written_as_readers_write_them(tag: str, text: str) -> None:
    """Each locale has its own order, words, digits and calendar; an unknown one gets the ISO date."""
    assert date_texts(tag, ["2026-03-12"]) == {"2026-03-12": text}


@pytest.mark.parametrize(
    ("tag", "way"),
    [("en", "ltr"), ("fa", "rtl"), ("ar-EG", "rtl"), ("az-Arab", "rtl"), ("ks-Deva", "ltr"), ("zh-Hant", "ltr"), ("he", "rtl")],
)
def test_direction_follows_script_before_language(tag: str, way: str) -> None:
    """A script in the tag decides; without one, the language does."""
    assert direction(tag) == way


def test_names_are_in_the_language_itself() -> None:
    """A reader finds her language by its own name."""
    assert facts_of("ca")["name"] == "Català"
    assert facts_of("fa")["name"] == "فارسی"
    assert facts_of("ro", "Romana")["name"] == "Romana"


@pytest.mark.parametrize(
    ("tag", "reader", "name"),
    [
        ("en", "ca", "anglès"),
        ("en", "ro", "engleză"),
        ("en", "fa", "انگلیسی"),
        ("en", "zh-Hant", "英文"),
        ("zh-Hant", "en", "Traditional Chinese"),
        ("pt-BR", "en", "Brazilian Portuguese"),
        ("ca", "xx-none", "Català"),
        ("xx-none", "ca", "xx-none"),
    ],
)
def test_a_language_is_named_in_the_readers_own(tag: str, reader: str, name: str) -> None:
    """A note about another language says its name as its readers do; what CLDR does not know is called as it calls itself."""
    assert name_for(tag, reader) == name
    assert exists("zh-Hant")
    assert not exists("klingon-xx")


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-03-12T23:30:00+00:00", "UTC", "2026-03-12"),
        ("2026-03-12T23:30:00+00:00", "Europe/Madrid", "2026-03-13"),
        ("2026-07-12T22:30:00+00:00", "Europe/Madrid", "2026-07-13"),
        ("2026-03-12T01:00:00+00:00", "America/Los_Angeles", "2026-03-11"),
        ("2026-03-12T00:30:00+01:00", "UTC", "2026-03-11"),
    ],
)
def test_days_are_counted_in_a_zone(moment: str, zone: str, day: str) -> None:
    """A day begins at midnight of the zone, summer time included, whatever offset the moment is written with."""
    assert day_of(moment, zone) == day
