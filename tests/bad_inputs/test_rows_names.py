"""Rows W14 to W16, W25 and W33 to W35 of bad input: addresses, categories, titles, and who may see what."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_inputs.tools import accepted, article, other, refused, told

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"
FIRST = 8  # the file's line on which a body begins
COMPOSED, DECOMPOSED = unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("content/en/a/Reset.md", "content/en/a/reset.md"),
        (f"content/en/a/{COMPOSED}.md", f"content/en/a/{DECOMPOSED}.md"),
        ("content/en/a/STRASSE.md", "content/en/a/straße.md"),
        ("content/en/Account/x.md", "content/en/account/y.md"),
        (f"content/en/{COMPOSED}/x.md", f"content/en/{DECOMPOSED}/y.md"),
        ("content/en/a/Sub/x.md", "content/en/a/sub/y.md"),
    ],
)
def test_w14_addresses_that_differ_in_form_only(site_factory: Make, one: str, two: str) -> None:
    """W14: two articles or folders that are one file on another system are refused, and both are named."""
    built = refused(site_factory({one: article(), two: other(1)}))
    found = [problem for problem in built.problems if problem.rule in {"KB402", "KB407"}]

    assert len(found) == (2 if found[0].rule == "KB402" else 1)
    assert {
        unicodedata.normalize("NFC", name.rpartition("/")[0]).casefold()
        in f"{unicodedata.normalize('NFC', found[0].path)} {unicodedata.normalize('NFC', found[0].message)}".casefold()
        for name in (one, two)
    } == {True}


def test_w14_slugs_that_are_equal(site_factory: Make) -> None:
    """W14: two articles with one address are refused, and both are named."""
    built = refused(site_factory({"content/en/a/one.md": article(slug="same"), "content/en/a/two.md": other(1, slug="same")}))

    told(built, "content/en/a/one.md", "KB402", words=["content/en/a/two.md"])
    told(built, "content/en/a/two.md", "KB402", words=["content/en/a/one.md"])


@pytest.mark.parametrize(
    ("alias", "rule"),
    [
        ("/en/account/another-lamp/", "KB404"),
        ("/en/account/another-lamp", "KB404"),
        ("/en/account/another-lamp/index.html", "KB404"),
        ("/en/account/pair-a-lamp/", "KB404"),
        ("/en/account/", "KB404"),
        ("/en/", "KB404"),
        ("/en/search/", "KB404"),
        ("/index.html", "KB404"),
        ("/sitemap.xml", "KB404"),
        ("/en/Account/Another-Lamp/", "KB404"),
        ("https://evil.example/", "KB403"),
        ("evil.example/x", "KB403"),
    ],
)
def test_w15_aliases(site_factory: Make, alias: str, rule: str) -> None:
    """W15: an alias that is the address of something, or leads to another host, is refused."""
    root = site_factory({FILE: article(aliases=f"['{alias}']"), "content/en/account/another-lamp.md": other(1)})
    told(refused(root), FILE, rule)


def test_w15_aliases_that_lead_in_a_circle(site_factory: Make) -> None:
    """W15: a moved to b and b to a: both are refused, with the other's name."""
    one, two = "content/en/account/one.md", "content/en/account/two.md"
    built = refused(site_factory({one: article(aliases="[/en/account/two/]"), two: other(1, aliases="[/en/account/one/]")}))

    told(built, one, "KB404", words=[two])
    told(built, two, "KB404", words=[one])


def test_w15_two_articles_with_one_alias(site_factory: Make) -> None:
    """W15: an old address can lead to one place only."""
    built = refused(site_factory({"content/en/a/one.md": article(aliases="[/old/]"), "content/en/a/two.md": other(1, aliases="[/old]")}))

    told(built, "content/en/a/one.md", "KB404", words=["content/en/a/two.md"])
    told(built, "content/en/a/two.md", "KB404", words=["content/en/a/one.md"])


@pytest.mark.parametrize(
    "alias",
    [
        "//evil.example",
        r"/\evil.example",
        "javascript:alert(1)",
        r"\\evil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "/\tx//evil.example",
        "/ /evil.example",
        "/a/../../x",
        "/a\nb",
        "/old?x=1",
        "/old#x",
        "/old\r\nLocation: x",
    ],
)
def test_w16_aliases_that_leave_the_site(site_factory: Make, alias: str) -> None:
    """W16: an alias that a browser would take to another place is refused where it stands."""
    quoted = alias.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    told(refused(site_factory({FILE: article(aliases=f'["{quoted}"]')})), FILE, "KB403", 7, 11)


HIDDEN = {
    "draft": {"status": "draft"},
    "in review": {"status": "in_review"},
    "agents": {"audience": "agents"},
    "reply": {"kind": "reply"},
    "scheduled": {"publish_at": "2027-01-01T00:00:00Z"},
    "expired": {"expire_at": "2026-01-01T00:00:00Z"},
    "archived": {"status": "archived"},
}


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("link", ["kb:kb-other1", "secret.md"])
def test_w25_links_to_what_customers_cannot_open(site_factory: Make, fields: dict[str, str], link: str) -> None:
    """W25: a public article that links to a hidden one is refused with its line, and the hidden title is not told to the portal."""
    root = site_factory({FILE: article(f"One.\n\nSee [it]({link}).\n"), "content/en/account/secret.md": other(1, **fields)})

    told(refused(root), FILE, "KB322", FIRST + 2)


def test_w25_agents_may_link_to_what_is_theirs(site_factory: Make) -> None:
    """W25: a portal for agents, and an article for agents, may link to internal ones."""
    root = site_factory(
        {
            FILE: article("See [it](kb:kb-other1).\n\n## Then\n\nMore.\n", audience="agents"),
            "content/en/account/secret.md": other(1, audience="agents"),
            "content/en/a.md": other(2),
        }
    )

    accepted(root)
    accepted(root, "--audience", "agents")


def test_w25_a_draft_that_has_expired_stays_hidden(site_factory: Make) -> None:
    """W25: what was never published leaves no page behind when its time is over."""
    root = site_factory(
        {FILE: other(1, status="draft", title="Unfinished words", expire_at="2026-01-01T00:00:00Z"), "content/en/a.md": article()}
    )
    built = accepted(root)

    assert not any(b"Unfinished words" in path.read_bytes() for path in (root / "dist").rglob("*") if path.is_file())
    assert built.written


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"review": "{every: 2099-01-01}"}, "KB104"),
        ({"review": "{every: -3mo}"}, "KB104"),
        ({"review": "{every: 999mo}"}, "KB104"),
        ({"authors": "[{name: x}]"}, "KB104"),
        ({"category": "devices"}, "KB111"),
        ({"expire_at": "2026-01-01T00:00:00Z", "publish_at": "2026-02-01T00:00:00Z"}, "KB117"),
    ],
)
def test_w33_dates_and_names(site_factory: Make, fields: dict[str, str], rule: str) -> None:
    """W33: a review that is no period, an author that is no name, a category in the head are refused where they stand."""
    told(refused(site_factory({FILE: article(**fields)})), FILE, rule)


def test_w33_a_far_future_hides_an_article(site_factory: Make) -> None:
    """W33: an article of 2099 is not shown before."""
    root = site_factory({FILE: article(publish_at="2099-01-01T00:00:00Z"), "content/en/a.md": other(1)})

    assert accepted(root).code == 0
    assert not (root / "dist" / PAGE).exists()


def test_w34_categories_cannot_form_a_circle(site_factory: Make) -> None:
    """W34: categories are folders; the only way to a circle is a link, and that is refused."""
    root = site_factory({FILE: article()})
    (root / "content/en/account/again").symlink_to("..")

    told(refused(root), "content/en/account/again", "KB140")


def test_w34_category_without_articles(site_factory: Make) -> None:
    """W34: a category that is described and holds nothing is a warning."""
    root = site_factory(
        {
            FILE: article(),
            "content/en/empty/_category.toml": 'title = "Nothing here"\n',
            "content/en/account/_category.toml": 'title = "Account"\n',
        }
    )
    built = accepted(root)

    assert told(built, "content/en/empty/_category.toml", "KB410").severity == "warning"
    assert built.rules() == ["KB410"]


def test_w34_languages_that_stand_in_for_one_another(site_factory: Make) -> None:
    """W34: a circle of fall-backs ends; each language still gets what the others have."""
    config = '[site]\ntitle = "T"\ndefault_locale = "en"\n[locales.en]\nfallback = "ca"\n[locales.ca]\nfallback = "ro"\n[locales.ro]\nfallback = "ca"\n'
    built = accepted(site_factory({"kbgen.toml": config, "content/ca/a/x.md": article(), FILE: other(1)}))

    assert "Pair a lamp" in built.page("ro/a/x")


def test_w35_two_articles_with_one_title(site_factory: Make) -> None:
    """W35: readers could not tell them apart in a list, so the second is refused, and the first is named."""
    root = site_factory({FILE: article(), "content/en/devices/pair.md": other(1, title="pair a LAMP")})

    told(refused(root), "content/en/devices/pair.md", "KB408", words=[FILE])


def test_w35_one_id_twice_in_a_language(site_factory: Make) -> None:
    """W35: a group of translations has one text of each language."""
    config = '[site]\ntitle = "T"\n[locales.en]\n[locales.ca]\n'
    root = site_factory(
        {"kbgen.toml": config, FILE: article(), "content/ca/a/x.md": article(), "content/ca/b/y.md": article(title="Un altre")}
    )

    told(refused(root), "content/ca/b/y.md", "KB401", words=["content/ca/a/x.md"])


def test_w35_one_id_twice_when_one_is_a_draft(site_factory: Make) -> None:
    """W35: an id belongs to one article even while the other is hidden."""
    root = site_factory({FILE: article(), "content/en/b/y.md": article(title="Another", status="draft")})

    built = refused(root)

    told(built, "content/en/account/pair-a-lamp.md", "KB401", words=["content/en/b/y.md"])
    told(built, "content/en/b/y.md", "KB401", words=["content/en/account/pair-a-lamp.md"])
