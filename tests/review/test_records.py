"""Approvals in git itself, and the signatures that prove them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from review.asking import approved, tag, verdicts
from review.repository import LAMP, REFUND, REVIEWERS, Repository, article

from kbgen.review import records
from kbgen.review.evidence import reviewers_at


@pytest.mark.parametrize(
    "text",
    [
        "Article: kb-refund blob={blob}\nReviewed-by: Cat <cat@help.example>",  # tagged by bob
        "Article: kb-refund blob={blob}",
        "Article: kb-refund blob=",
        "Reviewed-by: Bob <bob@help.example>",
        "Article: kb-lamp blob={blob}\nReviewed-by: Bob <bob@help.example>",
        "> Article: kb-refund blob={blob}\nReviewed-by: Bob <bob@help.example>",
    ],
)
def test_a_tag_that_does_not_say_it_rightly_says_nothing(kept: Repository, text: str) -> None:
    """Who tagged, who is named, and which text of which article: all of it has to be there."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    kept.git("tag", "--annotate", "--file=-", "review/x/bob/1", who="bob", stdin=f"Approve\n\n{text.format(blob=kept.blob(REFUND))}\n")

    assert approved(kept) == {"kb-refund": False}


def test_an_empty_commit_of_the_proposal_approves(kept: Repository) -> None:
    """For forges that take no tags from reviewers; a commit that changes an article approves nothing."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    said = f"Approve\n\nArticle: kb-refund blob={kept.blob(REFUND)}\nReviewed-by: Bob B <bob@help.example>"
    kept.commit(said, {LAMP: article("lamp", "New.")}, who="bob")
    before = approved(kept)["kb-refund"]
    kept.commit(said, who="bob")

    assert not before
    assert approved(kept)["kb-refund"]


def test_a_signature_proves_who_approved(kept: Repository, tmp_path: Path) -> None:
    """With min_trust = signed, only what the person's own key signed counts, and only for the very text that was signed."""
    for who in ("bob", "cat"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / who)], check=True)
    key = (tmp_path / "bob.pub").read_text().strip()
    kept.git("switch", "--quiet", "main")
    signed = REVIEWERS.replace('name = "Bob B"', f'name = "Bob B"\nssh = ["{key}"]') + '[policy]\nmin_trust = "signed"\n'
    kept.commit("Ask for signatures", {"reviewers.toml": signed})
    kept.git("switch", "--quiet", "--force-create", "edit")
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    tag(kept, "bob", REFUND)
    claimed = verdicts(kept)["kb-refund"]
    kept.git("config", "gpg.format", "ssh")
    results = []
    for at, who in enumerate(("cat", "bob"), 2):
        kept.git("config", "user.signingkey", str(tmp_path / f"{who}.pub"))
        said = f"Approve\n\nArticle: kb-refund blob={kept.blob(REFUND)}\nReviewed-by: Bob <bob@help.example>\n"
        kept.git("tag", "--sign", "--file=-", f"review/kb-refund/bob/{at}", who="bob", stdin=said)
        results.append(approved(kept)["kb-refund"])
    raw = kept.git("cat-file", "tag", "review/kb-refund/bob/3")
    kept.git("tag", "--delete", "review/kb-refund/bob/3")
    kept.commit("Edit again", {REFUND: article("refund", "Newer.")})
    forged = raw.replace(kept.blob(REFUND, "HEAD~1"), kept.blob(REFUND))
    kept.git("update-ref", "refs/tags/review/kb-refund/bob/4", kept.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=forged))

    assert "claimed, and the policy asks for signed" in claimed.why[1]
    assert results == [False, True]
    assert approved(kept) == {"kb-refund": False}


def test_a_signed_commit_is_proven_too(kept: Repository, tmp_path: Path) -> None:
    """The signature of an empty commit covers the commit without it."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "bob")], check=True)
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    kept.git("config", "gpg.format", "ssh")
    kept.git("config", "user.signingkey", str(tmp_path / "bob.pub"))
    said = f"Approve\n\nArticle: kb-refund blob={kept.blob(REFUND)}\nReviewed-by: Bob <bob@help.example>"
    kept.git("commit", "--quiet", "--allow-empty", "--gpg-sign", "--message", said, who="bob")
    reviewers = reviewers_at(kept.root, "main")
    bob = reviewers.people["bob"]
    keyed = reviewers.__class__({**reviewers.people, "bob": bob.__class__(bob.name, bob.emails, ssh=((tmp_path / "bob.pub").read_text(),))})
    [found] = records.approvals(records.read(kept.root, [kept.git("rev-parse", "HEAD")]), keyed)

    assert isinstance(found, records.Approval)
    assert found.trust == "signed"
