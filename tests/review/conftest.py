"""The repository that the tests of reviews begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.repository import Repository


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository whose main has two articles; the work goes on, on the branch `edit`."""
    repository = Repository(tmp_path / "kb")
    repository.git("switch", "--quiet", "--create", "edit")
    return repository
