"""Publishing on a branch: objects only, with a past or without one, and back again."""

from __future__ import annotations

from pathlib import Path

from release.places import publish
from review.asking import run
from review.repository import REFUND, Repository, article


def page(kept: Repository, url: str = "en/billing/refund", at: str = "pages") -> str:
    """A page as the branch has it."""
    return kept.git("show", f"{at}:{url}/index.html")


def test_a_branch_without_a_past_is_made_and_no_checkout_touched(kept: Repository) -> None:
    """The branch holds the portal alone, its first commit has no parent, its second one has; the work tree is as it was."""
    publish(kept, to="branch:pages")
    first = page(kept)
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    done = publish(kept, to="branch:pages")
    names = kept.git("ls-tree", "--name-only", "pages").splitlines()

    assert "A text." in first
    assert "New." in page(kept)
    assert kept.git("rev-list", "--count", "pages") == "2"
    assert {".nojekyll", "_headers", "index.html", "en"} <= set(names)
    assert not {"content", "kbgen.toml", ".kbgen-output"} & set(names)
    assert kept.git("branch", "--show-current") == "main"
    assert "git push --atomic origin pages pages-manifests" in done.output
    assert len(kept.git("ls-tree", "--name-only", "pages-manifests").splitlines()) == 3


def test_going_back_on_a_branch(kept: Repository) -> None:
    """Rolling back is one more commit, whose new addresses lead on."""
    publish(kept, to="branch:pages")
    kept.commit("Edit", {REFUND: article("refund", "Wrong."), "content/en/billing/vat.md": article("vat")})
    publish(kept, to="branch:pages")
    done = run(kept, "rollback", "--to", "branch:pages")

    assert done.exit_code == 0, done.output
    assert "A text." in page(kept)
    assert 'content="0; url=../../../en/billing/"' in page(kept, "en/billing/vat")
    assert kept.git("rev-list", "--count", "pages") == "3"


def test_a_fresh_clone_goes_on_where_the_last_one_ended(kept: Repository, tmp_path: Path) -> None:
    """What was fetched from origin is the past: a machine of CI begins with nothing else, and an address stays alive."""
    publish(kept, to="branch:pages")
    kept.commit("Move", {REFUND: None, "content/en/money/refund.md": article("refund")})
    kept.git("clone", "--quiet", f"file://{kept.top}", str(tmp_path / "fresh"))
    fresh = Repository.__new__(Repository)
    fresh.top = fresh.root = tmp_path / "fresh"
    fresh.git("config", "user.email", "ci@help.example")
    fresh.git("config", "user.name", "CI")
    publish(fresh, to="branch:pages")
    fresh.git("push", "--quiet", "--atomic", "origin", "pages", "pages-manifests")

    assert "url=../../../en/money/refund/" in page(kept)
    assert kept.git("rev-list", "--count", "pages") == "2"


def test_a_branch_that_is_checked_out_is_left_alone(kept: Repository) -> None:
    """Its files would be other than git says, so it is refused."""
    kept.git("switch", "--quiet", "--create", "pages")

    assert "is checked out" in publish(kept, to="branch:pages", code=1).output
    assert "is no name of a branch" in publish(kept, to="branch:a..b", code=1).output


def test_a_knowledge_base_below_the_top(tmp_path: Path) -> None:
    """The branch holds the portal at its top, wherever the knowledge base lies, and can go back."""
    kept = Repository(tmp_path / "kb", reviewers="", prefix="help")
    publish(kept, to="branch:pages")
    kept.commit("Edit", {REFUND: article("refund", "Wrong.")})
    publish(kept, to="branch:pages")
    done = run(kept, "rollback", "--to", "branch:pages")

    assert done.exit_code == 0, done.output
    assert "A text." in page(kept)
