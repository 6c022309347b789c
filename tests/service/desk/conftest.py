"""Fixtures of the desk's tests."""

from __future__ import annotations

import pytest
from service.desk.bureau import Bureau


@pytest.fixture
def bureau(tmp_path):
    """Open a desk with agents and cases."""
    bureau = Bureau(tmp_path)
    yield bureau
    bureau.store.close()


@pytest.fixture
def desk(bureau):
    """Serve the desk; gives its address."""
    with bureau.serving() as url:
        yield url
