"""What `kbgen explain` knows."""

from __future__ import annotations

import re
from pathlib import Path

from kbgen.explain import rules

ROOT = Path(__file__).parent.parent


def test_each_rule_is_defined_once() -> None:
    """A rule's name means one thing: of two rooms that define the same one, `kbgen explain` would tell the text of either."""
    sources = [path.read_text("utf-8") for path in (ROOT / "kbgen").rglob("*.py")]
    defined = [name for text in sources for name in re.findall(r'"(KB\d{3})":', text)]

    assert sorted(defined) == sorted(set(defined))
    assert set(rules()) <= set(defined)
