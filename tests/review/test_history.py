"""What git knows of an article: when it began, was published and last changed, and by whom."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner
from review.repository import LAMP, REFUND, CountedGit, Repository, article

from kbgen.cache import Shelf
from kbgen.cli import main
from kbgen.review.history import Past, known


def past(root: Path) -> Past:
    """Read everything anew."""
    shelf = Shelf(Path(":memory:"))
    try:
        return known(root, shelf)
    finally:
        shelf.close()


def when(kept: Repository, commit: str = "HEAD") -> str:
    """Return a commit's time as history writes it."""
    return kept.git("show", "--no-patch", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%S+00:00", commit)


def cloned(kept: Repository, folder: Path, *words: str) -> Path:
    """Clone as CI does, over git's own protocol."""
    kept.git("config", "uploadpack.allowFilter", "true")
    subprocess.run(["git", "clone", "--quiet", *words, f"file://{kept.top}", str(folder)], check=True)
    return folder


def test_only_what_readers_notice_is_a_change(kept: Repository) -> None:
    """Dates, owners, white space, line ends and moves are no news; words, titles and a new status are."""
    text = article("lamp", "One.")
    written = kept.commit("Write", {LAMP: text})
    kept.commit("A date", {LAMP: text.replace("tags: []", "tags: []\nreview: {every: 6mo}\nlast_reviewed: 2026-01-01\nowner: ana")})
    kept.commit("White space", {LAMP: text.replace("One.", "  One.\n\n")})
    (kept.root / LAMP).write_bytes(text.replace("\n", "\r\n").encode())
    kept.commit("Line ends")
    kept.commit("Move", {LAMP: None, "content/en/lights/lamp.md": text})
    quiet = past(kept.root)
    titled = kept.commit("Title", {"content/en/lights/lamp.md": text.replace("About lamp", "All about lamps")})
    loud = past(kept.root)

    assert quiet.updated["content/en/lights/lamp.md"] == when(kept, written)
    assert LAMP not in quiet.updated
    assert loud.updated["content/en/lights/lamp.md"] == when(kept, titled)


def test_an_article_begins_once_and_is_published_once(kept: Repository) -> None:
    """Its id carries its beginning through moves and rewrites; it is published when this branch first has it so."""
    draft = article("new").replace("status: published", "status: draft")
    begun = kept.commit("Draft", {"content/en/devices/new.md": draft})
    kept.commit(
        "Move and rewrite", {"content/en/devices/new.md": None, "content/en/other/name.md": draft.replace("A text.", "Else. " * 50)}
    )
    out = kept.commit("Publish", {"content/en/other/name.md": article("new", "Else. " * 50)})
    kept.commit("Withdraw", {"content/en/other/name.md": draft})
    kept.commit("Delete", {"content/en/other/name.md": None})
    kept.commit("Restore", {"content/en/third/name.md": article("new")})
    found = past(kept.root)

    assert found.created["content/en/third/name.md"] == when(kept, begun)
    assert found.published["content/en/third/name.md"] == when(kept, out)
    assert found.updated["content/en/third/name.md"] == when(kept)


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
def test_merge_squash_and_rebase_tell_the_same(kept: Repository, way: str) -> None:
    """The day on which main got the text counts, and everybody who wrote a part of it is named."""
    kept.commit("First", {REFUND: article("refund", "Draft.")}, who="ana")
    kept.commit("Second\n\nCo-authored-by: dan <dan@help.example>", {REFUND: article("refund", "Ready.")}, who="bob")
    kept.git("switch", "--quiet", "main")
    kept.clock += 5000
    if way == "merge":
        kept.git("merge", "--quiet", "--no-ff", "edit", "-m", "Merge\n\nReviewed-by: cat <cat@help.example>", who="cat")
    elif way == "squash":
        said = "New text\n\nReviewed-by: cat <cat@help.example>\n\nCo-authored-by: bob <bob@help.example>\nCo-authored-by: dan <dan@help.example>"
        kept.git("merge", "--quiet", "--squash", "edit")
        kept.git("commit", "--quiet", "-m", said)
    else:
        kept.git("rebase", "--quiet", "--no-ff", "main", "edit", who="cat")
        kept.git("switch", "--quiet", "main")
        kept.git("merge", "--quiet", "--ff-only", "edit")
    found = past(kept.root)

    assert found.updated[REFUND] == when(kept)
    assert found.authors[REFUND] == ["ana", "bob", "dan"]
    assert found.reviewers[REFUND] == ([] if way == "rebase" else ["cat"])


def test_what_a_merge_smuggles_in_counts(kept: Repository) -> None:
    """A text that no commit of the branch has is a change of the day of the merge, by who merged."""
    kept.commit("Harmless", {REFUND: article("refund", "Harmless.")})
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--no-ff", "--no-commit", "edit")
    kept.commit("Merge", {LAMP: article("lamp", "Smuggled.")}, who="eve")
    found = past(kept.root)

    assert found.updated[LAMP] == when(kept)
    assert found.authors[LAMP] == ["ana", "eve"]


def test_names_are_those_of_the_mailmap(kept: Repository) -> None:
    """Who has two names is one person; a mailmap that comes later counts for commits before it."""
    kept.commit("One\n\nCo-authored-by: Bobby <old@help.example>", {LAMP: article("lamp", "One.")}, who="bob")
    shelf = Shelf(kept.top / ".git" / "shelf.sqlite")
    before = known(kept.root, shelf).authors[LAMP]
    (kept.top / ".mailmap").write_text("Robert <bob@help.example> <old@help.example>\nRobert <bob@help.example>\n")
    kept.commit("Mailmap")
    after = known(kept.root, shelf)
    shelf.close()

    assert before == ["ana", "bob", "Bobby"]
    assert after.authors[LAMP] == ["ana", "Robert"]
    assert after == past(kept.root)


@pytest.mark.parametrize("words", [("--depth=1",), ("--depth=3",), ("--filter=blob:none",), ("--depth=3", "--filter=blob:none")])
def test_a_clone_that_lacks_something_says_the_same_or_nothing(
    kept: Repository, tmp_path: Path, words: tuple[str, ...], counted_git: CountedGit
) -> None:
    """No date of a shallow or blobless clone differs from the full one's, and nothing is fetched to find out."""
    kept.commit("Edit", {LAMP: article("lamp", "One.")})
    kept.commit("Move", {REFUND: None, "content/en/billing/money.md": article("refund")})
    kept.commit("New", {"content/en/devices/new.md": article("new")})
    kept.commit("Date", {LAMP: article("lamp", "One.").replace("status", "owner: bob\nstatus")})
    kept.commit("Back", {"content/en/devices/new.md": article("new", "Newer.")})
    full = past(kept.root)
    clone = cloned(kept, tmp_path / "clone", *words)
    os.rename(kept.top, tmp_path / "gone")  # noqa: PTH104 - whatever is missing cannot be fetched any more
    counted_git.forget()
    found = past(clone)

    for name, facts in asdict(found).items():
        if name != "revisions":
            assert facts.items() <= asdict(full)[name].items(), name
    assert set(full.updated) == {LAMP, "content/en/billing/money.md", "content/en/devices/new.md"}
    assert len(counted_git.calls) <= 6


def test_a_shallow_clone_knows_what_is_inside_it(kept: Repository, tmp_path: Path) -> None:
    """A change that it holds is dated; the commit at its border dates nothing; a deeper one knows more."""
    kept.commit("Edit", {LAMP: article("lamp", "One.")})
    edited = when(kept)
    kept.commit("Other", {REFUND: article("refund", "Two.")})
    clone = cloned(kept, tmp_path / "clone", "--depth=2")
    shelf = Shelf(tmp_path / "shelf.sqlite")
    shallow = known(clone, shelf)
    subprocess.run(["git", "fetch", "--quiet", "--unshallow"], cwd=clone, check=True)
    deep = known(clone, shelf)
    shelf.close()

    assert shallow.updated == {REFUND: when(kept)}
    assert shallow.created == {}
    assert deep.updated == {REFUND: when(kept), LAMP: edited}
    assert deep == past(kept.root)


def test_paths_of_any_letters_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    """A knowledge base below the top, files in Persian, a case-only move, another work tree: all is found."""
    kept = Repository(tmp_path / "kb", prefix="docs/help")
    written = kept.commit("Persian", {"content/fa/حساب/بازیابی رمز.md": article("reset")})
    kept.commit("Case", {LAMP: None, "content/en/devices/Lamp.md": article("lamp")})
    kept.git("worktree", "add", "--quiet", "-b", "second", str(tmp_path / "second"))
    found = past(kept.root)

    assert found.updated["content/fa/حساب/بازیابی رمز.md"] == when(kept, written)
    assert found.created["content/en/devices/Lamp.md"] == when(kept, "HEAD~2")
    assert LAMP not in found.created
    assert past(tmp_path / "second" / "docs" / "help") == found


def test_nothing_is_known_outside_git(tmp_path: Path) -> None:
    """A folder that is no repository, or has no commit yet, has no past."""
    (tmp_path / "content").mkdir()
    outside = past(tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)

    assert outside == Past()
    assert past(tmp_path) == Past()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_extended_equals_what_is_read_anew(tmp_path: Path, seed: int, counted_git: CountedGit) -> None:
    """After any run of edits, moves, merges, resets and switches, the shelf changes nothing but time."""
    chance = random.Random(seed)
    kept = Repository(tmp_path / "kb")
    shelf = Shelf(tmp_path / "shelf.sqlite")
    for at in range(14):
        _happen(kept, chance, at)
        if chance.random() < 0.6:
            assert known(kept.root, shelf) == past(kept.root), at
    first = known(kept.root, shelf)
    counted_git.forget()
    again = known(kept.root, shelf)
    shelf.close()

    assert again == first == past(kept.root)
    assert len(counted_git.calls) <= 5  # those of reading anew; the second look at the shelf needs none


def _happen(kept: Repository, chance: random.Random, at: int) -> None:
    """Do something that people do."""
    files = sorted(path.relative_to(kept.root).as_posix() for path in (kept.root / "content").rglob("*.md"))
    path = chance.choice(files)
    text = (kept.root / path).read_text(encoding="utf-8")
    who = chance.choice(["ana", "bob", "cat"])
    match chance.randrange(7):
        case 0:
            kept.commit("New", {f"content/en/billing/n{at}.md": article(f"n{at}")}, who=who)
        case 1:
            kept.commit("Move", {path: None, f"content/en/devices/m{at}.md": text}, who=who)
        case 2:
            kept.commit("Date", {path: text.replace("status", f"owner: o{at}\nstatus")}, who=who)
        case 3:
            kept.git("switch", "--quiet", "--create", f"side{at}")
            kept.commit("Side", {path: f"{text}Side {at}.\n"}, who=who)
            kept.git("switch", "--quiet", "main")
            kept.commit("Main", {"content/en/devices/x.md": article("x", f"Main {at}.")})
            kept.git("merge", "--quiet", "--no-ff", "-X", "theirs", "-m", "Merge", f"side{at}")
        case 4 if kept.git("rev-list", "--count", "HEAD") != "1":
            kept.git("reset", "--quiet", "--hard", "HEAD~1")
        case _:
            kept.commit("Edit", {path: f"{text}Line {at}.\n"}, who=who)


def test_a_build_says_once_why_dates_are_missing(kept: Repository, tmp_path: Path) -> None:
    """Outside git and in a shallow clone it builds, with one sentence; in a full clone it says nothing."""
    outside = tmp_path / "outside"
    shutil.copytree(kept.root, outside, ignore=shutil.ignore_patterns(".git"))
    kept.commit("Edit", {LAMP: article("lamp", "One.")})
    shallow = cloned(kept, tmp_path / "clone", "--depth=1", "--branch=edit")
    told = [CliRunner().invoke(main, ["-C", str(root), "build"]) for root in (outside, shallow, kept.root)]

    assert [one.exit_code for one in told] == [0, 0, 0]
    assert told[0].stderr.count("not in git") == 1
    assert told[1].stderr.count("shallow") == 1
    assert "git" not in told[2].stderr


def test_no_message_takes_long_or_passes_for_another_commit(kept: Repository) -> None:
    """A message of a megabyte of blanks, one that looks like git's own output, and settings that colour it change nothing."""
    oid = "1" * 40
    evil = f"Evil\n\n\x01{oid}\n:100644 100644 {oid} {oid} M\n{LAMP}\nCo-authored-by:{' ' * 1_000_000}\n" + "Reviewed-by: R <r@x>\n" * 300
    kept.write({REFUND: article("refund", "One.")})
    kept.git("add", "--all")
    kept.git("commit", "--quiet", "--cleanup=verbatim", "--file=-", stdin=evil)
    for name, value in (
        ("color.ui", "always"),
        ("log.showSignature", "true"),
        ("i18n.logOutputEncoding", "ISO-8859-1"),
        ("log.mailmap", "false"),
    ):
        kept.git("config", name, value)
    kept.commit("Été", {LAMP: article("lamp", "Zwei.")}, who="Žofie")
    found = past(kept.root)

    assert found.authors == {LAMP: ["ana", "Žofie"], REFUND: ["ana"]}
    assert found.reviewers == {LAMP: [], REFUND: ["R"]}
    assert found.updated[LAMP] == when(kept)
