"""
The life of an article, with real repositories: a writer and a reviewer, each with a clone, and one place that customers read.

A draft is handed in, sent back, mended, approved, squashed and published; a push past everybody keeps the old text; the article
moves; its translation falls behind and catches up; its review comes due and is attested; a release is taken back.  No address that
was ever published dies on the way.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from release.places import answer, dead

from kbgen.cli import main

RULES = """
[people.ana]
name = "Ana"
emails = ["ana@help.example"]
[people.bob]
name = "Bob"
emails = ["bob@help.example"]
[groups]
billing = ["bob"]
[[rules]]
category = "billing/**"
of = "billing"
"""
SETTINGS = """
[site]
title = "Lumen Help"
default_locale = "en"
base_url = "https://help.example"
[locales.en]
[locales.ca]
fallback = "en"
[review]
approval = "enforce"
every = "3mo"
notices = ["outdated"]
"""
ARTICLE = re.compile(r"^id: (\S+)$", re.MULTILINE)
REFUND = "content/en/billing/refund.md"
REEMBORSAMENT = "content/ca/facturacio/reemborsament.md"


def article(key: str, title: str, text: str) -> str:
    """Write an article."""
    return f"---\nid: {key}\ntitle: {title}\ndescription: {title}.\nstatus: published\n---\n{text}\n"


@dataclass(frozen=True)
class Person:
    """Somebody with a clone of the team's repository."""

    name: str
    root: Path

    @property
    def _variables(self) -> dict[str, str]:
        mail = f"{self.name}@help.example"
        return {
            "GIT_AUTHOR_NAME": self.name, "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_NAME": self.name, "GIT_COMMITTER_EMAIL": mail,
            "GIT_CONFIG_GLOBAL": os.devnull,
        }  # fmt: skip

    def git(self, *words: str) -> str:
        """Run git."""
        environment = {**os.environ, **self._variables}
        done = subprocess.run(["git", *words], cwd=self.root, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def kbgen(self, *words: str, code: int = 0) -> Result:
        """Run a command of the house, which has to end with a code."""
        done = CliRunner(env=self._variables).invoke(main, ["-C", str(self.root), *words])
        assert done.exit_code == code, f"{words}\n{done.output}"
        return done

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Change a file."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new))

    def pull(self) -> None:
        """Go to the newest main, with all tags."""
        self.git("switch", "--quiet", "main")
        self.git("pull", "--quiet", "--tags", "origin", "main")

    def hand_in(self, *words: str) -> str:
        """Hand work in and send it; returns the branch."""
        self.kbgen("submit", "--push", *words)
        return self.git("branch", "--show-current")

    def approve(self, branch: str) -> None:
        """Read a branch and approve all of it."""
        self.git("fetch", "--quiet", "origin")
        self.kbgen("approve", "--all", "--in", f"origin/main..origin/{branch}")
        self.git("push", "--quiet", "--tags", "origin")

    def merge(self, branch: str) -> None:
        """Squash a branch onto main, as the button of a forge does."""
        self.pull()
        self.git("merge", "--quiet", "--squash", f"origin/{branch}")
        wrote = self.git("log", "-1", "--format=%an <%ae>", f"origin/{branch}")
        self.git("commit", "--quiet", "--author", wrote, "--message", f"Merge {branch}")
        self.git("push", "--quiet", "origin", "main")


@dataclass(frozen=True)
class Portal:
    """What customers read."""

    machine: Person
    place: Path

    def publish(self, *words: str) -> str:
        """Publish the newest main."""
        self.machine.pull()
        said = self.machine.kbgen("publish", "--to", f"dir:{self.place}", *words).output
        assert dead(self.place) == [], "an address that was published answers nothing"
        return said

    def text(self, url: str) -> str:
        """Read a page."""
        return (self.place / "current" / url / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def team(tmp_path: Path) -> tuple[Person, Person, Portal]:
    """Ana writes, Bob reviews, and a machine publishes from a clone of its own; the first release is out."""
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True)
    ana = Person("ana", tmp_path / "ana")
    ana.write("kbgen.toml", SETTINGS)
    ana.write("reviewers.toml", RULES)
    ana.git("init", "--quiet", "--initial-branch=main")
    ana.kbgen("init", str(ana.root), "--locale", "en", "--locale", "ca")
    ana.git("add", "--all")
    ana.git("commit", "--quiet", "--message", "Begin")
    ana.git("remote", "add", "origin", str(origin))
    ana.git("push", "--quiet", "--set-upstream", "origin", "main")
    ana.git("remote", "set-head", "origin", "main")
    bob, machine = Person("bob", tmp_path / "bob"), Person("ci", tmp_path / "ci")
    for one in (bob, machine):
        subprocess.run(["git", "clone", "--quiet", str(origin), str(one.root)], check=True)
    portal = Portal(machine, tmp_path / "out")
    portal.publish()
    ana.pull()
    return ana, bob, portal


@pytest.mark.timeout(900)
def test_an_article_lives(team):
    """A text is published when it is approved and not before; whatever becomes of it later, every address goes on answering."""
    ana, bob, portal = team

    # Ana drafts and hands in; Bob asks for a change; she mends it; he approves; it is squashed and published.
    ana.kbgen("new", "Refund", "--category", "billing")
    key = ARTICLE.search((ana.root / REFUND).read_text(encoding="utf-8"))[1]
    ana.write(REFUND, article(key, "Refunds", "In nine days.\n\n## How\n\nTo your card."))
    branch = ana.hand_in()
    bob.git("fetch", "--quiet", "origin")
    asked = bob.kbgen("approvals", f"origin/main..origin/{branch}", code=1).output
    ana.change(REFUND, "nine days", "five days")
    ana.hand_in()
    bob.approve(branch)
    waits = ana.kbgen("status", code=1).output
    bob.merge(branch)
    portal.publish()

    assert "missing" in asked
    assert "In five days" in portal.text("en/billing/refund/")
    assert branch in waits

    # Somebody pushes past everybody.
    ana.pull()
    ana.change(REFUND, "five days", "fifty days")
    ana.git("commit", "--quiet", "--all", "--message", "Quick")
    ana.git("push", "--quiet", "origin", "main")
    said = portal.publish()

    assert "KB720" in said
    assert "In five days" in portal.text("en/billing/refund/")

    # The text is taken back, and a translation comes; then the original changes, and the translation falls behind and catches up.
    ana.change(REFUND, "fifty days", "five days")
    ana.kbgen("new", "Reemborsament", "-c", "facturacio", "-l", "ca", "--id", key)
    ana.write(REEMBORSAMENT, article(key, "Reemborsaments", "En cinc dies.\n\n## Com\n\nA la targeta."))
    branch = ana.hand_in()
    ana.kbgen("l10n", "done", key, "--locale", "ca")
    ana.hand_in()
    bob.approve(branch)
    bob.merge(branch)
    ana.pull()
    ana.change(REFUND, "To your card.", "To your card or account.")
    branch = ana.hand_in()
    bob.approve(branch)
    bob.merge(branch)
    portal.publish()
    ana.pull()
    behind = ana.kbgen("l10n", "status", code=1).output
    shown = portal.text("ca/facturacio/reemborsament/")
    ana.change(REEMBORSAMENT, "A la targeta.", "A la targeta o al compte.")
    ana.kbgen("l10n", "done", key, "--locale", "ca")
    branch = ana.hand_in()
    bob.approve(branch)
    bob.merge(branch)
    portal.publish()
    ana.pull()

    assert "1 of 3 sections changed" in behind
    assert "kb-notice" in shown
    assert "To your card or account" in portal.text("en/billing/refund/")
    assert "o al compte" in portal.text("ca/facturacio/reemborsament/")
    ana.kbgen("l10n", "status")

    # The article moves.
    ana.kbgen("move", REFUND, "money")
    branch = ana.hand_in()
    bob.approve(branch)
    bob.merge(branch)
    portal.publish()
    ana.pull()

    assert "To your card or account" in portal.text("en/money/refund/")
    assert answer(portal.place / "current", "en/billing/refund/") == "en/money/refund/"

    # Its review comes due, and Bob reads it again.
    before = ana.kbgen("due", "--as-of", "2036-01-01", code=1).output
    bob.pull()
    every = [name for one in ("facts", "steps", "links", "words") for name in ("--checked", one)]
    bob.kbgen("reviewed", key, "--result", "ok", *every)
    after = bob.kbgen("due", "--format", "json", "--within", "1y", code=0).output

    assert key in before
    assert key in after

    # The last release is taken back, and the one after it is made as usual.
    portal.machine.kbgen("rollback", "--to", f"dir:{portal.place}")

    assert dead(portal.place) == []
    assert "To your card or account" in portal.text("en/billing/refund/")
    assert answer(portal.place / "current", "en/money/refund/") == "en/billing/refund/"

    portal.publish()

    assert answer(portal.place / "current", "en/billing/refund/") == "en/money/refund/"
    assert "approved by  Bob" in ana.kbgen("blame", "/en/money/refund/", "To your card or account.").output
