"""A live portal plans no more than a save asks for, and writes what a clean build writes."""

from __future__ import annotations

import random
from pathlib import Path
from unittest.mock import Mock

import pytest
from test_incremental import clean, job, lengthen, rewrite, start, tree

from kbgen.pipeline import build
from kbgen.state import Memory
from kbgen.steps import whole


@pytest.mark.parametrize("seed", range(4))
def test_a_save_that_only_rewrites_texts_plans_only_their_pages(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process, new texts leave the site as it was planned: no whole site is planned again, and the bytes are those of a clean build."""
    rng = random.Random(seed)
    root = tmp_path / "site"
    start(root, rng)
    memory = Memory()
    planned = Mock(wraps=whole.site)
    monkeypatch.setattr(whole, "site", planned)
    while not build(job(root), memory=memory).written:
        rewrite(root, rng)
    quick = 0
    for _ in range(8):
        for _ in range(rng.randrange(1, 3)):
            lengthen(root, rng)
        planned.reset_mock()
        report = build(job(root), memory=memory)
        quick += not planned.called
        expected, files = clean(root, tmp_path)

        assert report.written == expected.written
        assert report.problems == expected.problems
        assert (report.articles, report.outputs) == (expected.articles, expected.outputs)
        assert tree(root / "dist") == files
    assert quick >= 6  # an article with a problem that lies between it and others takes the long way
