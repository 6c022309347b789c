"""A running service for each test that asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from service.http.live import Live

from feedback_service.store import open_store
from feedback_service.store.sqlite import NAME


@pytest.fixture(scope="session")
def blank(tmp_path_factory) -> Path:
    """Make a file with the schema in it, for copies: migrations take longer than most tests."""
    folder = tmp_path_factory.mktemp("blank")
    open_store(folder).close()
    return folder / NAME


@pytest.fixture
def live(tmp_path, blank) -> Iterator[Live]:
    """Start a service."""
    shutil.copy(blank, tmp_path)
    with closing(Live(tmp_path)) as running:
        yield running
