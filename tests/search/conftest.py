"""The portal that the browser tests of search open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from search.pages import portal_in


@pytest.fixture(scope="session")
def search_portal(tmp_path_factory: pytest.TempPathFactory, serve_folder: Callable[[Path], str]) -> str:
    """Serve the pages of search; returns the address."""
    return serve_folder(portal_in(tmp_path_factory.mktemp("portal")))
