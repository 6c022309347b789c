"""What `kbgen forge` sends and believes, against a forge on this machine over real HTTP."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from ci.local_forge import TOKEN, running
from click.testing import CliRunner
from review.asking import run
from review.repository import LAMP, REFUND, Repository, article

from kbgen.cli import main
from kbgen.forge.tasks import DUE, LONGEST, MARK, tame


@pytest.fixture(params=["github"])
def forge(request: pytest.FixtureRequest, tmp_path: Path, kept: Repository, monkeypatch: pytest.MonkeyPatch):
    """A forge on this machine, GitHub if nothing else is asked for, with the repository that `kept` came from."""
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(kept.top), str(origin)], check=True)
    kept.git("remote", "add", "origin", str(origin))
    with running(request.param, origin) as found:
        for names in ({"GITHUB_API_URL": found.url, "CI_API_V4_URL": found.url}, {"GITHUB_REPOSITORY": "acme/help", "CI_PROJECT_ID": "7"}):
            for name, value in names.items():
                monkeypatch.setenv(name, value)
        for name in ("GITHUB_TOKEN", "KBGEN_TOKEN"):
            monkeypatch.setenv(name, TOKEN)
        for name in ("GITHUB_SERVER_URL", "GITHUB_GRAPHQL_URL"):
            monkeypatch.delenv(name, raising=False)
        yield found


every_forge = pytest.mark.parametrize("forge", ["github", "gitlab", "forgejo"], indirect=True)


@every_forge
def test_after_a_fast_forward_all_of_a_pull_request_is_approved(kept, forge, tmp_path):
    """Each forge tells where it began, so a yes to its last commit is a yes to the files of its first, and to nothing that waited before."""
    kept.git("switch", "--quiet", "main")
    kept.commit("Rules hold", {".gitignore": ".kbgen/\ndist/\nhandoff/\n"})
    kept.commit("Past everybody", {"content/en/billing/plan.md": article("plan", "Nobody read this.")})
    kept.git("push", "--quiet", "origin", "main")
    kept.git("switch", "--quiet", "--create", "two")
    kept.commit("Refund", {REFUND: article("refund", "In five days.")})
    head = kept.commit("Lamp", {LAMP: article("lamp", "Brighter.")})
    kept.git("push", "--quiet", "origin", "two")
    forge.open(7, head).brought = [head]
    forge.approve(7, {"github": "bob-gh", "gitlab": "bob.gl", "forgejo": "bob_fj"}[forge.kind])
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--ff-only", "two")
    file = tmp_path / "r.json"
    asked = run(kept, "forge", "--on", forge.kind, "approvals", "--to", "dir:../out", "--output", str(file))
    done = run(kept, "build", "--approval", "enforce", "--from", f"{forge.kind}={file}", "--jobs", "1")

    assert (asked.exit_code, done.exit_code) == (0, 0), asked.output + done.output
    assert "In five days." in (kept.root / "dist/en/billing/refund/index.html").read_text()
    assert not (kept.root / "dist/en/billing/plan/index.html").exists()


@every_forge
@pytest.mark.parametrize("tells", [True, False])
def test_only_our_own_comments_and_issues_are_edited(kept, forge, tmp_path, tells):
    """Somebody else's comment or issue that begins with a mark stays as it is; a pipeline's token need not be told whose it is on Forgejo."""
    forge.tells_account = tells or forge.kind != "forgejo"
    pull = forge.open(1, kept.git("rev-parse", "HEAD"))
    pull.comments.append({"id": 1, "body": f"{MARK}\nMine", **forge.written("mallory")})
    forge.open_issue({"title": "x", "body": f"{DUE}bob -->\nMine", "description": f"{DUE}bob -->\nMine"})
    forge.issues[0].update(forge.written("mallory"))
    report = tmp_path / "report.md"
    report.write_text("Hello")
    due = tmp_path / "due"
    due.mkdir()
    (due / "bob.md").write_text("# Read these")
    for _ in range(2):
        for words in (("comment", str(report), "--pull", "1"), ("issues", str(due))):
            done = run(kept, "forge", "--on", forge.kind, *words)
            assert done.exit_code == 0, done.output
    (due / "bob.md").unlink()
    run(kept, "forge", "--on", forge.kind, "issues", str(due))

    assert [one["body"] for one in pull.comments] == [f"{MARK}\nMine", f"{MARK}\nHello"]
    assert [one["state"] in {"open", "opened"} for one in forge.issues] == [True, False]
    assert forge.issues[0]["body"].endswith("Mine")


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
