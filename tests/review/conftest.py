"""The repository that the tests of reviews begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.repository import CountedGit, Repository


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository whose main has two articles; the work goes on, on the branch `edit`."""
    repository = Repository(tmp_path / "kb")
    repository.git("switch", "--quiet", "--create", "edit")
    return repository


@pytest.fixture
def counted_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CountedGit:
    """Counts the git processes that a command starts."""
    folder = tmp_path / "counting"
    folder.mkdir()
    return CountedGit(folder, monkeypatch)
