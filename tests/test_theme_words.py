"""The words of the portal: every locale complete, plural forms as CLDR has them, values escaped."""

from __future__ import annotations

import pytest
from theme_views import DEFAULT, LOCALES, default_theme

from kbgen.theme.plurals import RULES, rule_of
from kbgen.theme.words import Words, chain


@pytest.mark.parametrize("language", sorted(RULES))
def test_plural_rules_are_those_of_babel(language: str) -> None:
    """Every row of the table agrees with CLDR for counts."""
    from babel import Locale

    expected = Locale.parse(language).plural_form
    counts = [*range(1300), 10_000, 1_000_000, 1_000_001, 2_000_000]

    assert [rule_of(language)(n) for n in counts] == [expected(n) for n in counts]


@pytest.mark.parametrize("language", ["en", "de", "nl", "el", "hu", "tr", "sv", "fi", "eu", "gl"])
def test_languages_without_a_row_take_one_and_other(language: str) -> None:
    """The rule for all others is right for languages that readers of a European shop have."""
    from babel import Locale

    assert [rule_of(language)(n) for n in range(300)] == [Locale.parse(language).plural_form(n) for n in range(300)]


def test_the_length_of_a_film_has_the_digits_of_its_page() -> None:
    """What is no count, such as the length of a film, is written in the locale's digits too."""
    assert default_theme().words("fa").numerals("0:16") == "۰:۱۶"


@pytest.mark.parametrize("locale", LOCALES)
def test_words_have_exactly_the_forms_of_their_language(locale: str) -> None:
    """A counted word has a text for each form that the language needs for whole numbers, and no other."""
    from babel import Locale

    needed = {Locale.parse(locale, sep="-").plural_form(n) for n in [*range(200), 1_000_000]}
    words = default_theme().words(locale)
    counted = [key for key, text in default_theme().words("en")._texts.items() if isinstance(text, dict)]

    assert counted
    assert {key: set(words.forms(key)) for key in counted} == dict.fromkeys(counted, needed)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_every_word_with_the_same_gaps(locale: str) -> None:
    """A translation has the words of English, no more and no fewer, and fills the same values."""
    import re
    import tomllib

    from kbgen.theme.words import _flat

    def gaps(tag: str) -> dict[str, set[str]]:
        texts = _flat(tomllib.loads((DEFAULT / "words" / f"{tag}.toml").read_text(encoding="utf-8")))
        return {key: set(re.findall(r"\{(\w+)\}", text if isinstance(text, str) else text["other"])) for key, text in texts.items()}

    assert gaps(locale) == gaps("en")


def test_no_word_is_missing_or_unused() -> None:
    """Every word that a template asks for exists, and every word is asked for somewhere."""
    import re

    found = default_theme()
    asked: set[str] = {"number.digits", "number.group"}
    families: set[str] = set()
    for name, text in found.texts.items():
        if name.endswith(".html"):
            asked |= set(re.findall(r'\b(?:t|forms)\("([\w.]+)"[,)]', text))
            families |= set(re.findall(r'\bt\("([\w.]+\.)" ~', text))
    for file in (DEFAULT.parents[1] / "kbgen" / "compare").glob("*.py"):  # what the report says outside templates
        asked |= set(re.findall(r"""\b(?:say|words)\(["']([\w.]+)["'][,)]""", file.read_text(encoding="utf-8")))
        families |= set(re.findall(r"""\b(?:say|words)\(f["']([\w.]+\.)\{""", file.read_text(encoding="utf-8")))
    known = set(found.words("en")._texts)

    assert asked <= known
    assert {one for one in known - asked if not one.startswith(tuple(families))} == set()


def test_numbers_are_written_as_babel_writes_them() -> None:
    """Counts carry the digits and separators of their locale."""
    from babel.numbers import format_decimal

    for locale in LOCALES:
        expected = format_decimal(12_345, locale=locale.replace("-", "_"), numbering_system="default")
        own = default_theme().words(locale).number(12_345)
        assert own == expected.translate(default_theme().words(locale)._digits), locale
        assert own.isdecimal() is False


def test_words_escape_what_is_put_into_them() -> None:
    """A value is escaped, markup is not, and the text of the word is text."""
    from markupsafe import Markup

    words = Words("en", {"a": "<{x}>", "n": {"one": "{n} thing", "other": "{n} things"}})

    assert words("a", x='"<b>') == "&lt;&#34;&lt;b&gt;&gt;"
    assert words("a", x=Markup("<i>")) == "&lt;<i>&gt;"
    assert (words("n", n=1), words("n", n=1200)) == ("1 thing", "1,200 things")
    with pytest.raises(KeyError):
        words("b")


def test_words_come_from_the_language_when_a_region_has_none() -> None:
    """The chain of a locale goes from English over its language to itself."""
    assert chain("zh-Hant-HK") == ["en", "zh", "zh-Hant", "zh-Hant-HK"]
    assert chain("en-GB") == ["en", "en-GB"]
