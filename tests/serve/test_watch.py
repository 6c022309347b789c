"""Which events of the disk are saves."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kbgen.serve.watch import Watcher, matters

ROOT = Path("/site")


@pytest.mark.parametrize(
    ("kind", "source", "target", "answer"),
    [
        ("modified", "content/en/a.md", "", True),
        ("created", "content/en/images/a.png", "", True),
        ("deleted", "themes/own/parts/x/x.html", "", True),
        ("moved", "hooks/a.py", "elsewhere.py", True),
        ("modified", "kbgen.toml", "", True),
        ("modified", ".kbignore", "", True),
        ("modified", "feedback.json", "", True),
        ("opened", "content/en/a.md", "", False),
        ("closed_no_write", "content/en/a.md", "", False),
        ("closed", "content/en/a.md", "", False),
        ("modified", ".kbgen/lock", "", False),
        ("modified", "dist/index.html", "", False),
        ("modified", "README.md", "", False),
        ("modified", "contents/en/a.md", "", False),
        ("created", "content/en/.a.md.swp", "", False),
        ("created", "content/en/a.md~", "", False),
        ("created", "content/en/4913", "", False),
        ("created", "content/en/.#a.md", "", False),
        ("created", "content/en/#a.md#", "", False),
        ("created", "content/en/.goutputstream-XY12", "", False),
        ("created", "content/en/4913-what-this-error-means.md", "", True),
        ("moved", "content/en/.a.md.swp", "content/en/a.md", True),
        ("moved", "content/en/a.md", "content/en/a.md~", True),
        ("moved", "content/en/.a.md.swp", "content/en/a.md~", False),
        ("moved", "kbgen.toml.tmp", "kbgen.toml", True),
    ],
)
def test_saves_matter_and_nothing_else(kind, source, target, answer):
    """A save of an input matters, moved onto it too; looking at files, editors' own files and the output do not."""
    assert matters(ROOT, kind, str(ROOT / source), str(ROOT / target) if target else "") is answer


def test_paths_outside_the_knowledge_base_do_not_matter():
    """A file that is moved in from outside is told by its target alone."""
    assert not matters(ROOT, "modified", "/elsewhere/content/en/a.md")
    assert matters(ROOT, "moved", "/elsewhere/a.md", "/site/content/en/a.md")


@pytest.mark.parametrize("poll", [False, True], ids=["events", "poll"])
def test_a_folder_that_comes_later_is_watched(tmp_path, *, poll):
    """The root tells that hooks/ has come; after the next look files in it are told too."""
    changed = threading.Event()
    watcher = Watcher(tmp_path, changed, poll=poll)
    watcher.start()
    try:
        (tmp_path / "hooks").mkdir()
        came = changed.wait(10)
        watcher.rescan()
        time.sleep(0.1)
        changed.clear()
        (tmp_path / "hooks" / "a.py").write_text("")
        told = changed.wait(10)
    finally:
        watcher.stop()

    assert came
    assert told
