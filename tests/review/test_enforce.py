"""A build with --approval: customers see the newest approved text of each article, and the team hears what waits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from review.asking import reviews, run, tag
from review.repository import LAMP, REFUND, REVIEWERS, Repository, article

SNIPPET = "content/_snippets/en/note.md"


def shown(kept: Repository, url: str = "en/billing/refund") -> str:
    """What customers read at an address, "" for nothing."""
    page = kept.root / "dist" / url / "index.html"
    return page.read_text(encoding="utf-8") if page.is_file() else ""


def built(kept: Repository, *words: str, mode: str = "enforce") -> list[str]:
    """Build, and return what was said of approvals: "rule path message"."""
    done = run(kept, "build", "--approval", mode, "--format", "json", *words)
    assert done.exit_code == 0, done.output
    return [
        f"{one['rule']} {one['path']} {one['message']}" for one in json.loads(done.stdout)["problems"] if one["rule"] in {"KB720", "KB721"}
    ]


def test_texts_older_than_the_rules_are_published(kept: Repository) -> None:
    """Rules hold from the day on which they are written: nobody has to approve what customers see already."""
    assert built(kept) == []
    assert "A text." in shown(kept)


def test_the_newest_approved_text_is_published(kept: Repository) -> None:
    """Of four texts the third is approved: it is shown, and the article is told with who is needed; an article without rules is free."""
    for text in ("One.", "Two.", "Three."):
        kept.commit("Edit", {REFUND: article("refund", text), LAMP: article("lamp", text)})
        if text == "Two.":
            tag(kept, "bob", REFUND)
    said = built(kept)

    assert "Two." in shown(kept)
    assert "Three." in shown(kept, "en/devices/lamp")
    assert len(said) == 1
    assert said[0].startswith(f"KB720 {REFUND} customers still see the older text {kept.blob(REFUND, 'HEAD~1')[:10]}: needs 1 of billing")


def test_an_approval_that_comes_later_publishes(kept: Repository) -> None:
    """A build after the approval shows the text, with the cache of the build before; the same commit, nothing else is new."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    before = built(kept)
    old = shown(kept)
    tag(kept, "cat", REFUND)
    after = built(kept)

    assert (len(before), after) == (1, [])
    assert "A text." in old
    assert "New." in shown(kept)


def test_a_new_article_waits(kept: Repository) -> None:
    """What was never approved is absent, from lists too, and told; `warn` shows it and says so; `off` says nothing."""
    new = "content/en/billing/vat.md"
    kept.commit("Add", {new: article("vat", "About taxes.")})
    enforced, page, category = built(kept), shown(kept, "en/billing/vat"), shown(kept, "en/billing")
    warned = built(kept, mode="warn")

    assert enforced == [
        f"KB720 {new} customers do not see this, because it was never approved: needs 1 of billing for category billing/**; nobody approved it"
    ]
    assert page == ""
    assert "About vat" not in category
    assert "customers see this without approval" in warned[0]
    assert "About taxes." in shown(kept, "en/billing/vat")
    assert built(kept, mode="off") == []


def test_a_deleted_article_stays_until_somebody_agrees(kept: Repository) -> None:
    """Its text is taken from git; an approval of the deletion takes it away."""
    kept.commit("Delete", {REFUND: None})
    said, page = built(kept), shown(kept)
    gone = kept.blob(REFUND, "main")
    text = f"Approve\n\nArticle: kb-refund blob=deleted-{gone}\nReviewed-by: Bob <bob@help.example>\n"
    kept.git("tag", "--annotate", "--file=-", "review/kb-refund/bob/1", who="bob", stdin=text)

    assert "the file is deleted, and customers still see it" in said[0]
    assert "A text." in page
    assert built(kept) == []
    assert shown(kept) == ""


def test_an_unapproved_move_with_an_edit_changes_no_address(kept: Repository) -> None:
    """The old text stays where it was; a move alone is free where the same rules ask before and after it, and only there."""
    away, inside = "content/en/devices/refund.md", "content/en/billing/cards/refund.md"
    kept.commit("Move and edit", {REFUND: None, away: article("refund", "New.")})
    built(kept)
    kept_old = shown(kept)
    kept.commit("Out of the rule", {away: article("refund")})
    out, still = built(kept), shown(kept)
    kept.commit("Within the rule", {away: None, inside: article("refund")})
    free = built(kept)
    kept.commit("Into the rule", {LAMP: None, "content/en/billing/lamp.md": article("lamp")})
    asked = built(kept)

    assert "A text." in kept_old
    assert [line.split(" ")[1] for line in out] == [away]
    assert "A text." in still
    assert free == []
    assert "A text." in shown(kept, "en/billing/cards/refund")
    assert [line.split(" ")[1] for line in asked] == ["content/en/billing/lamp.md"]
    assert "A text." in shown(kept, "en/devices/lamp")


def test_nobody_takes_the_place_of_a_text_that_still_stands(kept: Repository) -> None:
    """Two articles that changed places, one of them unapproved, stay where they were; both are told, and a third one waits too."""
    kept.git("switch", "--quiet", "main")
    other = "content/en/billing/other.md"
    kept.commit("Other", {other: article("other", "Other text.")})
    kept.commit("Rules come now", {"reviewers.toml": None})
    last = kept.root.parent / "last.json"
    kept.commit("Rules", {"reviewers.toml": REVIEWERS})
    last.write_bytes(manifest(kept))
    kept.commit("Swap", {REFUND: article("other", "Other text."), other: article("refund", "Edited.")})
    said = built(kept, "--since-release", str(last))

    assert "A text." in shown(kept)
    assert "Other text." in shown(kept, "en/billing/other")
    assert [line.split(" ")[1] for line in said] == [other, REFUND]
    assert "kb-refund still stands at" in said[1]


def test_a_release_whose_commit_is_not_here_is_no_answer(kept: Repository) -> None:
    """Nothing is built, with exit code 3, when the history since the last release cannot be read."""
    last = kept.root.parent / "last.json"
    last.write_bytes(manifest(kept).replace(kept.git("rev-parse", "HEAD").encode(), b"1" * 40))
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    done = run(kept, "build", "--approval", "enforce", "--since-release", str(last))

    assert done.exit_code == 3, done.output
    assert "is not here: fetch the whole history" in done.output


def test_an_evil_merge_is_not_published(kept: Repository) -> None:
    """What a merge commit smuggles in besides its parents waits like any other edit; who presses the button wrote nothing."""
    kept.commit("Edit", {REFUND: article("refund", "Approved.")})
    tag(kept, "bob", REFUND)
    kept.git("switch", "--quiet", "main")
    kept.commit("Meanwhile", {LAMP: article("lamp", "Meanwhile.")})
    kept.git("merge", "--quiet", "--no-ff", "--no-edit", "edit", who="bob")
    clean = built(kept)
    kept.git("switch", "--quiet", "--create", "third", "main~1")
    kept.commit("Third", {"content/en/devices/hub.md": article("hub")})
    kept.git("merge", "--quiet", "--no-commit", "--no-ff", "main")
    kept.commit("Merge", {REFUND: article("refund", "Smuggled.")}, who="bob")
    said = built(kept)

    assert clean == []
    assert len(said) == 1
    assert "Approved." in shown(kept)


@pytest.mark.parametrize("covered", [False, True], ids=["no rule", "a rule of its own"])
def test_a_push_to_the_branch_itself_appoints_no_judge(kept: Repository, *, covered: bool) -> None:
    """A changed reviewers.toml holds once another person of the old one, or whom a rule names, approved it."""
    rules = REVIEWERS + ('[[rules]]\npath = "reviewers.toml"\nof = "legal"\n' if covered else "")
    kept.commit("Rules", {"reviewers.toml": rules})
    tag_file(kept, "bob")
    assert built(kept) == []
    (kept.root / "last.json").write_bytes(manifest(kept))
    since = ("--since-release", str(kept.root / "last.json"))
    kept.commit("Take over", {"reviewers.toml": rules.replace('["bob", "cat"]', '["ana"]'), REFUND: article("refund", "Mine.")}, who="cat")
    tag(kept, "ana", REFUND)
    alone = built(kept, *since)
    page = shown(kept)
    tag_file(kept, "ana")

    assert [line.split(" ")[1] for line in alone] == [REFUND, "reviewers.toml"]
    assert "these rules are not in force" in alone[1]
    assert "A text." in page
    assert built(kept, *since) == []
    assert "Mine." in shown(kept)


def tag_file(kept: Repository, who: str) -> None:
    """Approve reviewers.toml."""
    text = f"Approve\n\nArticle: reviewers.toml blob={kept.blob('reviewers.toml')}\nReviewed-by: {who} <{who}@help.example>\n"
    kept.git("tag", "--annotate", "--file=-", f"review/reviewers.toml/{who}/{kept.clock}", who=who, stdin=text)


def manifest(kept: Repository) -> bytes:
    """The manifest of a release of what HEAD holds."""
    from kbgen.release.manifest import Release, write
    from kbgen.review.standing import present

    found = present(kept.root)
    return write(Release("one", "2026-02-02T00:00:00+00:00", "2026-02-02T00:00:00+00:00", found.commit, texts=found.texts))


def test_what_was_published_stays_approved(kept: Repository, tmp_path: Path) -> None:
    """The last release remembers what a forge told once, so its answer need not be kept."""
    head = kept.commit("Edit", {REFUND: article("refund", "New.")})
    told = reviews(kept, tmp_path, ("bob-gh", "APPROVED", head))
    first = built(kept, "--from", f"github={told['github']}")
    (tmp_path / "last.json").write_bytes(manifest(kept))
    kept.commit("More", {LAMP: article("lamp", "More.")})
    forgotten, remembered = built(kept), built(kept, "--since-release", str(tmp_path / "last.json"))

    assert (first, len(forgotten), remembered) == ([], 1, [])
    assert "New." in shown(kept)


def test_snippets_and_pictures_are_texts_too(kept: Repository) -> None:
    """What an article borrows is shown as it was approved, where a rule asks about it."""
    rules = REVIEWERS + '[[rules]]\npath = "content/_snippets/**"\nof = "billing"\n'
    picture = "content/en/billing/images/x.svg"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"><rect width="{0}" height="9"/></svg>'
    kept.git("switch", "--quiet", "main")
    kept.commit(
        "Borrow",
        {"reviewers.toml": rules, SNIPPET: "Old note.\n", picture: svg.format(20), REFUND: article("refund", "{{ snippet note }}\n\n![A form](images/x.svg)")},
    )  # fmt: skip
    tag_file(kept, "bob")
    last = kept.root.parent / "last.json"
    last.write_bytes(manifest(kept))
    kept.commit("Change both", {SNIPPET: "New note.\n", picture: svg.format(30)}, who="cat")
    said = built(kept, "--since-release", str(last))
    page, drawn = shown(kept), (kept.root / "dist/en/billing/images/x.svg").read_text()
    asked = run(kept, "approvals", "HEAD~1..HEAD")

    assert [line.split(" ")[1] for line in said] == [SNIPPET, picture]
    assert "Old note." in page
    assert 'width="20"' in drawn
    assert SNIPPET in asked.output
    assert picture in asked.output


def test_what_is_not_committed_is_not_published(kept: Repository) -> None:
    """Customers see what git has: not an edit on disk, not a file that git does not know."""
    kept.write({LAMP: article("lamp", "On disk."), "content/en/devices/hub.md": article("hub")})
    said = built(kept)

    assert [line.split(" ")[:2] for line in said] == [["KB721", "content/en/devices/hub.md"], ["KB721", LAMP]]
    assert "A text." in shown(kept, "en/devices/lamp")
    assert shown(kept, "en/devices/hub") == ""


def test_history_that_is_cut_off_is_no_answer(kept: Repository, tmp_path: Path) -> None:
    """A shallow clone without the last release's manifest cannot tell what is older than the rules: exit code 3, nothing is built."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    kept.git("clone", "--quiet", "--depth=1", "--branch=edit", f"file://{kept.top}", str(tmp_path / "shallow"))
    cut = Repository.__new__(Repository)
    cut.top = cut.root = tmp_path / "shallow"
    done = run(cut, "build", "--approval", "enforce")

    assert done.exit_code == 3, done.output
    assert "the history is cut off" in done.output
    assert not (cut.root / "dist").exists()


def test_the_settings_can_ask_for_it(kept: Repository) -> None:
    """[review] approval is the default of --approval."""
    kept.commit("Settings", {"kbgen.toml": '[review]\napproval = "enforce"\n', REFUND: article("refund", "New.")})
    run(kept, "build")
    enforced = shown(kept)
    run(kept, "build", "--approval", "off")

    assert "A text." in enforced
    assert "New." in shown(kept)


def test_an_alias_at_the_place_of_a_text_that_waits_says_whose_approval_is_missing(kept: Repository) -> None:
    """The deletion waits, the article that takes its address over does not: the build stops, and says which approval ends that."""
    lamp = article("lamp").replace("tags:", "aliases: [/en/billing/refund/]\ntags:")
    kept.commit("Take it over", {REFUND: None, LAMP: lamp})
    done = run(kept, "build", "--approval", "enforce", "--jobs", "1")
    said = " ".join(done.output.split())

    assert done.exit_code == 1
    assert f"the alias /en/billing/refund/ is the address of {REFUND}, which stands there until" in said
    assert "kbgen approve kb-refund" in said
