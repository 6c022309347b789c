"""What a yes is a yes to: its own pull request, its own deletion, once, and never one's own text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from release.places import publish
from review.asking import approved, tag
from review.attacking import VAT, guarded, page, told
from review.repository import LAMP, REFUND, Repository, article


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository under rules, whose first release is out."""
    return guarded(tmp_path)


@pytest.mark.parametrize("merge", ["merge", "squash"])
def test_a_yes_is_a_yes_to_that_pull_request_only(kept, merge):
    """A text that waits on the branch is not let through by a yes to another pull request that began after it."""
    kept.commit("Evil", {REFUND: article("refund", "Evil.")}, who="mallory")
    publish(kept)
    kept.git("switch", "--quiet", "--create", "lamp")
    head = kept.commit("Lamp", {LAMP: article("lamp", "Brighter.")})
    kept.git("switch", "--quiet", "main")
    if merge == "merge":
        kept.git("merge", "--quiet", "--no-ff", "lamp")
    else:
        kept.git("merge", "--quiet", "--squash", "lamp")
        kept.commit("Lamp (#1)")
    publish(kept, "--from", told(kept, ("bob-gh", head)))

    assert "Evil." not in page(kept, "en/billing/refund")
    assert "Brighter." in page(kept, "en/devices/lamp")


def test_after_a_fast_forward_a_pull_request_holds_what_it_held(kept):
    """Of two commits that came without a merge both are the pull request's, and what waited below them is not."""
    evil = kept.commit("Evil", {REFUND: article("refund", "Evil.")}, who="mallory")
    publish(kept)
    kept.git("switch", "--quiet", "--create", "two", evil)
    kept.commit("Vat", {VAT: article("vat", "About taxes.")})
    head = kept.commit("Lamp", {LAMP: article("lamp", "Brighter.")})
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--ff-only", "two")
    publish(kept, "--from", told(kept, ("bob-gh", head)))
    unknown = page(kept, "en/billing/vat")
    publish(kept, "--from", told(kept, ("bob-gh", head), base=head))
    within = page(kept, "en/billing/vat")
    publish(kept, "--from", told(kept, ("bob-gh", head), base=evil))

    assert (unknown, within) == ("", "")
    assert "About taxes." in page(kept, "en/billing/vat")
    assert "Evil." not in page(kept, "en/billing/refund")


def test_a_branch_that_began_before_a_file_deletes_it_not(kept):
    """A commit that never had an article says nothing about its deletion."""
    begun = kept.git("rev-parse", "HEAD")
    vat = kept.commit("Vat", {VAT: article("vat", "About taxes.")})
    publish(kept, "--from", told(kept, ("bob-gh", vat)))
    kept.git("switch", "--quiet", "--create", "old", begun)
    head = kept.commit("Refund", {REFUND: article("refund", "In five days.")})
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--no-ff", "old")
    kept.commit("Delete", {VAT: None}, who="mallory")
    publish(kept, "--from", told(kept, ("bob-gh", head)))

    assert "About taxes." in page(kept, "en/billing/vat")
    assert "In five days." in page(kept, "en/billing/refund")


def test_a_deletion_is_approved_for_one_text(kept):
    """A yes to the end of a translation does not end its source."""
    mine = "content/ca/billing/refund.md"
    both = kept.commit("Translate", {mine: article("refund", "Un text.")})
    publish(kept, "--from", told(kept, ("bob-gh", both)))
    gone = f"deleted-{kept.blob(mine)}"
    kept.commit("Delete", {mine: None, REFUND: None}, who="mallory")
    file = kept.root.parent / "ours.json"
    file.write_text(json.dumps([{"article": "kb-refund", "blob": gone, "person": "bob"}]))
    publish(kept, "--from", f"file={file}")

    assert "A text." in page(kept, "en/billing/refund")


def test_nobody_approves_in_a_pull_request_what_they_wrote_elsewhere_in_it(tmp_path):
    """While it is open, who wrote a text that somebody else moved is its author, as after the merge; so is who brings an older one back."""
    kept = Repository(tmp_path / "fresh")
    kept.commit("New", {REFUND: article("refund", "In five days.")})
    before = kept.git("rev-parse", "HEAD")
    kept.git("switch", "--quiet", "--create", "edit")
    kept.commit("Write elsewhere", {"content/en/devices/vat.md": article("vat", "Mine too.")}, who="bob")
    kept.commit("Move", {"content/en/devices/vat.md": None, VAT: article("vat", "Mine too.")})
    tag(kept, "bob", VAT)
    own = approved(kept)
    tag(kept, "cat", VAT)
    other = approved(kept)
    kept.git("switch", "--quiet", "main")
    words = ("commit-tree", f"{before}~1^{{tree}}", "-p", before, "-p", f"{before}~1", "-m", "Merge")
    kept.git("switch", "--quiet", "--create", "back", kept.git(*words, who="bob"))
    tag(kept, "bob", REFUND, number=2)

    assert (own, other) == ({"kb-vat": False}, {"kb-vat": True})
    assert approved(kept) == {"kb-refund": False}


def test_a_yes_to_a_deletion_is_spent_when_the_text_comes_back(kept):
    """Deleted with a yes, brought back with one, deleted again: the first yes says nothing of the second deletion, however it was merged."""
    kept.git("switch", "--quiet", "--create", "drop")
    gone = kept.commit("Drop", {REFUND: None})
    file = told(kept, ("bob-gh", gone))
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--squash", "drop")
    kept.commit("Drop (#1)")
    publish(kept, "--from", file)
    dropped = page(kept, "en/billing/refund")
    back = kept.commit("Bring it back", {REFUND: article("refund")})
    publish(kept, "--from", told(kept, ("bob-gh", back)))
    kept.commit("Drop again", {REFUND: None}, who="mallory")
    said = publish(kept, "--from", told(kept, ("bob-gh", gone))).output

    assert "A text." not in dropped
    assert "came back since" in said
    assert "A text." in page(kept, "en/billing/refund")

    publish(kept, "--from", told(kept, ("bob-gh", kept.git("rev-parse", "HEAD"))))

    assert "A text." not in page(kept, "en/billing/refund")


def test_a_tag_that_ends_a_text_is_spent_too(tmp_path):
    """What git keeps of a yes names the commit that was looked at, so it is no yes to a later deletion."""
    mine = Repository(tmp_path / "fresh")
    mine.write({".gitignore": ".kbgen/\ndist/\nhandoff/\n"})
    mine.commit("Settings", {"kbgen.toml": '[locales.en]\n[review]\napproval = "enforce"\n'})
    blob = mine.blob(REFUND)
    publish(mine)
    mine.commit("Drop", {REFUND: None})
    said = f"Approve\n\nArticle: kb-refund blob=deleted-{blob}\nReviewed-by: Bob B <bob@help.example>\n"
    mine.git("tag", "--annotate", "--file=-", "review/kb-refund/bob/1", who="bob", stdin=said)
    publish(mine)
    dropped = page(mine, "en/billing/refund")
    mine.commit("Bring it back", {REFUND: article("refund")})
    tag(mine, "bob", REFUND, number=2)
    publish(mine)
    mine.commit("Drop again", {REFUND: None}, who="mallory")
    publish(mine)

    assert "A text." not in dropped
    assert "A text." in page(mine, "en/billing/refund")
