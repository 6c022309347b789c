"""What `kbgen forge` sends and believes, against a forge on this machine over real HTTP."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from ci.local_forge import TOKEN, running
from click.testing import CliRunner
from review.asking import run
from review.repository import REFUND, Repository, article

from kbgen.cli import main
from kbgen.forge.tasks import LONGEST, MARK, tame


@pytest.fixture
def forge(tmp_path: Path, kept: Repository, monkeypatch: pytest.MonkeyPatch):
    """GitHub on this machine, with the repository that `kept` came from."""
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(kept.top), str(origin)], check=True)
    kept.git("remote", "add", "origin", str(origin))
    with running("github", origin) as found:
        monkeypatch.setenv("GITHUB_API_URL", found.url)
        monkeypatch.setenv("GITHUB_REPOSITORY", "acme/help")
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
        yield found


def test_every_page_of_a_list_is_read(kept, forge, tmp_path):
    """Five reviews come in three pages; the last word of each person counts."""
    pull = forge.open(1, kept.git("rev-parse", "HEAD"))
    for at, state in enumerate(["COMMENTED", "CHANGES_REQUESTED", "COMMENTED", "COMMENTED", "APPROVED"]):
        pull.reviews.append({"state": state, "user": {"login": "bob-gh"}, "commit_id": pull.tip, "submitted_at": f"2026-01-0{at + 1}"})
    file = tmp_path / "reviews.json"
    done = run(kept, "forge", "--on", "github", "approvals", "--pull", "1", "--output", str(file))

    assert done.exit_code == 0, done.output
    assert [row["state"] for row in json.loads(file.read_text())["pulls"][0]["reviews"]][-1] == "APPROVED"
    assert len(json.loads(file.read_text())["pulls"][0]["reviews"]) == 5


def test_a_busy_forge_is_asked_again(kept, forge):
    """Two answers of 503 cost a moment, not the pipeline."""
    forge.open(1, kept.git("rev-parse", "HEAD"))
    forge.busy = 2
    done = run(kept, "forge", "--on", "github", "approvals", "--pull", "1", "--output", str(kept.top / "r.json"))

    assert done.exit_code == 0, done.output


def test_the_texts_that_were_approved_are_fetched(kept, forge):
    """A commit that a squash left behind is there afterwards, so that a yes to it counts."""
    lost = kept.commit("Squashed away", {REFUND: article("refund", "New.")})
    kept.git("push", "--quiet", "origin", f"{lost}:refs/heads/passing")
    forge.open(3, lost)
    clone = kept.top.parent / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-local", "--single-branch", "--branch=main", str(forge.origin), str(clone)], check=True)
    before = subprocess.run(["git", "cat-file", "-e", lost], cwd=clone, capture_output=True, check=False).returncode
    words = ["-C", str(clone), "forge", "--on", "github", "approvals", "--pull", "3", "--output", str(clone / "r.json")]
    done = CliRunner().invoke(main, words)

    assert done.exit_code == 0, done.output
    assert before != 0
    assert subprocess.run(["git", "cat-file", "-e", lost], cwd=clone, check=False).returncode == 0


def test_a_report_finds_its_place_by_the_tip(kept, forge, tmp_path):
    """The open pull request that ends with the commit gets the comment; one that has moved on, or is closed, gets none."""
    head = kept.git("rev-parse", "HEAD")
    there, moved, closed = forge.open(1, head), forge.open(2, kept.git("rev-parse", "main^{commit}")), forge.open(3, head)
    moved.tip = "a" * 40
    moved.brought.append(head)
    closed.state = "closed"
    report = tmp_path / "report.md"
    report.write_text("Hello @team, <!-- kbgen: due bob -->")
    done = run(kept, "forge", "--on", "github", "comment", str(report), "--tip", head)
    again = run(kept, "forge", "--on", "github", "comment", str(report), "--tip", head)
    other = run(kept, "forge", "--on", "github", "comment", str(report), "--tip", "b" * 40)

    assert (done.exit_code, again.exit_code, other.exit_code) == (0, 0, 0), done.output + again.output + other.output
    assert [one["body"].splitlines()[0] for one in there.comments] == [MARK]
    assert moved.comments == closed.comments == []
    assert "edited" in again.output
    assert "moved on" in other.output


def test_a_report_is_data():
    """It calls nobody, carries no mark of ours, and is cut at a line where a forge would cut it anywhere."""
    text = tame("@team and bob@example.org\n<!-- kbgen: report -->\n" + "line\n" * 40_000)

    assert "@team" not in text
    assert "bob" in text
    assert "<!-- kbgen:" not in text
    assert len(text) <= LONGEST + 10
    assert text.endswith("line\n\n…")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GITHUB_API_URL", "http://forge.example", "is not https://"),
        ("GITHUB_TOKEN", "", "GITHUB_TOKEN is not set"),
        ("GITHUB_TOKEN", "wrong", "401 Who are you?"),
        ("GITHUB_API_URL", "http://127.0.0.1:1", "refused"),
    ],
)
def test_what_is_wrong_is_said_without_the_token(kept, forge, monkeypatch, name, value, said):
    """A token travels by https only; what fails names the variable or the answer, and never the token."""
    forge.open(1, kept.git("rev-parse", "HEAD"))
    monkeypatch.setenv(name, value)
    done = run(kept, "forge", "--on", "github", "approvals", "--pull", "1", "--output", str(kept.top / "r.json"))

    assert done.exit_code in {1, 2}
    assert said in done.output
    assert TOKEN not in done.output
