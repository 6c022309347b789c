"""`kbgen why` names the inputs that made a page be rendered again."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kbgen.cli import main

ARTICLE = (
    "---\nid: kb-{key}\ntitle: {title}\ndescription: How to {title}\nstatus: published\ntags: [lamp]\nkeywords: [lamp]\n---\n"
    "1. Press the button of the lamp until the light is white.\n\n## If it did not work\n\nWait a minute.\n"
)
SITE = {
    "content/en/devices/_category.toml": 'title = "Devices"\n',
    "content/en/devices/lamp.md": ARTICLE.format(key="lamp", title="Pair a lamp"),
    "content/en/devices/hub.md": ARTICLE.format(key="hub", title="Start the hub"),
    "content/en/devices/button.md": ARTICLE.format(key="button", title="Use a button"),
}


def run(root, *words: str) -> tuple[int, str]:
    """Run a command in this process: exit code, what was printed."""
    result = CliRunner().invoke(main, ["-C", str(root), *words])
    return result.exit_code, result.output


@pytest.fixture
def root(site_factory):
    """A site that was built once."""
    root = site_factory(SITE)
    assert run(root, "build", "--jobs", "1")[0] == 0
    return root


def named(told: str) -> set[str]:
    """The parts that an answer names."""
    return {line.split(":")[0].strip() for line in told.splitlines()[1:]}


def test_a_changed_title_is_named_where_it_shows(root):
    """Its own page changed itself; its neighbours show it beside them, as related or as the one before; the answer says so in words."""
    path = root / "content/en/devices/lamp.md"
    path.write_text(path.read_text().replace("title: Pair a lamp", "title: Pair any lamp"))
    run(root, "build", "--jobs", "1")
    own = run(root, "why", "/en/devices/lamp/")
    other = run(root, "why", "https://help.example/en/devices/hub/")
    listed = run(root, "why", "en/devices/")

    assert own[0] == other[0] == listed[0] == 0
    assert {"article", "page"} <= named(own[1])
    assert {"siblings", "related"} <= named(other[1])
    assert "article" not in named(other[1])
    assert named(listed[1]) & {"category"}
    assert "the titles in its category, shown beside it" in other[1]


def test_a_new_page_and_an_unknown_one(root):
    """A first build has no change to name; an address that no build made is wrong usage."""
    new = run(root, "why", "/en/devices/lamp/")
    unknown = run(root, "why", "/en/none/")

    assert new[0] == 0
    assert "because it was new" in new[1]
    assert unknown[0] == 2
    assert "has no page /en/none/" in unknown[1]


def test_a_page_that_somebody_changed(root):
    """A file of the output that was taken away is made again, and that is the reason given."""
    (root / "dist/en/devices/lamp/index.html").unlink()
    run(root, "build", "--jobs", "1")

    assert "was missing or had been changed" in run(root, "why", "/en/devices/lamp/")[1]


def test_before_any_build(site_factory):
    """Nothing was built, so no page is known."""
    assert run(site_factory(SITE), "why", "/en/")[0] == 2


def test_an_address_may_be_written_in_any_way(root):
    """With or without host, slash and index.html; a strange host's path is looked up all the same."""
    answers = {
        run(root, "why", one)[0]
        for one in ("/en/devices/lamp", "en/devices/lamp/index.html", "http://localhost:8000/en/devices/lamp/?q=1#a")
    }

    assert answers == {0}
