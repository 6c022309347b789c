"""Rows W36 to W42 and W46 of bad input: settings, themes, hooks, data for scripts, and the service's export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_inputs.tools import AS_OF, OLD, accepted, add, article, build, command, other, refused, told, tree
from conftest import commit_all
from selectolax.lexbor import LexborHTMLParser

from kbgen.search.query import opened

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"


@pytest.mark.parametrize(
    ("text", "rule", "line", "words"),
    [
        ('[site]\ntitel = "x"\n', "KB121", 2, ["title"]),
        ("[site]\ntitle = 5\n", "KB122", 2, []),
        ("[budgets]\ncss_kb = -1\n", "KB122", 2, []),
        ('[site]\nbase_url = "help.example"\n', "KB124", 2, ["https://help.example"]),
        ('[build]\noutput = "content"\n', "KB126", 2, ["dist"]),
        ('[build]\noutput = "/"\n', "KB126", 2, ["dist"]),
        ('[build]\noutput = "."\n', "KB126", 2, ["dist"]),
        ('[build]\noutput = "../out"\n', "KB126", 2, ["dist"]),
        ("[locales.xx-nowhere]\n[locales.en]\n", "KB125", 1, []),
        ('[site]\ntime_zone = "Europe/Madird"\n', "KB125", 2, ["Europe/Madrid"]),
        ('[theme]\nname = "nowhere"\n', "KB912", None, []),
        ("[site\n", "KB120", 1, []),
        ("[site]\ntitle = 'a'\ntitle = 'b'\n", "KB120", 3, []),
        ("[[site]]\n", "KB122", 1, []),
    ],
)
def test_w36_settings(site_factory: Make, text: str, rule: str, line: int | None, words: list[str]) -> None:
    """W36: wrong settings are refused with line and remedy, and nothing is written."""
    root = site_factory({"kbgen.toml": text, FILE: article()})
    add(root / "dist", OLD)
    built = build(root, "-o", str(root / "dist"))

    assert built.code == 1
    found = [one for one in built.problems if one.rule == rule]
    assert found, built.text
    assert line is None or found[0].line == line
    assert all(word in f"{found[0].message} {found[0].remedy}" for word in words)
    assert tree(root / "dist") == OLD


@pytest.mark.parametrize("place", [".", "content", "content/en", "/", "..", "themes", ".git", ".kbgen"])
def test_w36_outputs_that_hold_the_sources(site_factory: Make, place: str) -> None:
    """W36: a build never replaces the sources, what holds them, or what it remembers."""
    root = site_factory({FILE: article(), ".git/config": "x", "themes/x/y.toml": "", ".kbgen/mine": "x"})
    before = tree(root / "content")
    result = command(root, "build", "-o", str(root / place))

    assert result.exit_code == 1
    assert "Choose" in result.output
    assert "Traceback" not in result.output
    assert tree(root / "content") == before


def test_w36_an_unmarked_folder_is_never_touched(site_factory: Make) -> None:
    """W36: what does not carry our mark is never deleted or written to."""
    root = site_factory({FILE: article(), "mine/thesis.odt": "years of work", "mine/index.html": "a page"})
    before = tree(root / "mine")
    result = command(root, "build", "-o", str(root / "mine"))

    assert result.exit_code == 1
    assert "kbgen did not write" in result.output
    assert tree(root / "mine") == before


def test_w36_an_output_that_is_a_link_or_a_file(site_factory: Make) -> None:
    """W36: a link is not followed and a file not replaced."""
    root = site_factory({FILE: article(), "file": "x", "target/x": "y"})
    (root / "link").symlink_to("target")

    for name in ("file", "link"):
        result = command(root, "build", "-o", str(root / name))
        assert result.exit_code == 1
        assert "not a plain folder" in result.output
    assert tree(root / "target") == {"x": b"y"}


HOOK = "def on_site(site):\n    raise SystemError('a stranger runs')\n"


def test_w37_a_pull_request_decides_nothing_but_texts(site_factory: Make) -> None:
    """W37: with --trust the settings, themes and hooks of the revision are used, the others ignored with a notice."""
    good = '[site]\ntitle = "Trusted help"\n[hooks]\nfiles = ["hooks/a.py"]\n'
    root = site_factory({"kbgen.toml": good, "hooks/a.py": "def on_site(site):\n    return site\n", FILE: article()}, git=True)
    add(
        root,
        {
            "kbgen.toml": '[site]\ntitle = "Stolen"\n[build]\noutput = "elsewhere"\n[hooks]\nfiles = ["hooks/a.py", "hooks/b.py"]\n',
            "hooks/a.py": HOOK,
            "hooks/b.py": HOOK,
        },
    )
    add(root, {"themes/default/pages/article.html": "stolen page", FILE: article(title="A new title")})
    commit_all(root, message="A pull request")
    built = accepted(root, "--trust", "HEAD~1")
    again = accepted(root, "--trust", "HEAD~1")

    assert "A new title" in built.page(PAGE)
    assert "Trusted help" in built.page(PAGE)
    assert "stolen" not in built.page(PAGE).lower()
    assert not (root / "elsewhere").exists()
    assert [notice.split()[0] for notice in built.notices] == ["kbgen.toml", "themes", "hooks"]
    assert again.notices == built.notices


def test_w37_equal_files_need_no_notice(site_factory: Make) -> None:
    """W37: where nothing differs, nothing is said."""
    assert accepted(site_factory({FILE: article()}, git=True), "--trust", "main").notices == ()


@pytest.mark.parametrize("revision", ["nowhere", "--output=/tmp/x", "HEAD:kbgen.toml", """ '; touch x '"""])
def test_w37_revisions_that_are_none(site_factory: Make, revision: str) -> None:
    """W37: a revision that git does not know is refused in words; it is never taken for an option."""
    root = site_factory({FILE: article()}, git=True)
    result = command(root, "build", f"--trust={revision}")

    assert result.exit_code == 1
    assert "git knows no revision" in result.output


def test_w37_a_cache_that_came_with_a_pull_request(site_factory: Make) -> None:
    """W37: what a build remembers is never taken from git: a row could hold HTML that was never cleaned."""
    root = site_factory({FILE: article(), ".kbgen/cache.sqlite": "x"}, git=True)
    result = command(root, "build", "--trust", "main")

    assert result.exit_code == 1
    assert ".kbgen" in result.output


THEMES = {
    "missing template": ("One\n{% include 'parts/nowhere.html' %}\n", "KB914", 2),
    "syntax": ("One\n{% if %}\n", None, 2),
    "secrets": ("{% include '../../secrets' %}\n", "KB914", 1),
    "absolute": ("{% include '/etc/passwd' %}\n", "KB914", 1),
    "expression": ("{% include page.title %}\n", "KB913", 1),
    "undefined": ("One\nTwo\n{{ nothing.here }}\n", "KB910", 3),
    "far range": ("{% for x in range(10**9) %}x{% endfor %}\n", "KB910", 1),
    "loop": (
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}\n",
        "KB911",
        None,
    ),
    "itself": ("{% include 'pages/article.html' %}\n", "KB910", None),
    "class": ("{{ ''.__class__.__mro__[1].__subclasses__() }}\n", None, None),
    "unquoted": ("One\n<p title={{ page.title }}>x</p>\n", "KB907", 2),
    "not UTF-8": (b"\xff\xfe{{ page.title }}", None, None),
    "word": ("{{ t('no_such_word') }}\n", "KB910", 1),
    "filter": ("{{ page.title | nothing }}\n", None, 1),
}


@pytest.mark.parametrize(("text", "rule", "line"), THEMES.values(), ids=THEMES.keys())
@pytest.mark.timeout(60)
def test_w38_w39_templates(
    site_factory: Make, text: str | bytes, rule: str | None, line: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W38, W39: a template that is wrong, endless or curious is told with its file and line; the old portal stays."""
    from kbgen.steps import outputs

    monkeypatch.setattr(outputs, "CPU_SECONDS", 1.0)
    root = site_factory(
        {"kbgen.toml": '[theme]\nname = "own"\n', "themes/own/pages/article.html": text, "secrets": "a secret", FILE: article()}
    )
    add(root / "dist", OLD)
    built = build(root)

    if rule is None and built.written:
        assert "a secret" not in built.page(PAGE)
        assert "subclasses" not in built.page(PAGE)
        return
    assert built.code == 1
    assert tree(root / "dist") == OLD
    found = [one for one in built.problems if one.rule == rule or rule is None]
    assert found, built.text
    assert line is None or found[0].line == line
    assert rule == "KB911" or found[0].path == "themes/own/pages/article.html"


PAYLOAD = "<script>alert('x')</script>\" onmouseover=\"alert(1)\" ' <b>&amp;{{ 7*7 }}</b>"


def test_w39_payloads_in_every_field(site_factory: Make) -> None:
    """W39: a title, description, tag or category that holds markup is shown as text on every page."""
    text = json.dumps(PAYLOAD)
    config = f"[site]\ntitle = {text}\ndescription = {text}\n[site.announcement]\nen = {text}\n"
    about = f"title = {text}\ndescription = {text}\n"
    head = {
        "title": text,
        "description": text,
        "tags": f"[{json.dumps(PAYLOAD[:55])}]",
        "keywords": f"[{text}]",
        "owner": text,
        "authors": f"[{text}]",
    }
    files = {
        "kbgen.toml": config,
        "content/en/account/_category.toml": about,
        FILE: article(**head),
        "content/en/account/b.md": other(1, kind="faq", featured="true"),
    }
    built = accepted(site_factory(files))
    pages = sorted((built.root / "dist").rglob("*.html"))

    assert len(pages) > 8
    for page in pages:
        parsed = LexborHTMLParser(page.read_text(encoding="utf-8"))
        assert not parsed.css("[onmouseover]"), page
        assert not [
            one for one in parsed.css("script") if "alert(" in one.text() and one.attributes.get("type") != "application/ld+json"
        ], page
        for data in parsed.css('script[type="application/ld+json"]'):
            json.loads(data.text())


@pytest.mark.parametrize("door", ["on_article", "on_site", "on_pages"])
def test_w40_hooks_that_raise(site_factory: Make, door: str) -> None:
    """W40: a hook that raises is one line that names it; --traceback shows more."""
    root = site_factory(
        {
            "kbgen.toml": '[hooks]\nfiles = ["hooks/a.py"]\n',
            "hooks/a.py": f"def {door}(value):\n    raise ValueError('no luck')\n",
            FILE: article(),
        }
    )
    add(root / "dist", OLD)
    result = command(root, "build", "--as-of", AS_OF)
    more = command(root, "--traceback", "build", "--as-of", AS_OF)

    assert result.exit_code == 1
    assert f"hooks/a.py: {door} raised ValueError: no luck" in result.output
    assert "Traceback" not in result.output
    assert len(result.output.splitlines()) == 1
    assert more.exception is not None
    assert tree(root / "dist") == OLD


@pytest.mark.parametrize("code", ["def (", "raise RuntimeError('x')", "import nothing_of_that_name", "raise SystemExit(3)", "\xff"])
def test_w40_hooks_that_cannot_be_loaded(site_factory: Make, code: str) -> None:
    """W40: a hook that cannot be loaded is a problem of its file."""
    root = site_factory({"kbgen.toml": '[hooks]\nfiles = ["hooks/a.py"]\n', "hooks/a.py": code.encode("latin-1"), FILE: article()})

    told(refused(root), "hooks/a.py", "KB160")


def test_w40_hooks_that_return_nonsense(site_factory: Make) -> None:
    """W40: a hook that forgets to return is named."""
    root = site_factory(
        {"kbgen.toml": '[hooks]\nfiles = ["hooks/a.py"]\n', "hooks/a.py": "def on_site(site):\n    pass\n", FILE: article()}
    )
    result = command(root, "build", "--as-of", AS_OF)

    assert result.exit_code == 1
    assert "hooks/a.py" in result.output
    assert "mistake in kbgen" not in result.output


def test_w41_structured_data_cannot_end_its_element(site_factory: Make) -> None:
    """W41: a question that holds the end of a script stays inside the data, which parses and says what the reader sees."""
    body = "Intro.\n\n## What is `</script><script>alert(1)</script>`?\n\nIt is `<!--` and `</script>` \u2028 here.\n\n## Two?\n\nTwo.\n"
    built = accepted(site_factory({FILE: article(body, kind="faq", title="'</script><script>alert(2)</script>'")}))
    tree_ = LexborHTMLParser(built.page(PAGE))
    data = [json.loads(one.text()) for one in tree_.css('script[type="application/ld+json"]')]

    assert any("</script>" in json.dumps(one, ensure_ascii=False) for one in data)
    assert not any("alert" in one.text() for one in tree_.css("script") if one.attributes.get("type") != "application/ld+json")


def no_such_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Read an object of JSON that no word of an article may have named a key of."""
    assert not {"__proto__", "constructor", "toString"} & dict(pairs).keys()
    return dict(pairs)


def test_w42_search_index_of_strange_words(site_factory: Make) -> None:
    """W42: the ends of scripts, line separators and the names of JavaScript's own keys are words as any others."""
    words = "__proto__ constructor toString hasOwnProperty prototype </script> \u2028 \u2029 <!-- ]]> valueOf"
    built = accepted(
        site_factory(
            {
                FILE: article(
                    f"Words: `{words}` and __proto__ plain constructor.\n",
                    keywords="[__proto__, constructor, toString]",
                    title="'constructor __proto__'",
                )
            }
        )
    )
    index = opened(built.root / "dist", "en")

    for file in [*(built.root / "dist/assets/search/en").iterdir(), built.root / "dist/en/search/index.json"]:
        json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=no_such_keys)
    for word in ("constructor", "__proto__", "toString", "valueOf"):
        assert [hit.record.title for hit in index.query(word)] == ["constructor __proto__"]


EXPORTS = {
    "broken": "{",
    "empty": "",
    "a list": "[]",
    "another schema": '{"schema": 99, "made_at": "2026-03-11T00:00:00+00:00", "ratings": []}',
    "no zone": '{"schema": 1, "made_at": "2026-03-11T00:00:00", "ratings": []}',
    "negative": '{"schema": 1, "made_at": "2026-03-11T00:00:00+00:00", "ratings": [{"article": "kb-tested", "yes": -5, "no": 5}]}',
    "text": '{"schema": 1, "made_at": "2026-03-11T00:00:00+00:00", "ratings": [{"article": "kb-tested", "yes": "many", "no": 5}]}',
    "deep": "[" * 100_000,
    "huge number": '{"schema": 1, "made_at": "2026-03-11T00:00:00+00:00", "ratings": [{"article": "a", "yes": 1e999, "no": 5}]}',
    "NUL": b"\0\xff\xfe",
    "old": '{"schema": 1, "made_at": "2026-01-01T00:00:00+00:00", "ratings": []}',
}


@pytest.mark.parametrize("text", EXPORTS.values(), ids=EXPORTS.keys())
def test_w46_exports_of_the_service(site_factory: Make, text: str | bytes) -> None:
    """W46: a broken, foreign or old export never stops a build: it goes on with the last good one and warns."""
    root = site_factory({"kbgen.toml": '[feedback]\nexport = "feedback.json"\n', FILE: article(), "feedback.json": text})
    built = accepted(root)

    found = [one for one in built.problems if one.path == "feedback.json"]
    assert [one.severity for one in found] == ["warning"] or text == EXPORTS["no zone"]
