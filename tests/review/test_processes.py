"""No command starts more than a handful of git processes, whatever the number of articles."""

from __future__ import annotations

import pytest
from review.asking import run, tag
from review.repository import CountedGit, Repository, article

MOST = 12
COMMANDS = [  # every command that asks git, in its dearest form
    ("approvals", "main..HEAD"),
    ("approve", "--all", "--in", "main..HEAD", "--no-sign"),
    ("diff", "main..HEAD"),
    ("owners", "--for", "github", "--health"),
    ("status",),
    ("blame", "kb-a1", "A text"),
    ("asof", "2030-01-01", "kb-a1"),
    ("build",),
    ("build", "--approval", "enforce"),
    ("publish", "--to", "dir:../out", "--approval", "enforce"),
    ("publish", "--to", "branch:pages", "--approval", "enforce"),
    ("move", "kb-a1", "devices"),
    ("check", "--since", "main", "--at", "all"),
    ("due", "--within", "1y"),
    ("reviewed", "kb-a1", "--result", "retire", "--no-sign"),
]


@pytest.fixture
def full(kept: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository whose branch changes 60 articles, one of them approved; the person at the keyboard is a reviewer."""
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "bob@help.example")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "bob")
    kept.commit("Many", {f"content/en/billing/a{at}.md": article(f"a{at}") for at in range(60)})
    tag(kept, "bob", "content/en/billing/a1.md")
    kept.commit("Nothing")
    return kept


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_command_starts_few_git_processes(full: Repository, counted_git: CountedGit, words: tuple[str, ...]) -> None:
    """Twelve at most, with 60 articles; each command does ask git, so that the counting is seen to count."""
    done = run(full, *words)

    assert done.exit_code in {0, 1}, done.output
    assert 0 < len(counted_git.calls) <= MOST, counted_git.calls
