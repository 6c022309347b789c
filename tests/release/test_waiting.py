"""A text that waits through publications is judged as on its first day."""

from __future__ import annotations

from pathlib import Path

import pytest
from release.places import publish, served
from review.asking import tag
from review.repository import REFUND, Repository, article


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository with reviewers."""
    return Repository(tmp_path / "kb")


def test_time_makes_no_author_a_reviewer(kept: Repository, tmp_path: Path) -> None:
    """Who wrote a text may not approve it after a publication that held it back either; somebody else may."""
    publish(kept, "--approval", "enforce")
    kept.commit("Mine", {REFUND: article("refund", "Mine.")}, who="bob")
    publish(kept, "--approval", "enforce")
    tag(kept, "bob", REFUND)
    publish(kept, "--approval", "enforce")
    page = tmp_path / "out/current/en/billing/refund/index.html"
    held, waits = page.read_text(), served(tmp_path / "out").since
    tag(kept, "cat", REFUND)
    publish(kept, "--approval", "enforce")

    assert "Mine." not in held
    assert waits == kept.git("rev-parse", "HEAD~1")
    assert "Mine." in page.read_text()
    assert served(tmp_path / "out").since == kept.git("rev-parse", "HEAD")


def test_an_older_text_is_found_after_publications(kept: Repository, tmp_path: Path) -> None:
    """What was approved late is published, though a newer text waits since before the last release."""
    publish(kept, "--approval", "enforce")
    first = kept.commit("First", {REFUND: article("refund", "First.")})
    kept.commit("Second", {REFUND: article("refund", "Second.")})
    publish(kept, "--approval", "enforce")
    tag(kept, "bob", REFUND, at=first)
    publish(kept, "--approval", "enforce")

    assert "First." in (tmp_path / "out/current/en/billing/refund/index.html").read_text()
