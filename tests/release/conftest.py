"""The repository that the tests of releases publish."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.repository import Repository


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository whose main has two articles."""
    return Repository(tmp_path / "kb", reviewers="")
