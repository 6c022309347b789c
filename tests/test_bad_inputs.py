"""Every row of the writer's half of the list of bad inputs has a test; the tests stand in tests/bad_inputs/, by theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROWS = [f"w{number:02}" for number in range(1, 47)]
TESTS = "\n".join(file.read_text(encoding="utf-8") for file in sorted((Path(__file__).parent / "bad_inputs").glob("test_*.py")))


@pytest.mark.parametrize("row", ROWS)
def test_row_has_a_test(row: str) -> None:
    """A row can be found by its number in the name of a test."""
    assert re.search(rf"def test_(?:w\d\d_)*{row}_", TESTS), f"no test is called test_{row}_…"
