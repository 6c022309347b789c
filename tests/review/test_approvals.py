"""Approvals, with real repositories: what is changed, whether it is approved, and what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.asking import approved, reviews, tag, verdicts
from review.repository import LAMP, REFUND, REVIEWERS, Repository, article

from kbgen.review import changes


def test_only_what_is_changed_is_judged_by_rules_that_match(kept: Repository) -> None:
    """An article that no rule asks about is free; the other needs one of its group; what is not changed is not listed."""
    kept.commit("Edit", {LAMP: article("lamp", "New."), REFUND: article("refund", "New.")})
    kept.commit("Picture", {"content/en/devices/images/x.svg": "<svg/>"})

    assert approved(kept) == {"kb-lamp": True, "kb-refund": False}


def test_an_approval_is_bound_to_the_text(kept: Repository) -> None:
    """It lapses when the article is edited, comes back when the edit is taken back, and stays when another article is edited."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    tag(kept, "bob", REFUND)
    first = approved(kept)
    kept.commit("Edit again", {REFUND: article("refund", "Newer.")})
    lapsed = verdicts(kept)["kb-refund"]
    kept.commit("Take back", {REFUND: article("refund", "New."), LAMP: article("lamp", "New.")})

    assert first == {"kb-refund": True}
    assert not lapsed.approved
    assert "Bob B approved another text" in lapsed.why[1]
    assert approved(kept) == {"kb-lamp": True, "kb-refund": True}


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
def test_an_approval_survives_every_way_of_merging(kept: Repository, way: str) -> None:
    """The text is the same, so it is approved on main too, however it came there."""
    before = kept.git("rev-parse", "main")
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    tag(kept, "cat", REFUND)
    kept.git("switch", "--quiet", "main")
    kept.commit("Meanwhile", {LAMP: article("lamp", "Meanwhile.")})
    if way == "merge":
        kept.git("merge", "--quiet", "--no-ff", "--no-edit", "edit")
    elif way == "squash":
        kept.git("merge", "--quiet", "--squash", "edit")
        kept.git("commit", "--quiet", "--message", "Squashed")
    else:
        kept.git("rebase", "--quiet", "main", "edit")
        kept.git("switch", "--quiet", "main")
        kept.git("merge", "--quiet", "--ff-only", "edit")

    assert approved(kept, base=before) == {"kb-lamp": True, "kb-refund": True}


def test_an_evil_merge_is_caught(kept: Repository) -> None:
    """What a merge commit changes besides its parents is a change like any other: trees are compared."""
    kept.commit("Edit", {LAMP: article("lamp", "New.")})
    kept.git("switch", "--quiet", "--create", "other", "main")
    kept.commit("Other", {"content/en/devices/hub.md": article("hub")})
    kept.git("merge", "--quiet", "--no-commit", "--no-ff", "edit")
    kept.commit("Merge", {REFUND: article("refund", "Smuggled.")}, who="bob")

    found = verdicts(kept)

    assert {name: one.approved for name, one in found.items()} == {"kb-lamp": True, "kb-hub": True, "kb-refund": False}
    assert "bob@help.example" in found["kb-refund"].change.authors


def test_a_branch_cannot_appoint_its_judge(kept: Repository) -> None:
    """reviewers.toml counts as main has it, however the branch changes it, and however old the commit is that it begins from."""
    kept.git("switch", "--quiet", "main")
    kept.commit("No rules yet", {"reviewers.toml": None})
    kept.git("switch", "--quiet", "--force-create", "edit")
    kept.commit("Rules", {"reviewers.toml": REVIEWERS.replace('billing = ["bob", "cat"]', 'billing = ["ana", "bob", "cat"]')})
    kept.commit("Edit", {REFUND: article("refund", "New.")}, who="bob")
    tag(kept, "ana", REFUND)
    before = approved(kept)
    kept.git("switch", "--quiet", "main")
    kept.commit("Rules", {"reviewers.toml": REVIEWERS})

    assert before == {"kb-refund": True}
    assert approved(kept, head="edit") == {"kb-refund": False}


def test_no_edit_takes_an_article_out_of_a_rule(kept: Repository) -> None:
    """Rules are asked for the article as it was and as it is: moving it away or dropping its tag frees nobody."""
    kept.git("switch", "--quiet", "main")
    kept.commit("Tag", {LAMP: article("lamp", tags="[terms]")})
    kept.git("switch", "--quiet", "--force-create", "edit")
    kept.commit(
        "Free it", {LAMP: article("lamp", "New."), REFUND: None, "content/en/devices/refund.md": article("refund", "New.")}, who="cat"
    )

    found = verdicts(kept)

    assert [asked.rule.of for asked in found["kb-lamp"].asked] == ["legal"]
    assert [asked.rule.of for asked in found["kb-refund"].asked] == ["billing"]
    assert found["kb-refund"].change.path == "content/en/devices/refund.md"


def test_a_deleted_article_needs_an_approval_too(kept: Repository) -> None:
    """That the file is gone can be approved like a text."""
    kept.commit("Delete", {REFUND: None})
    before = approved(kept)
    said = f"Approve\n\nArticle: kb-refund blob={changes.GONE}{kept.blob(REFUND, 'main')}\nReviewed-by: Bob <bob@help.example>\n"
    kept.git("tag", "--annotate", "--file=-", "review/kb-refund/bob/1", who="bob", stdin=said)

    assert before == {"kb-refund": False}
    assert approved(kept) == {"kb-refund": True}


def test_authors_do_not_approve_themselves(kept: Repository) -> None:
    """Not who committed a part of the change, and not a co-author, unless the policy lets them."""
    kept.commit("Edit\n\nCo-authored-by: Cat C <CAT@help.example>", {REFUND: article("refund", "New.")}, who="bob")
    tag(kept, "bob", REFUND)
    tag(kept, "cat", REFUND)
    found = verdicts(kept)["kb-refund"]
    kept.git("switch", "--quiet", "main")
    kept.commit("Let them", {"reviewers.toml": REVIEWERS + "[policy]\nauthor_may_approve = true\n"})
    kept.git("rebase", "--quiet", "main", "edit")

    assert not found.approved
    assert found.why[1:] == tuple(f"{name} wrote a part of it, and authors may not approve" for name in ("Bob B", "Cat C"))
    assert approved(kept) == {"kb-refund": True}


def test_a_knowledge_base_below_the_top_of_a_repository(tmp_path: Path) -> None:
    """Paths are those of the knowledge base, wherever it lies."""
    kept = Repository(tmp_path / "kb", prefix="help")
    kept.git("switch", "--quiet", "--create", "edit")
    head = kept.commit("Edit", {REFUND: article("refund", "New.")})
    kept.commit("Aside", {"../content/en/billing/x.md": article("x")})

    assert [one.change.path for one in verdicts(kept).values()] == [REFUND]
    assert approved(kept, payloads=reviews(kept, tmp_path, ("bob-gh", "APPROVED", head))) == {"kb-refund": True}


def test_names_that_hurt(kept: Repository) -> None:
    """Articles whose paths are not ASCII or hold blanks are judged like others; heads that cannot be read are known by their path."""
    names = ["content/fa/پرداخت/بازگشت.md", "content/en/billing/a  b.md", "content/en/billing/\u200bx.md"]
    kept.commit("Edit", {names[0]: article("one"), names[1]: article("two"), names[2]: "no front matter"})

    assert approved(kept) == {"kb-one": True, "kb-two": False, names[2]: False}
