"""The commands approvals and approve."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.asking import approved, reviews, run, tag
from review.repository import REFUND, Repository, article

if TYPE_CHECKING:
    import pytest


def test_the_command_tells_what_is_missing(kept: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 and a sentence for each article; 0 when all are approved; 3 when it cannot be told; 2 for a wrong word."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    missing = run(kept, "approvals", "main..HEAD")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "bob@help.example")
    given = run(kept, "approve", "kb-refund", "--in", "main..HEAD")
    again = run(kept, "approve", "--all", "--in", "main..HEAD")
    told = run(kept, "approvals", "main..HEAD", "--format", "json")
    wrong = [run(kept, "approvals", *words).exit_code for words in (["main"], ["main...HEAD"], ["main..HEAD", "--from", "github"])]
    unknown = [
        run(kept, "approvals", *words).exit_code for words in (["nowhere..HEAD"], ["main..HEAD", "--from", f"file={tmp_path}/none.json"])
    ]

    assert missing.exit_code == 1
    assert "needs 1 of billing for category billing/**; nobody approved it" in missing.output
    assert "review/kb-refund/bob/1" in given.output
    assert "review/kb-refund/bob/2" in again.output
    assert told.exit_code == 0
    assert json.loads(told.output) == [
        {
            "id": "kb-refund",
            "path": REFUND,
            "blob": kept.blob(REFUND),
            "approved": True,
            "needed": [{"rule": "1 of billing for category billing/**", "group": "billing", "need": 1, "met": True}],
            "given": [{"person": "bob", "trust": "claimed", "source": "git"}],
            "why": [],
        }
    ]
    assert wrong == [2, 2, 2]
    assert unknown == [3, 3]


def test_who_is_unknown_approves_nothing(kept: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that git has must stand in reviewers.toml; an article that is not changed cannot be named."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "eve@help.example")
    stranger = run(kept, "approve", "kb-refund", "--in", "main..HEAD")
    other = run(kept, "approve", "kb-lamp", "--in", "main..HEAD")
    nothing = run(kept, "approve", "--in", "main..HEAD")

    assert "Nobody in reviewers.toml has the address eve@help.example" in stranger.output
    assert "does not change kb-lamp. It changes: kb-refund" in other.output
    assert "Name the articles, or say --all" in nothing.output
    assert [one.exit_code for one in (stranger, other, nothing)] == [2, 2, 2]


def test_few_processes_whatever_the_number_of_articles(kept: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not more than twelve git processes for a proposal of 300 articles."""
    head = kept.commit("Many", {f"content/en/billing/a{at}.md": article(f"a{at}") for at in range(300)})
    tag(kept, "bob", "content/en/billing/a1.md")
    kept.commit("Nothing")
    started = []
    real = subprocess.Popen

    class Counted(real):  # type: ignore[type-arg, misc]
        def __init__(self, command: list[str], *words: Any, **more: Any) -> None:
            started.append(command)
            super().__init__(command, *words, **more)

    monkeypatch.setattr(subprocess, "Popen", Counted)
    found = approved(kept, payloads=reviews(kept, tmp_path, ("bob-gh", "APPROVED", head), ("cat-gh", "APPROVED", head)))

    assert len(found) == 300
    assert all(found.values())
    assert len(started) <= 12
