"""CODEOWNERS in three dialects, and what is unhealthy about the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from review.repository import REVIEWERS, Repository, article

from kbgen.cli import main
from kbgen.review.owners import PLACES, codeowners, health
from kbgen.review.reviewers import Facts, Forge, Reviewers, read

ARTICLES = (
    Facts("content/en/billing/refund.md", "en", "billing/", ()),
    Facts("content/en/billing/cards/pay now.md", "en", "billing/cards/", ("terms",)),
    Facts("content/ca/devices/lamp.md", "ca", "devices/", ()),
)
MORE = REVIEWERS + '[[rules]]\nlocale = "ca"\nof = "legal"\n[[rules]]\npath = "content/en/billing/cards/*.md"\nneed = 2\nof = "billing"\n'


def rules(text: str = MORE) -> Reviewers:
    """Read reviewers without a mistake."""
    found, problems = read(text)
    assert found is not None
    assert problems == ()
    return found


def lines(forge: Forge, prefix: str = "") -> list[str]:
    """Return the file without its head."""
    return [line for line in codeowners(rules(), forge, ARTICLES, prefix).splitlines() if line and not line.startswith("#")]


def test_github_takes_globs_from_wide_to_narrow() -> None:
    """The last line that matches counts there, so a narrow one repeats the owners of the wide ones that cover it."""
    assert lines("github") == [
        "/content/*/billing/** @bob-gh @cat-gh",
        "/content/ca/** @ana-gh",
        "/content/en/billing/cards/*.md @bob-gh @cat-gh",
        "/content/en/billing/cards/pay\\ now.md @bob-gh @cat-gh @ana-gh",
    ]


def test_gitlab_takes_a_section_for_each_rule() -> None:
    """A section says how many approvals are needed; paths begin at the top of the repository."""
    assert lines("gitlab", "help/") == [
        "[1 of billing for category billing/**][1]",
        "/help/content/*/billing/** @bob.gl @cat.gl",
        "[1 of legal for tag terms][1]",
        "/help/content/en/billing/cards/pay\\ now.md @ana.gl",
        "[1 of legal for locale ca][1]",
        "/help/content/ca/** @ana.gl",
        "[2 of billing for path content/en/billing/cards/*.md][2]",
        "/help/content/en/billing/cards/*.md @bob.gl @cat.gl",
    ]


def test_forgejo_takes_regular_expressions() -> None:
    """A pattern is matched against the whole path."""
    assert lines("forgejo")[0] == "content/[^/]*/billing/.* @bob_fj @cat_fj"
    assert lines("forgejo")[-1] == "content/en/billing/cards/pay\\snow\\.md @bob_fj @cat_fj @ana_fj"


def test_who_has_no_login_is_asked_by_mail() -> None:
    """Forges take addresses too."""
    text = REVIEWERS.replace('github = "bob-gh"\n', "")

    assert "/content/*/billing/** bob@help.example @cat-gh" in codeowners(rules(text), "github", ARTICLES)


def test_health_names_what_will_hurt() -> None:
    """Groups of one, people who left, people without a group, articles that nobody is asked about, rules without articles."""
    text = (
        REVIEWERS.replace('emails = ["cat@help.example"]', 'emails = ["cat@help.example"]\nactive = false').replace(
            "[groups]", '[people.dan]\nname = "Dan D"\n[groups]\nidle = ["ana", "bob"]'
        )
        + '[[rules]]\nlocale = "ro"\nof = "legal"\n'
    )

    assert set(health(rules(text), ARTICLES)) == {
        "group billing is Bob B alone: on holiday nothing is approved",
        "group legal is Ana A alone: on holiday nothing is approved",
        "Cat C is in group billing and no longer active",
        "group idle is asked by no rule",
        "Dan D is in no group",
        "no rule asks about articles in content/ca/devices/",
        "the rule 1 of legal for locale ro matches no article",
    }


@pytest.mark.parametrize("forge", ["github", "gitlab", "forgejo"])
def test_the_file_is_written_and_compared(tmp_path: Path, forge: Forge) -> None:
    """--check fails until the file is there and the same; the top of the repository is where it lies."""
    kept = Repository(tmp_path / "kb", prefix="help")

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["-C", str(kept.root), "owners", *words])

    missing = run("--for", forge, "--check")
    written = run("--for", forge)
    same = run("--for", forge, "--check")
    kept.write({"content/en/legal/terms.md": article("terms", tags="[terms]")})
    other = run("--for", forge, "--check")

    assert [one.exit_code for one in (missing, written, same, other)] == [1, 0, 0, 1]
    assert "help/content/" in (kept.top / PLACES[forge]).read_text()
    assert f"Run  kbgen owners --for {forge}" in other.output


def test_the_command_says_what_it_needs(tmp_path: Path) -> None:
    """Without a file, without a wish, and with a mistake in the file."""
    kept = Repository(tmp_path / "kb", REVIEWERS.replace('of = "legal"', 'of = "legall"'))
    said = [CliRunner().invoke(main, ["-C", str(kept.root), "owners", *words]) for words in ([], ["--health"])]
    (kept.root / "reviewers.toml").unlink()
    said.append(CliRunner().invoke(main, ["-C", str(kept.root), "owners", "--health"]))

    assert [one.exit_code for one in said] == [2, 1, 2]
    assert "error KB704: there is no group legall. Did you mean legal?" in said[1].output
    assert "There is no reviewers.toml" in said[2].output
