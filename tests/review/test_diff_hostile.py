"""`kbgen diff` shows what strangers propose: nothing of it runs, leaves its folder, or chooses its own rules."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from review.proposals import CHINESE, PRICES, STEPS, TRACK, article_of, begun, diffed, text
from selectolax.lexbor import LexborHTMLParser

from kbgen.cli import main

if TYPE_CHECKING:
    from review.repository import Repository

EVIL = '<script>alert(1)</script><img src="x" onerror="alert(1)"><svg onload="alert(1)"></svg>'


@pytest.fixture
def kb(kept: Repository) -> Repository:
    """The help centre, on a branch without commits of its own."""
    begun(kept)
    return kept


def pages(folder: Path) -> list[LexborHTMLParser]:
    """Parse every page of a report."""
    return [LexborHTMLParser(file.read_text(encoding="utf-8")) for file in folder.rglob("*.html")]


def test_nothing_of_an_article_runs(kb, tmp_path):
    """Markup in titles, fields, bodies, alternative texts, paths and queries is text; every page forbids scripts."""
    body = f'{EVIL}\n\n<a href="javascript:alert(1)">x</a> <p onclick="alert(1)" style="position:fixed">y</p>\n\n![{EVIL}](images/lamp.svg)'
    files = {
        STEPS: text("kb-steps", f"'{EVIL}'", body, keywords="['<b>']"),
        f"content/en/devices/{'<img src=x>'.replace('/', '')}.md": text("kb-evil", "Evil", EVIL),
        "content/en/search-tests.toml": f"[[test]]\nquery = '{EVIL}'\narticle = 'kb-track'\n",
    }
    kb.commit("Evil", files)
    folder = tmp_path / "report"
    diffed(kb, folder)

    for page in pages(folder):
        assert not page.css("script, svg, iframe, object, embed, style, form, input, [style]")
        assert not [node for node in page.css("*") if any(name.startswith("on") for name in node.attributes)]
        assert not [node for node in page.css("[href]") if (node.attributes["href"] or "").lower().startswith(("javascript", "data"))]
        assert "default-src 'none'" in page.css_first("meta[http-equiv]").attributes["content"]


def test_a_comment_formats_nothing_and_calls_nobody(kb, tmp_path):
    """Mentions, links, images and HTML of an article are plain text in report.md."""
    evil = "@everyone [x](https://evil.example) ![x](https://evil.example/x.png) <b>x</b> `code` https://evil.example #1"
    kb.commit("Evil", {STEPS: text("kb-steps", f'"{evil}"', evil)})
    diffed(kb, tmp_path / "report")
    comment = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    bare = re.sub(r"\\[^\w\s]", "", re.sub(r"`[^`]*`", "", comment))

    assert "evil.example" in comment
    assert not re.search(r"https?://|\]\(|!\[|<b>|(?<!\w)@\w", bare)


def test_pictures_of_other_hosts_are_not_loaded(kb, tmp_path):
    """A report opens without asking another machine, though the article shows a picture from there."""
    kb.git("switch", "--quiet", "main")
    kb.commit("Hosts", {"kbgen.toml": (kb.root / "kbgen.toml").read_text() + '[markdown]\nallowed_hosts = ["cdn.example"]\n'})
    kb.git("switch", "--quiet", "--force-create", "edit")
    kb.commit("Far", {TRACK: text("kb-track", "Track your order", "![Far](https://cdn.example/x.png)\n\nLook elsewhere.")})
    folder = tmp_path / "report"
    diffed(kb, folder)

    assert not [node for page in pages(folder) for node in page.css("[src]") if "://" in (node.attributes["src"] or "")]


def test_a_proposal_does_not_choose_its_own_settings(kb, tmp_path):
    """What counts as safe HTML is what the target branch says; the changed settings are named."""
    settings = (
        kb.root / "kbgen.toml"
    ).read_text() + '[markdown]\nraw_html = "sanitise"\nallow_tags = ["x-evil"]\n[hooks]\nfiles = ["evil.py"]\n'
    evil = f"open({str(tmp_path / 'ran')!r}, 'w')"
    kb.commit("Evil", {"kbgen.toml": settings, "evil.py": evil, TRACK: text("kb-track", "Track", "<x-evil>Look</x-evil> here")})
    _, report = diffed(kb, tmp_path / "report")

    assert report["other_files"] == ["evil.py", "kbgen.toml"]
    assert not (tmp_path / "ran").exists()
    assert not [node for page in pages(tmp_path / "report") for node in page.css("x-evil")]


def test_a_tree_that_climbs_out_is_read_without_its_climbers(kb, tmp_path):
    """A made-up tree with a path above its folder, a link and a .git changes no file but those of the report."""
    blob = kb.git("hash-object", "-w", "--stdin", stdin="climbed")
    inner = kb.git("mktree", stdin=f"100644 blob {blob}\tclimbed.md\n")
    up = kb.git("mktree", "--missing", stdin=f"040000 tree {inner}\t..\n040000 tree {inner}\t.git\n120000 blob {blob}\tlink.md\n")
    locale = kb.git("mktree", stdin=f"040000 tree {up}\ten\n")
    tree = kb.git("mktree", stdin=f"040000 tree {locale}\tcontent\n")
    tip = kb.git("commit-tree", tree, "-p", "main", "-m", "Evil")
    before = set(tmp_path.rglob("climbed*"))
    _, report = diffed(kb, tmp_path / "report", proposal=f"main..{tip}")

    assert set(tmp_path.rglob("climbed*")) == before
    assert not any("climbed" in one["path"] for one in report["articles"])


def test_a_cache_that_came_with_the_proposal_is_not_believed(kb, tmp_path):
    """Who commits .kbgen/cache.sqlite does not decide what the report shows, and the file stays as it was."""
    kb.git("add", "--force", "--", ".")
    kb.commit(
        "Edit", {TRACK: text("kb-track", "Track your order", "Another text."), ".gitignore": "report/\n", ".kbgen/cache.sqlite": "evil"}
    )
    _, report = diffed(kb, tmp_path / "report")

    assert article_of(report, "kb-track")["blocks"][-1]["after"] == "Another text."
    assert (kb.root / ".kbgen" / "cache.sqlite").read_text() == "evil"


def test_a_text_made_to_be_slow_ends(kb, tmp_path):
    """Thousands of paragraphs with nothing in common are shown as replaced; the other articles are compared all the same."""
    slow = "\n\n".join(f"{'ab'[at % 2]} " * 30 + str(at) for at in range(1500))
    kb.commit("Slow", {TRACK: text("kb-track", "Track your order", slow)})
    kb.git("branch", "--force", "main", "HEAD")
    kb.commit(
        "Slower",
        {
            TRACK: text("kb-track", "Track your order", slow.replace("a ", "c ").replace("b ", "a d ")),
            CHINESE: text("kb-prices", "運費", "新。"),
        },
    )
    _, report = diffed(kb, tmp_path / "report")

    assert {one["id"] for one in report["articles"]} == {"kb-track", "kb-prices"}


@pytest.mark.parametrize("words", [("nothing..HEAD",), ("main..nothing",), ("main..--help",)], ids=str)
def test_what_git_does_not_know_cannot_be_told(kb, tmp_path, words):
    """Exit code 3 says that nothing is known, and no folder is made."""
    done = CliRunner().invoke(main, ["-C", str(kb.root), "diff", *words, "-o", str(tmp_path / "report")])

    assert done.exit_code == 3, done.output
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("main",), "no proposal"),
        (("main..HEAD", "--locale", "tlh"), "cannot be written in"),
        (("main..HEAD", "--from", "x"), "no provider"),
    ],
)
def test_wrong_usage_says_what_is_right(kb, words, told):
    """Exit code 2, with a sentence."""
    done = CliRunner().invoke(main, ["-C", str(kb.root), "diff", *words])

    assert (done.exit_code, told in done.output) == (2, True), done.output


def test_a_folder_of_others_is_left_alone_and_an_old_report_is_replaced(kb, tmp_path):
    """Files that are no report stay; a second run replaces the first, pages of articles that are gone included."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    refused = CliRunner().invoke(main, ["-C", str(kb.root), "diff", "main..HEAD", "-o", str(tmp_path / "mine")])
    kb.commit("Edit", {PRICES: text("kb-prices", "Delivery prices", "Other."), TRACK: text("kb-track", "Track", "Other.")})
    diffed(kb, tmp_path / "report")
    kb.commit("Back", {TRACK: kb.git("show", f"main:{TRACK}") + "\n"})
    diffed(kb, tmp_path / "report")

    assert refused.exit_code == 2
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    assert [file.name for file in sorted((tmp_path / "report" / "articles").iterdir())] == ["001.html"]
    assert json.loads((tmp_path / "report" / "report.json").read_bytes())["schema"] == 1
