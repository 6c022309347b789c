"""How far a text is decides what a check looks at; --at shows what time will bring."""

from __future__ import annotations

import pytest
from checkup.asking import check, errors, found

ARTICLE = "---\nid: kb-{name}\ntitle: About {name}\ndescription: All about {name}\nstatus: {status}\nkeywords: [x]\n{more}---\n{text}\n"
LONG = "Open the " + "very " * 40 + "good box."


def article(name: str, text: str = "A text.", *, status: str = "published", more: str = "") -> str:
    """Write an article."""
    return ARTICLE.format(name=name, text=text, status=status, more=more)


@pytest.fixture
def root(site_factory):
    """A draft with a broken link, a link to it, a long sentence, and two texts of one title."""
    return site_factory(
        {
            "kbgen.toml": "",
            "content/en/draft.md": article("draft", "[x](kb:kb-none)", status="draft"),
            "content/en/a.md": article("a", f"[d](kb:kb-draft)\n\n{LONG}"),
            "content/en/b.md": article("b").replace("About b", "About a"),
        }
    )


@pytest.mark.parametrize(
    ("mode", "rules"),
    [
        ("edit", {"KB320", "KB502"}),
        ("preview", {"KB320", "KB502"}),
        ("merge", {"KB322"}),
        ("publish", {"KB322"}),
    ],
)
def test_each_mode_looks_at_its_own(root, mode, rules):
    """Writers see drafts as if they were shown, and advice; reviewers and CI see what customers will see."""
    asked = {"KB320", "KB322", "KB502"}

    assert {one["rule"] for one in found(root, "--mode", mode)} & asked == rules
    assert check(root, "--mode", mode).exit_code == 1


def test_edit_leaves_search_and_time_to_others(site_factory):
    """A search test that misses its article is not the business of who types; before a merge it is."""
    root = site_factory(
        {
            "kbgen.toml": "",
            "content/en/a.md": article("a"),
            "content/en/search-tests.toml": '[[test]]\nquery = "zebra"\narticle = "kb-a"\n',
        }
    )

    assert "KB901" not in errors(root, "--mode", "edit")
    assert "KB901" in errors(root, "--mode", "preview")
    assert "KB901" in errors(root)


@pytest.fixture
def timed(site_factory):
    """An article that appears with a broken link, and another that leaves while a third links to it."""
    return site_factory(
        {
            "kbgen.toml": "",
            "content/en/soon.md": article("soon", "[x](kb:kb-none)", more="publish_at: 2099-05-01T00:00:00+00:00\n"),
            "content/en/ends.md": article("ends", more="expire_at: 2099-06-01T00:00:00+00:00\n"),
            "content/en/a.md": article("a", "[e](kb:kb-ends)"),
        }
    )


def test_time_is_looked_ahead(timed):
    """Next tells of the first moment, all of every one; what is wrong only then says from when; a day stands for now."""
    moments = {
        which: [(one["rule"], one["at"]) for one in found(timed, *which) if one["severity"] == "error"]
        for which in ((), ("--at", "next"), ("--at", "all"), ("--mode", "publish"))
    }
    first, second = ("KB320", "2099-05-01T00:00:00+00:00"), ("KB322", "2099-06-01T00:00:00+00:00")

    assert moments == {(): [], ("--at", "next"): [first], ("--at", "all"): [second, first], ("--mode", "publish"): [second, first]}
    assert sorted(errors(timed, "--at", "2099-07-01")) == ["KB320", "KB322"]
    assert "From 2099-05-01T00:00:00+00:00 on" in check(timed, "--at", "next").stdout


@pytest.mark.parametrize("words", [("--at", "soon"), ("--out", "sarif"), ("--out", "pdf=x.pdf"), ("--mode", "fast"), ("--format", "xml")])
def test_wrong_usage_is_told(root, words):
    """What cannot be meant is refused with exit code 2, before anything is read."""
    assert check(root, *words).exit_code == 2


def test_several_reports_at_once(root, tmp_path):
    """Each --out writes its file, folders included, whatever stands on the terminal."""
    wishes = [word for form in ("sarif", "junit", "gitlab") for word in ("--out", f"{form}={tmp_path}/out/{form}")]
    done = check(root, "-q", *wishes)

    assert "content/en/a.md" in done.stdout
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["gitlab", "junit", "sarif"]


def test_kinds_are_held_to_what_they_are_for(site_factory):
    """An exercise without its parts, a reply with a heading, a question without an answer, a film without a transcript: warnings."""
    root = site_factory(
        {
            "kbgen.toml": "",
            "content/en/e.md": article("e", "## The case\n\nA case.", more="kind: exercise\n"),
            "content/en/r.md": article("r", "## Hello\n\nA text.", more="kind: reply\n"),
            "content/en/f.md": article("f", "## One?\n\nYes.\n\n## Two?\n\n## Three?\n\nNo.", more="kind: faq\n"),
            "content/en/v.md": article("v", more='kind: video\nvideo: {src: "https://films.example/v", duration: 5}\n'),
            "content/en/good.md": article("good", "## Case\n\nA.\n\n## Article\n\n[x](kb:kb-f)\n\n## Reply\n\nB.", more="kind: exercise\n"),
        }
    )
    told = {(one["path"].rpartition("/")[2], one["rule"]) for one in found(root) if one["rule"] in {"KB232", "KB239", "KB240", "KB241"}}

    assert told == {("e.md", "KB240"), ("r.md", "KB241"), ("f.md", "KB232"), ("v.md", "KB239")}
