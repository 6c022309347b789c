"""The commands submit and status: handing work in, and seeing what waits."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from review.asking import run, tag
from review.repository import LAMP, REFUND, CountedGit, Repository, article

from kbgen.review.remotes import forge_of, page_of
from kbgen.review.work import look


@pytest.fixture
def shared(kept: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository on main that came from another one, and a person who sits at it."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "ana")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "ana@help.example")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "ana")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "ana@help.example")
    kept.git("switch", "--quiet", "main")
    kept.git("branch", "-D", "edit")
    (kept.root / ".gitignore").write_text(".kbgen/\n")
    kept.commit("Ignore")
    kept.git("clone", "--quiet", "--bare", str(kept.top), str(tmp_path / "origin.git"))
    kept.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    kept.git("fetch", "--quiet", "origin")
    kept.git("remote", "set-head", "origin", "main")
    kept.git("branch", "--quiet", "--set-upstream-to=origin/main")
    return kept


def test_work_is_handed_in_on_a_branch_of_its_own(shared: Repository, counted_git: CountedGit) -> None:
    """Edits, new files, moves and deletions are committed under a name that says what they are; main stays; nothing leaves the machine."""
    (shared.top / ".mailmap").write_text("Ana <ana@help.example>\n")
    shared.commit("Names")
    main = shared.git("rev-parse", "main")
    shared.git("remote", "add", "other", "https://git.example/help.git")
    shared.git("config", "remote.origin.pushurl", "git@github.com:acme/help.git")
    run(shared, "move", "kb-lamp", "lights")
    shared.write({REFUND: None, "content/en/billing/نو.md": article("new"), "notes.txt": "mine"})
    counted_git.forget()
    done = run(shared, "submit")
    calls = len(counted_git.calls)
    files = shared.git("-c", "core.quotepath=off", "show", "--format=", "--name-status", "--no-renames", "HEAD").splitlines()

    assert done.exit_code == 0, done.output
    assert shared.git("branch", "--show-current") == "edit/kb-lamp"
    assert [row[0] for row in files] == ["D", "A", "D", "A"]
    assert shared.git("log", "-1", "--format=%s") == "Edit 3 texts"
    assert "Move About lamp" in shared.git("log", "-1", "--format=%b")
    assert shared.git("rev-parse", "main") == main
    assert shared.git("status", "--short") == "?? notes.txt"
    assert "edit/kb-lamp" not in shared.git("ls-remote", shared.git("config", "remote.origin.url"))
    assert "git push -u origin edit/kb-lamp" in done.output
    assert "https://github.com/acme/help/compare/main...edit/kb-lamp?expand=1" in done.output
    assert calls <= 12, counted_git.calls


def test_work_goes_on_where_it_began(shared: Repository) -> None:
    """A second time it is a second commit on the same branch; --push sends all of it; a third time there is nothing new."""
    shared.write({REFUND: article("refund", "One.")})
    first = run(shared, "submit", "-m", "Say one")
    shared.write({REFUND: article("refund", "Two.")})
    second = run(shared, "submit", "--push")
    third = run(shared, "submit", "--push")

    assert [one.exit_code for one in (first, second, third)] == [0, 0, 0], second.output + third.output
    assert shared.git("log", "--format=%s", "origin/main..origin/edit/kb-refund").splitlines() == ["Edit About refund", "Say one"]
    assert "All is on the branch edit/kb-refund already" in third.output
    assert "left this machine" not in second.output


def test_a_name_that_is_taken_is_not_taken_again(shared: Repository) -> None:
    """A branch of a colleague, here or at the remote, is never written to."""
    shared.git("branch", "edit/kb-refund")
    shared.git("push", "--quiet", "origin", "main:refs/heads/edit/kb-refund-2")
    shared.git("fetch", "--quiet", "origin")
    shared.write({REFUND: article("refund", "One.")})
    run(shared, "submit")

    assert shared.git("branch", "--show-current") == "edit/kb-refund-3"


def test_only_what_is_named_is_handed_in(shared: Repository) -> None:
    """Named files and folders, settings too; what was added beside them stays as it was."""
    shared.write({LAMP: article("lamp", "One."), REFUND: article("refund", "One."), "kbgen.toml": "[site]\ntitle = 'Help'\n"})
    shared.git("add", LAMP)
    done = run(shared, "submit", str(shared.root / "content/en/billing"), str(shared.root / "kbgen.toml"))
    none = run(shared, "submit", str(shared.root / "reviewers.toml"))
    away = run(shared, "submit", str(shared.root.parent))

    assert done.exit_code == 0, done.output
    assert shared.git("show", "--format=", "--name-only", "HEAD").splitlines() == [REFUND, "kbgen.toml"]
    assert shared.git("diff", "--cached", "--name-only") == LAMP
    assert "is as the last commit has it" in none.output
    assert "is not in the knowledge base" in away.output


def test_errors_are_not_handed_in(shared: Repository) -> None:
    """The problem is told with file and line, and nothing happens; --anyway hands it in."""
    shared.write({REFUND: article("refund", "See [that](none.md).")})
    stopped = run(shared, "submit")
    branch = shared.git("branch", "--show-current")
    forced = run(shared, "submit", "--anyway")

    assert stopped.exit_code == 1
    assert f"{REFUND}:8:" in stopped.output
    assert branch == "main"
    assert forced.exit_code == 0


def test_what_cannot_be_handed_in_is_said_in_words(shared: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing new, two texts that clash, nobody's name, no repository: each with what to do."""
    nothing = run(shared, "submit")
    shared.git("switch", "--quiet", "--create", "one")
    shared.commit("One", {REFUND: article("refund", "One.")})
    shared.git("switch", "--quiet", "--create", "two", "main")
    shared.commit("Two", {REFUND: article("refund", "Two.")})
    subprocess.run(["git", "merge", "--quiet", "one"], cwd=shared.top, check=False, capture_output=True)
    torn = run(shared, "submit", "--anyway")
    shared.git("merge", "--abort")
    shared.write({REFUND: article("refund", "Three.")})
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    shared.git("config", "user.useConfigOnly", "true")
    nobody = run(shared, "submit")
    outside = Repository(tmp_path / "outside")
    (outside.top / ".git").rename(tmp_path / "away")

    assert "Nothing below content/ is new" in nothing.output
    assert "holds two texts that git could not put together" in torn.output
    assert 'git config --global user.name "Your Name"' in " ".join(nobody.output.split())
    assert "is not in git" in run(outside, "submit").output
    assert shared.git("log", "-1", "--format=%s") == "Two"


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@github.com:acme/help.git", "https://github.com/acme/help/compare/main...edit/kb-x?expand=1"),
        ("https://ana:secret@github.com/acme/help", "https://github.com/acme/help/compare/main...edit/kb-x?expand=1"),
        ("ssh://git@gitlab.acme.example:2222/team/sub/help.git", "https://gitlab.acme.example/team/sub/help/-/merge_requests/new?merge_request%5Bsource_branch%5D=edit%2Fkb-x"),
        ("https://codeberg.org/acme/help.git", "https://codeberg.org/acme/help/compare/main...edit/kb-x"),
        ("https://git.acme.example:8443/acme/help.git", ""),
        ("/srv/help.git", ""),
        ("https://[broken/help.git", ""),
    ],
)  # fmt: skip
def test_the_forge_is_known_by_its_address(kept: Repository, remote: str, page: str) -> None:
    """The page is that of the forge; who signs in there is never shown; a host that tells nothing gives none."""
    assert page_of(kept.root, remote, "edit/kb-x", "main") == page


def test_a_forge_of_ones_own_is_known_by_its_files(kept: Repository) -> None:
    """A pipeline of GitLab, Forgejo or GitHub at the top says which one it is."""
    kept.write({".gitlab-ci.yml": ""})

    kept.git("remote", "add", "origin", "https://git.acme.example/acme/help.git")

    assert forge_of(kept.root, "docs/") == "https://git.acme.example/acme/help/-/blob/{commit}/docs/{path}#L{line}"
    assert page_of(kept.root, "https://git.acme.example/acme/help.git", "x", "main").startswith(
        "https://git.acme.example/acme/help/-/merge_requests/new"
    )


def test_status_says_what_waits_for_whom(shared: Repository, counted_git: CountedGit) -> None:
    """What is not handed in or sent, who can approve (never its author), that main moved on, and what others do."""
    calm = run(shared, "status")
    shared.git("push", "--quiet", "origin", "main:refs/heads/edit/other")
    shared.git("switch", "--quiet", "--create", "mine")
    shared.commit("Mine", {REFUND: article("refund", "Mine."), LAMP: article("lamp", "Mine.")}, who="bob")
    shared.write({"content/en/devices/new.md": article("new")})
    shared.git("switch", "--quiet", "--create", "other", "origin/main")
    shared.git("commit", "--quiet", "--allow-empty", "-m", "Theirs")
    shared.git("push", "--quiet", "origin", "other", "other:main")
    shared.git("commit", "--quiet", "--allow-empty", "-m", "More")
    shared.git("push", "--quiet", "origin", "other")
    shared.git("switch", "--quiet", "mine")
    counted_git.forget()
    told = run(shared, "status")
    calls = len(counted_git.calls)
    found = json.loads(run(shared, "status", "--format", "json").output)
    tag(shared, "cat", REFUND)

    assert calm.exit_code == 0, calm.output
    assert "Nothing of yours waits" in calm.output
    assert told.exit_code == 1
    for words in (
        "You are on mine",
        "new      content/en/devices/new.md",
        "git push -u origin mine",
        "1 of billing: Cat C",
        "May go to main:\n  kb-lamp",
        "main has changed since you began",
        "other  ana",
    ):
        assert words in told.output
    assert found["waiting"] == [{"id": "kb-refund", "path": REFUND, "needs": ["1 of billing: Cat C"]}]
    assert "kb-refund" in json.loads(run(shared, "status", "--format", "json").output)["approved"]
    assert calls <= 12, counted_git.calls


def test_a_knowledge_base_in_a_folder_is_looked_at_alone(tmp_path: Path) -> None:
    """Paths are those of the knowledge base, and what lies outside it is not its work."""
    kept = Repository(tmp_path / "kb", prefix="docs/help")
    (kept.top / "main.c").write_text("int main;")
    kept.write({LAMP: article("lamp", "New."), "content/en/x y/ب.md": article("b")})
    kept.git("mv", "docs/help/content/en/billing/refund.md", "docs/help/content/en/billing/money.md")
    found = {one.path: (one.what, one.old) for one in look(kept.root).edits}

    assert found == {
        LAMP: ("edited", ""),
        "content/en/x y/ب.md": ("new", ""),
        "content/en/billing/money.md": ("moved", REFUND),
    }
