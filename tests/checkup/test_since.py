"""--since: what a branch breaks is told apart from what was broken before, in real repositories."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from checkup.asking import check, errors, found
from review.asking import run
from review.repository import LAMP, REFUND, Repository, article

SPOILT = article("lamp", "A text.\n\n![](none.png)\n\n[x](kb:kb-none)")


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository whose main has an article with two errors; the work goes on, on the branch `edit`."""
    repository = Repository(tmp_path / "kb")
    repository.commit("Spoil", {LAMP: SPOILT})
    repository.git("switch", "--quiet", "--create", "edit")
    return repository


def test_what_the_base_has_too_counts_and_never_fails(kept: Repository) -> None:
    """The errors of the base are counted; a new one fails; without a base all are new."""
    kept.commit("Edit", {REFUND: article("refund", "Better.")})
    clean = check(kept.root, "--since", "main")
    kept.commit("Break", {REFUND: article("refund", "[y](kb:kb-none)")})
    broken = check(kept.root, "--since", "main")

    assert clean.exit_code == 0, clean.output
    assert "2 articles, nothing to mend; " in clean.output
    assert " problems that the base has too" in clean.output
    assert broken.exit_code == 1
    assert "content/en/billing/refund.md" in broken.stdout
    assert LAMP not in broken.stdout
    assert check(kept.root).exit_code == 1


def test_text_that_moves_keeps_its_findings(kept: Repository) -> None:
    """Lines above, a move to another folder, a second time: the first two bring nothing new, the last does."""
    kept.commit("Lines", {LAMP: SPOILT.replace("A text.", "One.\n\nTwo.\n\nA text.")})
    lower = errors(kept.root, "--since", "main")
    kept.commit("Move", {LAMP: None, "content/en/other/lamp.md": SPOILT})
    moved = errors(kept.root, "--since", "main")
    kept.commit("Again", {"content/en/other/lamp.md": f"{SPOILT}\n\n[x](kb:kb-none)\n"})

    assert lower == []
    assert moved == []
    assert errors(kept.root, "--since", "main") == ["KB320"]


def test_edits_that_are_not_committed_count(kept: Repository) -> None:
    """A writer sees what the files on disk break, new files too, before anything is committed."""
    kept.write({REFUND: article("refund", "[y](kb:kb-none)"), "content/en/new.md": article("new", "![](n.png)")})

    assert sorted(set(errors(kept.root, "--since", "main"))) == ["KB304", "KB320", "KB330"]


def test_the_base_is_where_the_branch_left_it(kept: Repository) -> None:
    """What main has got since does not count as the branch's, whichever way."""
    kept.commit("Edit", {REFUND: article("refund", "Better.")})
    kept.git("switch", "--quiet", "main")
    kept.commit("Mend", {LAMP: article("lamp")})
    kept.git("switch", "--quiet", "edit")

    assert errors(kept.root, "--since", "main") == []


def test_life_of_articles_is_seen_from_the_base(kept: Repository) -> None:
    """A published file that is deleted, an id that is changed or given to another article: each is an error."""
    kept.commit("Delete", {REFUND: None})
    deleted = errors(kept.root, "--since", "main")
    kept.commit("Rename", {REFUND: article("money")})
    changed = errors(kept.root, "--since", "main")
    kept.commit("Swap", {LAMP: SPOILT.replace("kb-lamp", "kb-refund"), REFUND: article("lamp")})
    swapped = errors(kept.root, "--since", "main")

    assert deleted == ["KB740"]
    assert changed == ["KB741"]
    assert swapped.count("KB742") == 2


def test_what_may_happen_to_an_article(kept: Repository) -> None:
    """A move, an archived article, another article in the place of one that moved, a draft that goes: none is an error of life."""
    kept.git("switch", "--quiet", "main")
    kept.commit("Draft", {"content/en/draft.md": article("draft").replace("published", "draft")})
    kept.git("switch", "--quiet", "edit")
    kept.git("merge", "--quiet", "main")
    kept.commit(
        "Live",
        {
            "content/en/draft.md": None,
            "content/en/moved/refund.md": article("refund").replace("published", "archived"),
            REFUND: article("fresh"),
        },
    )

    assert [one for one in errors(kept.root, "--since", "main") if one.startswith("KB7")] == []


@pytest.mark.parametrize("base", ["nowhere", "-h", "main;x"])
def test_a_base_that_is_not_there_is_not_a_verdict(kept: Repository, base: str) -> None:
    """Without the base nobody knows what is new: exit code 3, in words."""
    done = check(kept.root, f"--since={base}")

    assert done.exit_code == 3
    assert f"git knows no commit {base}" in done.output


def test_a_shallow_clone_says_that_it_cannot_tell(kept: Repository, tmp_path: Path) -> None:
    """Depth 1 hides where the branch began: exit code 3, and what to do."""
    kept.commit("Edit", {REFUND: article("refund", "Better.")})
    clone = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", "--no-single-branch", "-b", "edit", kept.top.as_uri(), str(clone)], check=True)
    done = check(clone, "--since", "origin/main")

    assert done.exit_code == 3
    assert "fetch more" in done.output


def test_a_folder_without_git_cannot_tell(site_factory) -> None:
    """Outside git there is no base."""
    root = site_factory({"kbgen.toml": "", LAMP: SPOILT})

    assert check(root, "--since", "main").exit_code == 3


def test_a_knowledge_base_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    """Below help/ the base is found as well, and forges get paths from the top."""
    kept = Repository(tmp_path / "kb", prefix="help")
    kept.commit("Spoil", {LAMP: SPOILT})
    kept.git("switch", "--quiet", "--create", "edit")
    kept.commit("Break", {"content/en/صورتحساب.md": article("fresh", "[y](kb:kb-none)")})
    done = check(kept.root, "--since", "main", "--format", "github")

    assert done.exit_code == 1
    assert [line.partition(",")[0] for line in done.stdout.splitlines() if "KB320" in line] == ["::error file=help/content/en/صورتحساب.md"]


def test_the_base_leaves_nothing_behind(kept: Repository) -> None:
    """The folder of the base is gone, the work tree and git's index are as they were."""
    (kept.root / "content/en/link.md").symlink_to("/etc/hostname")
    kept.commit("Link")
    kept.git("branch", "--force", "main")
    before = ({one.name for one in kept.root.iterdir()}, kept.git("ls-files", "--stage"))

    assert errors(kept.root, "--since", "main") == []
    assert [one["rule"] for one in found(kept.root, "--since", "main") if one["path"].endswith("link.md")] == ["KB140"]
    assert list((kept.root / ".kbgen").glob("tree-*")) == []
    assert ({one.name for one in kept.root.iterdir()}, kept.git("ls-files", "--stage")) == (before[0] | {".kbgen"}, before[1])
    assert kept.git("status", "--porcelain") == "?? .kbgen/"


def test_a_base_that_runs_nothing(kept: Repository, tmp_path: Path) -> None:
    """Filters and hooks that a repository names are not run when its base is laid out."""
    trap = tmp_path / "trap"
    kept.git("config", "filter.trap.smudge", f"touch {trap}; cat")
    kept.git("config", "core.hooksPath", str(tmp_path))
    (tmp_path / "post-checkout").write_text(f"#!/bin/sh\ntouch {trap}\n")
    (tmp_path / "post-checkout").chmod(0o755)
    kept.commit("Trap", {".gitattributes": "*.md filter=trap\n", REFUND: article("refund", "Better.")})

    assert errors(kept.root, "--since", "main") == []
    assert not trap.exists()


def test_a_translation_that_the_branch_leaves_behind_is_new(kept: Repository) -> None:
    """An original that the branch changes makes its translation stale: that is new; what was stale before is not."""
    source = kept.blob(REFUND)
    config = "[site]\ndefault_locale = 'en'\n[locales.en]\n[locales.ca]\n"
    translated = article("refund").replace("status:", f"translation: {{source_blob: {source}}}\nstatus:")
    kept.git("switch", "--quiet", "main")
    kept.commit("Translate", {"kbgen.toml": config, "content/ca/billing/refund.md": translated})
    kept.git("switch", "--quiet", "edit")
    kept.git("merge", "--quiet", "main")
    before = [one for one in found(kept.root, "--since", "main") if one["state"] == "new"]
    kept.commit("Edit", {REFUND: article("refund", "Better.")})
    after = [(one["rule"], one["path"]) for one in found(kept.root, "--since", "main") if one["state"] == "new"]
    kept.git("branch", "--force", "main")
    kept.commit("Other", {LAMP: SPOILT + "More.\n"})

    assert before == []
    assert after == [("KB602", "content/ca/billing/refund.md")]
    assert [one["rule"] for one in found(kept.root, "--since", "main") if one["state"] == "new"] == []


def test_a_stranger_is_judged_by_trusted_settings(kept: Repository) -> None:
    """With --trust the settings of main hold for both sides: a branch that allows itself something is told all the same."""
    kept.commit(
        "Allow",
        {"kbgen.toml": "[markdown]\nallowed_hosts = ['img.example']\n", REFUND: article("refund", "Text. ![x](https://img.example/a.png)")},
    )
    rules = [
        [one["rule"] for one in found(kept.root, "--since", "main", *words) if one["state"] == "new"] for words in ((), ("--trust", "main"))
    ]

    assert rules == [[], ["KB305"]]


def test_large_files_of_the_base_are_there(kept: Repository) -> None:
    """A file too large to be read from git is the base's too, unchanged or not, so that a link to it is no new error."""
    film = kept.root / "content/en/devices/files/film.bin"
    film.parent.mkdir()
    film.write_bytes(bytes(range(256)) * 5000)
    kept.commit("Film", {LAMP: SPOILT.replace("none.png", "files/film.bin")})
    kept.git("branch", "--force", "main")
    unchanged = errors(kept.root, "--since", "main")
    film.write_bytes(b"x" * 1_500_000)
    changed = errors(kept.root, "--since", "main")

    assert unchanged == []
    assert changed == []
    assert film.read_bytes() == b"x" * 1_500_000


def test_the_words_of_a_text_that_waits_are_not_those_of_the_shown_one(tmp_path: Path) -> None:
    """Where only approved texts are published, the agreed words are looked for in those."""
    kept = Repository(tmp_path / "kb")
    kept.commit("Terms", {"content/en/terms.toml": '[[term]]\nwrite = "sign in"\nnot = ["log in"]\n'})
    kept.commit("Edit", {REFUND: article("refund", "Log in."), LAMP: article("lamp", "Log in.")})
    done = run(kept, "build", "--approval", "enforce", "--format", "json")
    told = [one["path"] for one in json.loads(done.stdout)["problems"] if one["rule"] == "KB504"]

    assert done.exit_code == 0, done.output
    assert told == [LAMP]


def test_an_address_that_dies_is_told_before_the_merge(kept: Repository) -> None:
    """A published article that moves without an alias, or becomes a draft again, is a warning; with an alias, or moved back, it is none."""
    away = "content/en/billing/money.md"

    def told() -> list[tuple[str, str]]:
        rows = found(kept.root, "--since", "main")
        return [(row["path"], row["message"]) for row in rows if row["rule"] == "KB412" and row["state"] == "new"]

    kept.commit("Move", {REFUND: None, away: article("refund")})
    moved = told()
    kept.commit("Alias", {away: article("refund").replace("tags:", "aliases: [/en/billing/refund/]\ntags:")})
    kept_alive = told()
    kept.commit("Back, a draft", {away: None, REFUND: article("refund").replace("status: published", "status: draft")})
    hidden = told()
    kept.commit("Back", {REFUND: article("refund")})

    assert moved == [(away, "customers know this article at /en/billing/refund/")]
    assert hidden == [(REFUND, "customers know this article at /en/billing/refund/, and it is no longer shown (draft)")]
    assert (kept_alive, told()) == ([], [])
