"""kbgen.toml, _category.toml and _vars.toml that are wrong: each slip has its rule, its place and what to type."""

from __future__ import annotations

import time

import pytest

from kbgen import config
from kbgen.model import Problem


def only(text: str) -> Problem:
    """Read settings that have exactly one problem."""
    found, problems = config.read(text)
    assert found is None, "the settings should be refused"
    assert len(problems) == 1, problems
    return problems[0]


SYNTAX = [
    ("[site]\ntitle = Help centre\n", "text has to stand in quotes", 2, 9, 'Write  title = "Help centre"'),
    ("[site]\ntitle: Help\n", "TOML has an equals sign between key and value", 2, 1, 'Write  title = "Help"'),
    ('[site]\ntitle = "Help\n', "a quote is not closed on its line", 2, 14, "Close the text"),
    ("[site\n", "a ] is missing here", 1, 6, "Write  [table]"),
    ("a = 1\na = 2\n", "this key or table stands twice", 2, 6, "Keep one"),
    ("[site]\n[site]\n", "this table stands twice", 2, 6, "Put its keys"),
    ("a = [1,", "this value is not TOML", 1, 8, ""),
    ('a = "\\q"\n', "\\ begins an escape inside double quotes", 1, 8, "Write \\\\"),
    ("title\n", "an equals sign is missing after this key", 1, 6, 'Write  key = "value"'),
    ("a = 2026-02-30\n", "this date does not exist", 1, 5, "Put it in quotes"),
    ("= 1\n", "this line is neither", 1, 1, "Write"),
]


@pytest.mark.parametrize(("text", "message", "line", "column", "remedy"), SYNTAX)
def test_toml_mistakes_are_told_in_plain_words(text: str, message: str, line: int, column: int, remedy: str) -> None:
    """Broken TOML is one problem at its place."""
    problem = only(text)

    assert problem.rule == "KB120"
    assert problem.message.startswith(message)
    assert problem.line == line
    assert abs(problem.column - column) <= 1
    assert problem.remedy.startswith(remedy)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 5_000 + "a = 1",
        "x = " + "[" * 50 + "]" * 50,
        "a = " + "[" * 20_000,
        "a = " + "9" * 5_000,
        "a = 1\n" * 3 + "#" * 300_000,
        'a = """' + "x" * 300_000,
    ],
)
def test_what_is_too_deep_or_too_large_is_refused(text: str) -> None:
    """W9: deep nesting, huge numbers and huge files end in one problem, soon."""
    begun = time.process_time()
    problem = only(text)

    assert problem.rule == "KB120"
    assert time.process_time() - begun < 2


VALUES = [
    ('[sitee]\ntitle = "x"', "KB121", "sitee is not known", "Did you mean site?", 1, 2),
    ('[site]\ntittle = "x"', "KB121", "site.tittle is not known", "Did you mean title?", 2, 1),
    ('title = "x"', "KB121", "title is not known", "Put it below  [site]", 1, 1),
    ('[locales.ca]\nnaem = "x"', "KB121", "locales.ca.naem is not known", "Did you mean name?", 2, 1),
    ("[site]\ntitle = 3", "KB122", "site.title has to be text, not a number", 'Put it in quotes:  "3"', 2, 9),
    ('[site]\ntitle = ""', "KB122", "site.title is empty", 'Write  title = "Help centre"', 2, 1),
    ('site = "x"', "KB122", "site has to be a table of keys and values, not text", "Write  [site]", 1, 8),
    ("[site]\nannouncement = 3", "KB122", "site.announcement has to be a table", "Write  announcement = {en", 2, 16),
    ("[site]\nannouncement = {en = 3}", "KB122", "site.announcement.en has to be text, not a number", "Put it in quotes", 2, 22),
    ('[site]\nfooter = [{title = "x"}]', "KB123", "site.footer, item 1, url is missing", 'Add  url = "https://example.org/terms/"', 2, 11),
    ('[feedback]\ncontact = "yes"', "KB122", "feedback.contact has to be true or false", "Write  true  or  false", 2, 11),
    ("[budgets]\ncss_kb = -1", "KB122", "budgets.css_kb has to be at least 0", "Write  css_kb = 9", 2, 10),
    ("[budgets]\ncss_kb = inf", "KB122", "budgets.css_kb can be at most 100000", "Write  css_kb = 9", 2, 10),
    ("[budgets]\ncss_kb = nan", "KB122", "budgets.css_kb", "Write  css_kb = 9", 2, 10),
    ("[search.boosts]\ntitle = -0.1", "KB122", "search.boosts.title has to be at least 0", "Write  title = 3", 2, 9),
    ('[markdown]\nraw_html = "allow"', "KB122", "markdown.raw_html is not one of the known words", "Write one of: sanitise, escape", 2, 12),
    (
        '[markdown]\nallow_tags = ["ruby", "script"]',
        "KB122",
        "markdown.allow_tags, item 2 can run or load foreign things",
        "Remove it",
        2,
        23,
    ),
    (
        '[markdown]\nallowed_hosts = ["https://www.example.org/x"]',
        "KB122",
        "markdown.allowed_hosts, item 1 is not the name of a host",
        'Write  "www.example.org"',
        2,
        18,
    ),
    ('[markdown]\nextensions = ["os; x"]', "KB122", "markdown.extensions, item 1 is not the name of an extension", "Write", 2, 15),
    ('[review]\nevery = "quarterly"', "KB122", "review.every is not a period of at most ten years", 'Write  every = "6mo"', 2, 9),
    ('[hooks]\nfiles = "a.py"', "KB122", "hooks.files has to be a list, not text", "Write  [a.py]", 2, 9),
    ('[site]\ntitle = "a\u202eb"', "KB128", "site.title holds the invisible character U+202E", "Delete it", 2, 9),
]


@pytest.mark.parametrize(("text", "rule", "message", "remedy", "line", "column"), VALUES)
def test_wrong_settings_are_named_with_what_to_write(text: str, rule: str, message: str, remedy: str, line: int, column: int) -> None:
    """W36: unknown keys, wrong types and negative limits say which setting, what is wrong and what to type, at their place."""
    problem = only(text)

    assert problem.rule == rule
    assert problem.message.startswith(message)
    assert problem.remedy.startswith(remedy)
    assert (problem.path, problem.line, problem.column) == ("kbgen.toml", line, column)


@pytest.mark.parametrize(
    "value",
    [
        "help.example.org",
        "//help.example.org",
        "ftp://help.example.org",
        "https://",
        "https://a b",
        "https://u:p@help.example.org",
        "https://x?y=1",
        "https://x#y",
        "https://x:99999/",
    ],
)
@pytest.mark.parametrize("where", ["[site]\nbase_url", "[feedback]\nurl"])
def test_addresses_need_a_scheme_and_a_host(value: str, where: str) -> None:
    """W36: base_url without a scheme, or one that could not be joined with a path, is refused."""
    problem = only(f'{where} = "{value}"')

    assert problem.rule == "KB124"
    assert "https://" in problem.remedy


@pytest.mark.parametrize("value", ["https://git.example.org/edit", "git.example.org/{path}", "javascript:{path}"])
def test_the_edit_address_names_the_file(value: str) -> None:
    """It is a web address with a place for the article's file."""
    assert only(f'[site]\nedit_url = "{value}"').rule == "KB124"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "https://a b", "\\\\evil", "/\\\\evil"])
def test_footer_links_lead_to_pages(value: str) -> None:
    """A link that runs a script is refused."""
    assert only(f"[site]\nfooter = [{{title = 'x', url = '{value}'}}]").rule == "KB124"


@pytest.mark.parametrize("value", ["https://example.org/", "mailto:a@example.org", "tel:+3455501", "en/about/", "/terms/"])
def test_footer_links_may_be_relative(value: str) -> None:
    """Pages of the portal, mail and telephone are fine."""
    assert config.read(f"[site]\nfooter = [{{title = 'x', url = '{value}'}}]")[1] == ()


@pytest.mark.parametrize(
    "value",
    ["", ".", "./", "/", "content", "content/en", "themes/x", "..", "../dist", "a/../..", "/var/www", "C:/x", "~/x", ".git", ".kbgen/x"],
)
def test_output_is_never_a_folder_of_sources(value: str) -> None:
    """W36: a build replaces its output, so the top folder, the sources and places outside are refused."""
    found, problems = config.read(f"[build]\noutput = '{value}'")
    assert found is None
    assert [problem.rule for problem in problems] == ["KB126" if value else "KB122"]
    assert problems[0].remedy.endswith('output = "dist"')


@pytest.mark.parametrize("where", ["[site]\nlogo", "[theme]\noverrides", "[feedback]\nexport"])
@pytest.mark.parametrize("value", ["../secret", "/etc/passwd", "a/../../b", "C:\\x", "~/x"])
def test_paths_stay_inside(where: str, value: str) -> None:
    """Settings from a pull request cannot read files of the machine that builds."""
    assert only(f"{where} = '{value}'").rule == "KB126"


@pytest.mark.parametrize("value", ["../x", "a/b", "/x", "."])
def test_a_theme_is_a_folder_below_themes(value: str) -> None:
    """Its name is one name."""
    assert only(f"[theme]\nname = '{value}'").rule == "KB126"


LOCALES = [
    ("[locales.zh-hant]", "zh-hant is not a known locale", "Write  zh-Hant"),
    ("[locales.zh_TW]", "zh_TW is not a known locale", "Write  zh-TW"),
    ("[locales.qq]", "qq is not a known locale", "Write a language that Unicode's CLDR knows"),
    ("[locales.english]", "english is not a known locale", "Write a language as in"),
    ('[locales.en]\n[locales.ca]\nfallback = "ro"', "locales.ca.fallback is not a locale of this site", "Write one of: en"),
    ('[locales.en]\n[locales.ca]\nfallback = "ca"', "locales.ca.fallback is the locale itself", "Write one of: en"),
    (
        '[site]\ndefault_locale = "de"\n[locales.en]\n[locales.ca]',
        "site.default_locale is de, which no [locales.de] names",
        "Write one of: en, ca",
    ),
    ('[site]\ndefault_locale = "qq"', "site.default_locale is not a known locale: qq", "Write a language"),
    ('[site]\ntime_zone = "Europe/Madird"', "site.time_zone is not a known time zone", 'Write  time_zone = "Europe/Madrid"'),
    ('[site]\ntime_zone = "europe/madrid"', "site.time_zone is not a known time zone", 'Write  time_zone = "Europe/Madrid"'),
    ('[site]\ntime_zone = "../../etc/passwd"', "site.time_zone is not a known time zone", "Write  time_zone"),
]


@pytest.mark.parametrize(("text", "message", "remedy"), LOCALES)
def test_unknown_locales_and_zones_are_refused(text: str, message: str, remedy: str) -> None:
    """Tags are those of BCP 47 that CLDR knows; a fallback and the default are among the site's own."""
    problem = only(text)

    assert problem.rule == "KB125"
    assert problem.message.startswith(message)
    assert problem.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[build]\ncache = ".kbgen"', "build.cache"),
        ('[search]\nsynonyms = "synonyms.toml"', "search.synonyms"),
        ('[search]\ngolden = "search-tests.toml"', "search.golden"),
        ('[review]\ndefault_every = "6mo"', "review.default_every"),
        ("[budgets]\nrequests = 5", "budgets.requests"),
    ],
)
def test_no_setting_is_accepted_that_does_nothing(text: str, name: str) -> None:
    """A setting that nothing reads is refused like any unknown one: silence would look like an effect."""
    problem = only(text)

    assert (problem.rule, problem.message) == ("KB121", f"{name} is not known")


def test_all_problems_of_the_settings_come_at_once() -> None:
    """One run tells everything, in the order of the file."""
    _, problems = config.read('[site]\ntittle = 1\nbase_url = "x"\n[build]\noutput = "/"\n[markdown]\nraw_html = 3\n[x]\n')

    assert [(problem.line, problem.rule) for problem in problems] == [(2, "KB121"), (3, "KB124"), (5, "KB126"), (7, "KB122"), (8, "KB121")]


def test_a_category_is_checked() -> None:
    """Unknown fields, wrong types and ids that are none are problems of the category's file."""
    path = "content/en/account/_category.toml"
    found, problems = config.read_category('tittle = "x"\norder = "1"\nfeatured = ["KB 1"]\nicon = "<svg>"\n', path)

    assert found is None
    assert [(problem.path, problem.line, problem.rule) for problem in problems] == [
        (path, 1, "KB121"),
        (path, 2, "KB122"),
        (path, 3, "KB122"),
        (path, 4, "KB122"),
    ]


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("price = 9.90", "KB127", 1),
        ("open = true", "KB127", 1),
        ("days = [1]", "KB127", 1),
        ('"a b" = "x"', "KB127", 1),
        ('[locales]\nca = "x"', "KB127", 2),
        ('[Support]\nx = "y"', "KB127", 1),
        ('[ca]\nx = {a = "y"}', "KB127", 2),
        ('x = "a\u202eb"', "KB128", 1),
        ("x = y", "KB120", 1),
    ],
)
def test_variables_are_checked(text: str, rule: str, line: int) -> None:
    """A number whose writing would change, and what is no text at all, is refused; what is right beside it stays."""
    found, problems = config.read_variables(f"{text}\n", "content/_vars.toml")

    assert [(problem.rule, problem.line) for problem in problems] == [(rule, line)]
    assert all(isinstance(value, str) for table in found.values() for value in table.values())


def test_every_rule_is_explained() -> None:
    """Each rule that settings can break has a paragraph with what it wants."""
    assert set(config.RULES) == {f"KB{number}" for number in range(120, 130)}
    assert all(len(text) > 80 for text in config.RULES.values())
