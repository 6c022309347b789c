"""kbgen.toml, _category.toml and _vars.toml: what is read, what is the default, what is remembered."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbgen import config
from kbgen.config import Boosts, CategoryFile, Config, FooterLink, LocaleSettings

ROOT = Path(__file__).parent.parent
FULL = """\
[site]
title = "Lumbra Help"
description = {en = "Answers", ca = "Respostes"}
base_url = "https://help.lumbra.example/kb/"
default_locale = "en"
logo = "content/logo.svg"
edit_url = "https://git.lumbra.example/help/edit/main/{path}"
announcement = "Delivery is late"
time_zone = "Europe/Madrid"

[[site.footer]]
title = "Shop"
url = "https://lumbra.example/"

[[site.footer]]
title = {en = "Write to us", fa = "به ما بنویسید"}
url = "mailto:hello@lumbra.example"

[locales.en]
name = "English"
region = "Europe"

[locales.zh-Hant]
fallback = "en"
title = "Lumbra 說明中心"

[feedback]
url = "http://127.0.0.1:8001/"
contact = false
export = "feedback.json"
opening_hours.en = "Monday to Friday"
response_time = "one day"

[theme]
name = "lumbra"
overrides = "./theme/"
colours = {accent = "#0a6b5c"}

[markdown]
extensions = ["mdx_math"]
raw_html = "escape"
allowed_hosts = ["WWW.Example.org"]
allow_tags = ["ruby"]

[build]
output = "public"

[search]
boosts = {title = 4, body = 0.5}

[hooks]
files = ["hooks/a.py"]

[budgets]
article_html_kb = 20
total_kb = 0
"""


def read(text: str) -> Config:
    """Read settings that are right."""
    found, problems = config.read(text)
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "\ufeff", "[site]\n", "[locales]\n"])
def test_an_empty_file_is_a_whole_configuration(text: str) -> None:
    """Every key has a default, so an empty file and one article make a portal."""
    found = read(text)

    assert found.site.title == "Help centre"
    assert list(found.locales) == ["en"]
    assert found.build.output == "dist"
    assert found == read("")


def test_every_setting_is_read() -> None:
    """A full file comes out in its one form: texts by locale, months, addresses without a slash at the end."""
    found = read(FULL)

    assert found.site.description == {"en": "Answers", "ca": "Respostes"}
    assert found.site.base_url == "https://help.lumbra.example/kb"
    assert found.site.announcement == {"*": "Delivery is late"}
    assert found.site.footer == (
        FooterLink({"*": "Shop"}, "https://lumbra.example/"),
        FooterLink({"en": "Write to us", "fa": "به ما بنویسید"}, "mailto:hello@lumbra.example"),
    )
    assert found.locales == {
        "en": LocaleSettings("English", {"*": "Europe"}),
        "zh-Hant": LocaleSettings(fallback="en", title="Lumbra 說明中心"),
    }
    assert (found.feedback.url, found.feedback.contact, found.feedback.export) == ("http://127.0.0.1:8001", False, "feedback.json")
    assert found.feedback.opening_hours == {"en": "Monday to Friday"}
    assert (found.theme.name, found.theme.overrides, found.theme.colours) == ("lumbra", "theme", {"accent": "#0a6b5c"})
    assert found.markdown.allowed_hosts == ("www.example.org",)
    assert found.build.output == "public"
    assert found.search.boosts == Boosts(title=4.0, body=0.5)
    assert found.hooks.files == ("hooks/a.py",)
    assert (found.budgets.article_html_kb, found.budgets.total_kb) == (20.0, 0.0)


def test_the_order_of_locales_is_that_of_the_file() -> None:
    """The language switcher follows it."""
    found = read("[locales.fa]\n[locales.en]\n[locales.ca]\n")

    assert list(found.locales) == ["fa", "en", "ca"]
    assert list(config.from_plain(json.loads(json.dumps(config.to_plain(found)))).locales) == ["fa", "en", "ca"]


@pytest.mark.parametrize(
    ("text", "default", "locales"),
    [
        ("", "en", ["en"]),
        ('[site]\ndefault_locale = "ca"\n', "ca", ["ca"]),
        ("[locales.ca]\n[locales.ro]\n", "ca", ["ca", "ro"]),
        ("[locales.ca]\n[locales.en]\n", "en", ["ca", "en"]),
        ('[site]\ndefault_locale = "ro"\n[locales.ca]\n[locales.ro]\n', "ro", ["ca", "ro"]),
    ],
)
def test_the_default_locale_is_always_one_of_the_locales(text: str, default: str, locales: list[str]) -> None:
    """Without a word about it, it is en, or the first locale of a site that has no en."""
    found = read(text)

    assert found.site.default_locale == default
    assert list(found.locales) == locales


def test_remembered_settings_are_the_same() -> None:
    """Settings survive a trip through JSON, and defaults are left out."""
    for text in ("", FULL):
        found = read(text)

        assert config.from_plain(json.loads(json.dumps(config.to_plain(found)))) == found
    assert config.to_plain(read("")) == {"locales": {"en": {}}}


def test_remembering_needs_no_heavy_library() -> None:
    """A build whose settings have not changed loads neither pydantic nor babel for them."""
    code = (
        "import sys; from kbgen import config;"
        "config.from_plain({'locales': {'en': {'name': 'x'}}, 'site': {'footer': [{'title': {}, 'url': 'x'}]}});"
        "config.category_from_plain({'featured': ['a']});"
        "print([name for name in ('pydantic', 'yaml', 'babel', 'tomllib', 'pydantic_core', 'zoneinfo') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_a_category_is_read() -> None:
    """All of its fields are optional."""
    text = 'title = "Your account"\ndescription = "Signing in."\nicon = "account"\norder = 10\n'
    text += 'owner = "team"\nqueue = "accounts"\nfeatured = ["kb-a1", "kb-b2"]\n'
    found, problems = config.read_category(text, "content/en/account/_category.toml")
    empty, none = config.read_category("", "content/en/account/_category.toml")

    assert problems == none == ()
    assert found == CategoryFile("Your account", "Signing in.", "account", 10, "team", "accounts", ("kb-a1", "kb-b2"))
    assert empty == CategoryFile()
    assert config.category_from_plain(json.loads(json.dumps(config.category_to_plain(found)))) == found


def test_variables_are_read_by_locale() -> None:
    """What stands at the top holds for every locale; a table replaces it for one, below [locales] or by itself."""
    text = (
        'phone = "800 555 0142"\nreturn_days = 30\n[locales.fa]\nreturn_days = "۳۰"\n[ca]\nphone = "900"\n[locales.zh-Hant]\nphone = "1"\n'
    )
    found, problems = config.read_variables(text, "content/_vars.toml")

    assert problems == ()
    assert found == {
        "*": {"phone": "800 555 0142", "return_days": "30"},
        "fa": {"return_days": "۳۰"},
        "ca": {"phone": "900"},
        "zh-Hant": {"phone": "1"},
    }
    assert config.read_variables("", "content/_vars.toml") == ({}, ())


def test_the_sample_site_is_right() -> None:
    """The settings, categories and variables of the sample portal have no problems."""
    files = [ROOT / "kbgen.toml", ROOT / "content" / "_vars.toml", *(ROOT / "content").rglob("_category.toml")]
    doors = {"_category.toml": config.read_category, "_vars.toml": config.read_variables}
    for file in files:
        if file.exists():
            _, problems = doors.get(file.name, config.read)(file.read_text(encoding="utf-8"), file.name)

            assert problems == (), file


PIECES = st.sampled_from(
    [
        *("[ ] [[ ]] { } = , site locales title en zh-Hant . # 1 2026-01-01 true inf - \\ a build output é".split()),
        *('"', "'", '"""', "'" * 3, " = ", "\n", "\r", "\t", "\u202e", "\x00", "\x85", '"x"'),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200))
@settings(max_examples=400)
def test_any_text_is_read_or_refused(text: str) -> None:
    """None of the readers raises, whatever stands in the file; what they refuse has a rule, a remedy and a place within the text."""
    found, problems = config.read(text)
    category, more = config.read_category(text, "content/en/a/_category.toml")
    _, last = config.read_variables(text, "content/_vars.toml")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")

    assert found is not None or problems
    assert category is not None or more
    for problem in (*problems, *more, *last):
        assert problem.rule in config.RULES
        assert problem.remedy
        assert 0 <= problem.line <= len(lines)
        assert problem.column <= len(lines[max(problem.line, 1) - 1]) + 1


NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
VALUES = st.recursive(
    st.integers(-99, 99)
    | st.booleans()
    | st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), max_size=12)
    | st.just("two\nlines"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def written(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'''{value}'''" if "\n" in value and "'" not in value else json.dumps(value)
    if isinstance(value, list):
        return "[ # a list\n" + ",\n  ".join(written(item) for item in value) + "\n]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {written(item)}' for key, item in value.items()) + "}"
    return str(value)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=3))
def test_places_in_toml_are_where_the_keys_stand(top: dict[str, object], table: dict[str, object]) -> None:
    """Every key of a file is found, at the line and column where it is written."""
    from kbgen.marked import Findings
    from kbgen.marked.toml import read_toml

    text = "".join(f"{key} = {written(value)}  # note\n" for key, value in top.items())
    text += "\n[z.table]\n" + "".join(f"{key}   =   {written(value)}\n" for key, value in table.items())
    findings = Findings("x.toml", text)
    marked = read_toml(text, findings, "KB120")
    if marked is None:  # a list in braces cannot span lines in this TOML
        return
    lines = text.split("\n")
    wanted = {(key,) for key in top} | {("z",), ("z", "table")} | {("z", "table", key) for key in table}

    assert wanted <= set(marked.keys)
    assert wanted - {("z",), ("z", "table")} <= set(marked.values)
    for loc, span in marked.keys.items():
        line = lines[span.line - 1]
        if loc[:1] != ("z",) or len(loc) > 2:
            assert line[span.column - 1 :].startswith((str(loc[-1]), f'"{loc[-1]}"'))
