"""Loading a theme: what it finds, what it refuses, what it names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from theme_views import DEFAULT, LOCALES, default_theme

from kbgen import theme
from kbgen.theme.closure import closure_of, unquoted, uses


def own(tmp_path: Path, **files: str) -> Path:
    """A site's theme folder; "__" in a name stands for "/", "_dot_" for "."."""
    for name, text in files.items():
        path = tmp_path / "theme" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "theme"


def rules(folder: Path) -> list[tuple[str, str, int]]:
    """The problems of a folder laid over the default theme."""
    return [(one.rule, one.path, one.line) for one in theme.load([folder, DEFAULT], ["en"])[1]]


def test_the_default_theme_has_no_problems() -> None:
    """The theme that comes with kbgen is clean for every locale it has words for."""
    _, problems = theme.load([DEFAULT], LOCALES)

    assert problems == ()


def test_loading_does_not_import_jinja() -> None:
    """A build that renders nothing does not pay for Jinja: closures and words' digests come from text."""
    code = (
        "import sys; from pathlib import Path; from kbgen import theme;"
        f"found, _ = theme.load([Path({str(DEFAULT)!r})], ['en', 'fa']);"
        "found.closure('article.html'); found.words_digest('fa'); found.csp('');"
        "sys.exit('jinja2' in sys.modules or 'markupsafe' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=DEFAULT.parents[1]).returncode == 0


def test_a_site_hides_a_file_by_its_name(tmp_path: Path) -> None:
    """A template of the site's own folder is used instead of the default one, and changes the page's closure."""
    folder = own(tmp_path, parts__tags__tags_dot_html="<p>mine</p>")
    found, problems = theme.load([folder, DEFAULT], ["en"])

    assert problems == ()
    assert found.texts["parts/tags/tags.html"] == "<p>mine</p>"
    assert found.closure("article.html") != default_theme().closure("article.html")
    assert found.closure("home.html") == default_theme().closure("home.html")


def test_words_are_laid_over_each_other_one_by_one(tmp_path: Path) -> None:
    """A site may change one word of a locale and keeps the others, and words_digest names the change."""
    folder = own(tmp_path, words__ca_dot_toml='skip = "Al gra"')
    found, problems = theme.load([folder, DEFAULT], ["ca"])

    assert problems == ()
    assert str(found.words("ca")("skip")) == "Al gra"
    assert found.words("ca")("home.question") == default_theme().words("ca")("home.question")
    assert found.words_digest("ca") != default_theme().words_digest("ca")
    assert found.words_digest("ro") == default_theme().words_digest("ro")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{% include name %}", "KB913"),
        ('{% include "parts/" ~ name %}', "KB913"),
        ('{% include ["parts/tags/tags.html", "x.html"] %}', "KB913"),
        ('{% extends layout if x else "pages/base.html" %}', "KB913"),
        ("{{ once(name) }}", "KB913"),
        ('{% include "parts/none/none.html" %}', "KB914"),
        ('{% include "../../secrets" %}', "KB914"),
        ('{% include "/etc/passwd" %}', "KB914"),
        ("<p title={{ title }}>x</p>", "KB907"),
        ('<a href={{ url }} class="x">x</a>', "KB907"),
        ('<input value="{{ a }}" {% if b %}name={{ b }}{% endif %}>', "KB907"),
    ],
)
def test_templates_that_are_refused(tmp_path: Path, text: str, rule: str) -> None:
    """Dynamic names, names outside the theme and bare attributes are problems with template and line."""
    folder = own(tmp_path, parts__tags__tags_dot_html=f"{{#- a comment\n of two lines -#}}\n{text}\n")

    assert rules(folder) == [(rule, "theme/parts/tags/tags.html", 3)]


@pytest.mark.parametrize(
    "text",
    [
        '<p title="a=b {{ t("x") }}">1 = 2</p>',
        "<a\n href='{{ x }}' hidden>x</a>",
        "<script>a=b</script>",
        "{% set a = b %}<p>x</p>",
        "<!-- a=b --><br/>",
    ],
)
def test_quoted_attributes_pass(text: str) -> None:
    """The lint of quotes does not cry wolf."""
    assert list(unquoted(text)) == []


def test_links_of_the_file_system_are_not_followed(tmp_path: Path) -> None:
    """A symbolic link in a theme's folder cannot bring in a file from outside."""
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    folder = own(tmp_path, parts__x__x_dot_html="x")
    (folder / "parts" / "leak.html").symlink_to(tmp_path / "secret.html")
    (folder / "more").symlink_to(tmp_path)

    assert not [name for name in theme.load([folder, DEFAULT], ["en"])[0].texts if "leak" in name or name.startswith("more")]


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    """`[theme] name` of a folder that is not there is said, and the default theme still loads."""
    found, problems = theme.load([tmp_path / "themes" / "winter", DEFAULT], ["en"])

    assert [(one.rule, one.path) for one in problems] == [("KB912", "themes/winter")]
    assert "pages/article.html" in found.texts


def test_a_locale_without_words_is_a_warning(tmp_path: Path) -> None:
    """A locale that the theme does not know shows English words, and the build says so."""
    _, problems = theme.load([DEFAULT], ["ca-valencia", "ja", "en-GB"])

    assert [(one.rule, one.path, one.severity) for one in problems] == [("KB906", "words/ja.toml", "warning")]


def test_a_broken_words_file_names_its_line(tmp_path: Path) -> None:
    """A words file that is not TOML is a problem with its line."""
    assert rules(own(tmp_path, words__en_dot_toml='skip = "x"\nbad = \n')) == [("KB905", "theme/words/en.toml", 2)]


def test_colours_of_the_site(tmp_path: Path) -> None:
    """Colours reach the stylesheet; what is no colour does not, and is said."""
    found, problems = theme.load(
        [DEFAULT], ["en"], {"accent": "light-dark(#0a6b5c, #7fd)", "ink": "red; } body { display: none", "x y": "#fff"}
    )

    assert b"@layer site{:root{--kb-accent:light-dark(#0a6b5c,#7fd)}}" in found.assets["kb.css"].data
    assert b"display: none" not in found.assets["kb.css"].data
    assert [one.rule for one in problems] == ["KB908", "KB908"]


@pytest.mark.parametrize(
    ("name", "text", "line", "near"),
    [
        ("words__en_dot_toml", '# ours\n[home]\nquestoin = "How?"\n', 3, "home.question"),
        ("words__ca_dot_toml", '[number]\ngroup = "."\n\n[nothing]\nlike = "this"\n', 5, ""),
        ("words__zh-Hnat_dot_toml", 'skip = "x"\n', 0, "words/zh-Hant.toml"),
        ("pages__hoem_dot_html", "<p>x</p>\n", 0, "pages/home.html"),
        ("parts__hours__hour_dot_html", "<p>x</p>\n", 0, "parts/hours/hours.html"),
        ("parts__mine__mine_dot_mjs", "export default () => 1;\n", 0, ""),
    ],
)
def test_names_that_nothing_knows_are_warnings(tmp_path: Path, name: str, text: str, line: int, near: str) -> None:
    """A misspelt word or file of a site's own theme would change nothing: it is told, with the name that was meant."""
    folder = own(tmp_path, **{name: text})
    _, (problem,) = theme.load([folder, DEFAULT], ["en"])

    assert (problem.rule, problem.severity, problem.line) == ("KB909", "warning", line)
    assert problem.path == f"theme/{name.replace('__', '/').replace('_dot_', '.')}"
    assert near in problem.remedy
    assert problem.remedy.startswith("Did you mean") == bool(near)


def test_names_of_the_site_itself_pass(tmp_path: Path) -> None:
    """New words, parts, colours and languages that the site's own templates use are no slips; neither is the page of a hook."""
    folder = own(
        tmp_path,
        pages__home_dot_html='{% extends "pages/base.html" %}{% include "parts/mine/mine.html" %}',
        pages__glossary_dot_html="<p>for a hook</p>",
        parts__mine__mine_dot_html="<p>{{ t('mine.greeting') }} {{ t('mine.kind.' ~ page.kind) }}</p>",
        parts__mine__mine_dot_css="@layer site { p { color: var(--kb-mine) } }",
        parts__mine__examples_dot_toml="",
        words__en_dot_toml='[mine]\ngreeting = "Hello"\n[mine.kind]\nfaq = "Questions"\n',
        words__ja_dot_toml='skip = "x"\n',
    )

    assert theme.load([folder, DEFAULT], ["en", "ja-JP"], {"mine": "#fff", "on-accent": "#fff"})[1] == ()


def test_a_colour_that_no_stylesheet_has_is_a_warning() -> None:
    """[theme] colours = {acent = …} would colour nothing."""
    _, (problem,) = theme.load([DEFAULT], ["en"], {"acent": "#0a6b5c"})

    assert (problem.rule, problem.path, problem.severity) == ("KB909", "kbgen.toml", "warning")
    assert problem.remedy == "Did you mean  accent?"


def test_closures_are_transitive() -> None:
    """A page depends on what its parts include, imports inside macros and `once` included, and on nothing else."""
    found = closure_of("pages/article.html", default_theme().texts)

    assert {
        "pages/base.html",
        "parts/search/overlay.html",
        "parts/search/states.html",
        "parts/toc/list.html",
        "parts/switcher/links.html",
    } <= found
    assert "pages/home.html" not in found
    assert "parts/tiles/tiles.html" not in found


def test_names_in_comments_do_not_count() -> None:
    """A template named in a comment is not used."""
    assert uses('{# {% include "a.html" %} #}\n{% include "b.html" %}') == (("b.html", 2),)


def test_the_policy_allows_nothing_inline() -> None:
    """The policy has no unsafe-inline and no unsafe-eval, names the head script by digest and the service where forms go."""
    policy = default_theme().csp("https://service.example/kb/", ["films.example"])

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "worker-src 'self';" in policy
    assert "connect-src 'self' https://service.example;" in policy
    assert "form-action 'self' https://service.example;" in policy
    assert "frame-src https://films.example;" in policy
    assert "frame-src 'none'" in default_theme().csp("javascript:alert(1)//x")
    assert len(default_theme().head_script.encode()) <= 500


def test_assets_are_named_by_their_content() -> None:
    """Every asset's address carries a digest, and modules import each other by the full name."""
    assets = default_theme().assets

    assert all(len(one.url.split(".")[-2]) == 10 for one in assets.values())
    assert assets["search/meant.mjs"].url.removeprefix("assets/") in assets["search/query.mjs"].data.decode()


def test_every_named_icon_exists() -> None:
    """Icons that templates name are in the sprite, with those that categories may name."""
    import re

    found = default_theme()
    named = {name for text in found.texts.values() for name in re.findall(r'\bicon\("([\w-]+)"', text)}
    promised = set("account billing delivery returns device app privacy membership repair video question agent".split())

    assert named | promised <= found.icons
