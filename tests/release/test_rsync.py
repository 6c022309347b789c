"""Publishing by rsync, spoken to itself through a pipe as ssh would carry it."""

from __future__ import annotations

from pathlib import Path

import pytest
from release.places import publish
from review.asking import run
from review.repository import REFUND, Repository, article

TO = "rsync:web:{0}/web"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another machine: a shell that drops the host's name, and notes each call."""
    shell = tmp_path / "shell"
    shell.write_text(f'#!/bin/sh\nshift\necho "$*" >> {tmp_path}/calls\nexec "$@"\n')
    shell.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(shell))
    return tmp_path / "web"


def test_files_go_before_pages_and_deletions_last(kept: Repository, web: Path, tmp_path: Path) -> None:
    """The portal is there whole, what is not needed goes, manifests lie beside it, and addresses live on."""
    publish(kept, to=TO.format(tmp_path))
    (web / "stale.css").write_text("x")
    kept.commit("Move", {REFUND: None, "content/en/money/refund.md": article("refund", "New.")})
    publish(kept, to=TO.format(tmp_path))

    assert "New." in (web / "en/money/refund/index.html").read_text()
    assert "url=../../../en/money/refund/" in (web / "en/billing/refund/index.html").read_text()
    assert not (web / "stale.css").exists()
    assert not (web / ".kbgen-output").exists()
    assert len(list((tmp_path / "web.manifests").iterdir())) == 3
    assert "serves" in publish(kept, "--verify", str(web), to=TO.format(tmp_path)).output


def test_what_cannot_be_done_is_said(kept: Repository, web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web space holds one portal, so nothing can be brought back; a machine that does not answer is no empty one."""
    publish(kept, to=TO.format(tmp_path))
    back = run(kept, "rollback", "--to", TO.format(tmp_path))
    monkeypatch.setenv("RSYNC_RSH", "false")

    assert (back.exit_code, "holds one portal only" in back.output) == (1, True)
    assert "Publish again once it answers" in publish(kept, to=TO.format(tmp_path), code=1).output
