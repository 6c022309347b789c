"""The words of the desk: the same in every locale, each one used, none missing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from feedback_service.desk.render import HERE
from feedback_service.desk.trail import ACTS, word_of
from feedback_service.desk.words import LOCALES, nearest, words_of
from feedback_service.domain.nouns import CASE_TYPES, CHANNELS, CLOSE_REASONS, EVENT_TYPES, LINK_KINDS, PRIORITIES, STATUSES
from feedback_service.intake import REASONS
from feedback_service.ratings import STATES
from feedback_service.reports import DEFINITIONS, Dimension
from feedback_service.sla import CLOCK_KINDS

ENGLISH = words_of("en")
GROUPS = {
    "status": STATUSES,
    "close_reason": CLOSE_REASONS,
    "priority": PRIORITIES,
    "type": CASE_TYPES,
    "channel": CHANNELS,
    "event": EVENT_TYPES,
    "link": LINK_KINDS,
    "clock": CLOCK_KINDS,
    "work": STATES,
    "reason": REASONS,
    "definition": tuple(DEFINITIONS),
    "column": get_args(Dimension),
    "audit_act": tuple(word_of(act) for act in ACTS),
}
_PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("locale", LOCALES)
def test_each_locale_has_every_word_with_the_same_places(locale):
    """A word that is missing would be an error in front of a customer's case; one with another place to fill would say it in braces."""
    words = words_of(locale)

    assert sorted(words.texts) == sorted(ENGLISH.texts)
    for key, text in words.texts.items():
        forms = text.values() if not isinstance(text, str) else [text]
        english = ENGLISH.texts[key]
        wanted = set(_PLACE.findall(english if isinstance(english, str) else english["other"]))
        assert all(set(_PLACE.findall(form)) == wanted for form in forms), key
        assert all(form.strip() for form in forms) or key == "settings.comma", key


@pytest.mark.parametrize("locale", LOCALES)
def test_counted_words_have_every_plural_of_their_language(locale):
    """Romanian says "20 de zile" and "5 zile": each form that CLDR knows for whole numbers is there."""
    words = words_of(locale)
    needed = {words.babel.plural_form(number) for number in range(200)}

    for key, text in words.texts.items():
        assert isinstance(text, str) or needed <= set(text), key


def test_whatever_the_domain_can_say_has_a_word():
    """A status, an event or a reason that has no word would stand on the page as the program calls it."""
    missing = [f"{group}.{value}" for group, values in GROUPS.items() for value in values if not ENGLISH.has(f"{group}.{value}")]

    assert not missing


def test_english_definitions_are_those_of_the_reports():
    """What was counted is said in one place; the desk's English repeats it to the letter."""
    assert [key for key, text in DEFINITIONS.items() if ENGLISH.texts[f"definition.{key}"] != text] == []


def test_no_word_is_left_over_and_none_is_missing():
    """Every word is named by a template or the code, alone or by its group; every name there has a word."""
    files = [*HERE.rglob("*.html"), *HERE.rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r"""(?<!\w)t\("([a-z_]+\.[a-z_A-Z0-9-]+)"(?! ~)""", text))
    groups = set(re.findall(r"""word\("([a-z_]+)",""", text)) | set(re.findall(r"""t\("([a-z_]+)\.s?" ~""", text))
    groups |= set(re.findall(r"""\), (?:[\w.]+(?: or "\w+")?|"\w*"), "([a-z_]+)"\)""", text))
    plain = set(re.findall(r""""([a-z_]+\.[a-z_]+)\"""", text))

    assert sorted(name for name in named if not ENGLISH.has(name)) == []
    unused = [key for key in ENGLISH.texts if key not in named and key not in plain and key.rsplit(".", 1)[0] not in groups]
    assert unused == []


def test_persian_numbers_are_persian_and_names_are_isolated():
    """Digits are those of the language, and a Latin name inside a Persian sentence turns nothing around it."""
    words = words_of("fa")
    now = datetime(2026, 3, 12, 10, 20, tzinfo=UTC)

    assert words.number(1234.5) == "۱٬۲۳۴٫۵"
    assert words.plain(1042) == "۱۰۴۲"
    assert words.text("report.age_between", a=7, b=30) == "۷ تا ۳۰"
    assert words.share(0.72) == "۷۲٪"
    assert "\u2068Maria\u2069" in words.text("presence.open", name="Maria")
    assert re.search("[۰-۹]", words.moment(now, "Asia/Tehran"))
    assert not re.search("[0-9]", words.near(now - timedelta(minutes=5), now, "Asia/Tehran"))


@pytest.mark.parametrize(("days", "said"), [(1, "Mar 11, 10:20"), (400, "Feb 5, 2025")])
def test_yesterday_has_an_hour(days, said):
    """On a phone nothing hovers: day and hour stand there, of other years the date."""
    now = datetime(2026, 3, 12, 10, 20, tzinfo=UTC)

    assert ENGLISH.near(now - timedelta(days=days), now, "UTC").replace("\u202f", " ").startswith(said)


@pytest.mark.parametrize(
    ("wished", "given"),
    [("ca-ES,en;q=0.8", "ca"), ("zh-TW", "zh-Hant"), ("de, ro;q=0.5", "ro"), ("", "en"), ("xx", "en"), ("fa-IR", "fa"), ("x" * 5000, "en")],
)
def test_the_nearest_locale_is_chosen(wished, given):
    """Before sign-in the browser's wish decides, by language where the region is unknown."""
    assert nearest(wished) == given
