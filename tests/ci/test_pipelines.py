"""Pipelines that `kbgen init --ci` writes: each block runs in a fresh clone against a forge on this machine, from a proposal to its publication."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from ci import blocks
from ci.local_forge import TOKEN, Forge, running
from review.repository import LAMP, REFUND, Repository, article

from kbgen.forge.tasks import MARK

FORGES = ("github", "gitlab", "forgejo")
RULES = """
[people.ana]
name = "Ana A"
emails = ["ana@help.example"]
[people.bob]
name = "Bob B"
emails = ["bob@help.example"]
github = "bob-gh"
gitlab = "bob.gl"
forgejo = "bob_fj"
[groups]
all = ["bob"]
[[rules]]
path = "content/**"
of = "all"
"""
LOGINS = {"github": "bob-gh", "gitlab": "bob.gl", "forgejo": "bob_fj"}


@dataclass
class Team:
    """A repository of a team, its forge, and how pipelines are started there."""

    kind: str
    forge: Forge
    work: Repository
    folder: Path
    count: int = 0

    def push(self, *refs: str) -> None:
        """Send branches to the forge."""
        self.work.git("push", "--quiet", "origin", *refs)

    def clone(self, name: str, at: str) -> Path:
        """Clone what the forge has, as a runner does; pipelines of Forgejo clone by a block of their own."""
        self.count += 1
        clone = self.folder / f"{name}-{self.count}"
        if self.kind == "forgejo":
            clone.mkdir()
            return clone
        subprocess.run(["git", "clone", "--quiet", str(self.forge.origin), str(clone)], check=True)
        subprocess.run(["git", "checkout", "--quiet", "--detach", at], cwd=clone, check=True)
        return clone

    def runs(self, pipeline: str, job: str, clone: Path, **facts: str) -> str:
        """Run all blocks of a job; returns what they said."""
        place = clone.parent / f"{clone.name}-temp"
        place.mkdir(exist_ok=True)
        if self.kind == "gitlab":
            known = self._gitlab(facts)
            return blocks.run(blocks.script_of(clone / ".gitlab-ci.yml", job, known), clone, known).stdout
        folder = {"github": ".github", "forgejo": ".forgejo"}[self.kind]
        known = self._expressions(facts)
        file = self.work.root / folder / "workflows" / f"{pipeline}.yml"
        return "".join(blocks.run(one, clone, self._github(place)).stdout for one in blocks.steps_of(file, job, known))

    def _github(self, place: Path) -> Mapping[str, str]:
        summary = place / "summary.md"
        return {
            "GITHUB_API_URL": self.forge.url,
            "GITHUB_REPOSITORY": "acme/help",
            "GITHUB_SERVER_URL": "http://127.0.0.1:9",
            "RUNNER_TEMP": str(place),
            "GITHUB_STEP_SUMMARY": str(summary),
        }

    def _expressions(self, facts: Mapping[str, str]) -> dict[str, str]:
        return {
            "github.event.pull_request.base.sha": facts.get("base", ""),
            "github.event.pull_request.head.sha": facts.get("head", ""),
            "github.event.pull_request.number": facts.get("number", ""),
            "github.event.workflow_run.head_sha": facts.get("head", ""),
            "github.event_name": facts.get("event", "push"),
            "github.token": TOKEN,
            "github.server_url": self.forge.origin.parent.as_uri(),
            "github.repository": self.forge.origin.stem,
            "github.sha": facts.get("head", ""),
        }

    def _gitlab(self, facts: Mapping[str, str]) -> dict[str, str]:
        return {
            "CI_API_V4_URL": self.forge.url,
            "CI_PROJECT_ID": "7",
            "KBGEN_TOKEN": TOKEN,
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": facts.get("base", ""),
            "CI_MERGE_REQUEST_IID": facts.get("number", ""),
            "CI_COMMIT_SHA": facts.get("head", ""),
            "CI_PIPELINE_SOURCE": facts.get("event", "push"),
            "CI_SERVER_URL": self.forge.origin.parent.as_uri(),
            "CI_PROJECT_PATH": self.forge.origin.stem,
        }

    def checked(self, number: int, base: str, head: str) -> Path:
        """Run what runs on a pull request; returns the report."""
        clone = self.clone("check", head)
        facts = {"base": base, "head": head, "number": str(number)}
        self.runs("check", "check", clone, **facts)
        if self.kind == "github":
            report = clone.parent / f"{clone.name}-temp" / "report"
            trusted = self.clone("comment", base)
            place = trusted.parent / f"{trusted.name}-temp"
            place.mkdir()
            (place / "report").symlink_to(report)
            self.runs("comment", "comment", trusted, **facts)
        elif self.kind == "gitlab":
            report = clone / "report"
            self.runs("", "comment", clone, **facts)
        else:
            trusted = self.clone("report", base)
            report = trusted / "report"
            self.runs("report", "report", trusted, **facts)
        return report

    def published(self, name: str, event: str = "push") -> str:
        """Run what runs after a merge, or by the clock."""
        clone, head = self.clone(name, "origin/main"), self.work.git("rev-parse", "main")
        return self.runs("publish", "pages" if self.kind == "gitlab" else "publish", clone, event=event, head=head)

    def page(self, path: str) -> str:
        """Read what customers read."""
        branch = "gh-pages" if self.kind == "github" else "pages"
        words = ["git", "--git-dir", str(self.forge.origin), "show", f"{branch}:{path}"]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@pytest.fixture(params=FORGES)
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    """A team on each forge, whose main has rules and pipelines, and a first release."""
    origin = tmp_path / "forge" / "help.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True)
    work = Repository(tmp_path / "work", RULES)
    words = [sys.executable, "-m", "kbgen", "init", "--ci", request.param]
    subprocess.run(words, cwd=work.root, check=True, capture_output=True, env={**blocks.os.environ, "PYTHONPATH": str(blocks.ROOT)})
    work.write({"kbgen.toml": '[site]\nbase_url = "https://help.example.org"\n[review]\nevery = "1mo"\n'})
    work.commit("Pipelines")
    work.git("remote", "add", "origin", str(origin))
    with running(request.param, origin) as forge:
        found = Team(request.param, forge, work, tmp_path)
        found.push("main")
        found.published("first")
        yield found


@pytest.mark.timeout(900)
def test_a_proposal_is_checked_reported_approved_and_published(team):
    """The report stands below the proposal once, however often it runs; what was approved is published after a squash, and nothing else."""
    base = team.work.git("rev-parse", "main")
    team.work.git("switch", "--quiet", "--create", "edit")
    head = team.work.commit("Longer", {REFUND: article("refund", "You have the money back in five days.")})
    team.push("edit")
    pull = team.forge.open(12, head)
    report = team.checked(12, base, head)
    team.checked(12, base, head)

    assert (report / "index.html").is_file()
    assert [row["body"].startswith(MARK) for row in pull.comments] == [True]
    assert "About refund" in pull.comments[0]["body"]

    team.work.git("switch", "--quiet", "main")
    team.work.git("merge", "--quiet", "--squash", head)
    pull.brought.append(team.work.commit("Longer (#12)"))
    team.push("main")
    team.published("unapproved")

    assert "five days" not in team.page("en/billing/refund/index.html")

    team.forge.approve(12, LOGINS[team.kind])
    team.published("approved")
    pull.reviews.clear()  # the release remembers
    team.work.commit("Past everybody", {LAMP: article("lamp", "Nobody read this.")})
    team.push("main")
    team.published("direct")

    assert "five days" in team.page("en/billing/refund/index.html")
    assert "Nobody read this" not in team.page("en/devices/lamp/index.html")
    assert "Nothing is due" in team.published("clock", event="schedule")
    assert team.forge.refused == []


@pytest.mark.timeout(900)
def test_owners_are_told_what_is_due(team):
    """An issue stands for each owner, is edited, not doubled, and is closed when nothing is due any more."""
    team.work.commit("Old", {LAMP: article("lamp").replace("tags:", "owner: lamps\ntags:")})
    team.push("main")
    for name in ("monday", "next"):
        clone = team.clone(name, "origin/main")
        team.runs("reviews", "reviews", clone, head=team.work.git("rev-parse", "main"))

    assert len(team.forge.issues) >= 1
    assert len({row["title"] for row in team.forge.issues}) == len(team.forge.issues)
    assert {row["state"] for row in team.forge.issues} <= {"open", "opened"}

    team.work.commit("No reviews", {"kbgen.toml": '[site]\nbase_url = "https://help.example.org"\n'})
    team.push("main")
    team.runs("reviews", "reviews", team.clone("later", "origin/main"), head=team.work.git("rev-parse", "main"))

    assert {row["state"] for row in team.forge.issues} == {"closed"}
