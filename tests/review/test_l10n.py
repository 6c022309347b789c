"""Translations in a repository: how far each is behind, what has changed, and how a translator says that it is done."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from review.asking import run
from review.repository import LAMP, REFUND, CountedGit, Repository, article

TEXT = "Before.\n\n## One\n\nFirst five days.\n\n## Two\n\nSecond.\n"
CATALAN = "content/ca/dispositius/llum.md"
PERSIAN = "content/fa/lamp.md"


@pytest.fixture
def tongues(kept: Repository) -> Repository:
    """A knowledge base in three languages; the Catalan lamp says its source, the Persian one does not."""
    lamp = article("lamp", TEXT).replace("About lamp", "El llum")
    kept.commit(
        "Languages", {"kbgen.toml": "[locales.en]\n[locales.ca]\n[locales.fa]\n", LAMP: article("lamp", TEXT), CATALAN: lamp, PERSIAN: lamp}
    )
    run(kept, "l10n", "done", "kb-lamp", "--locale", "ca")
    kept.commit("Done")
    return kept


def states(kept: Repository, *words: str) -> dict[str, tuple[str, int]]:
    """Ask for the lamp: locale -> state and number of changed sections."""
    told = json.loads(run(kept, "l10n", "status", "--format", "json", *words).stdout)
    [row] = [one for one in told if one["id"] == "kb-lamp"]
    return {one["locale"]: (one["state"], one["changed"]) for one in row["translations"]}


def test_a_translation_falls_behind_and_catches_up(tongues: Repository) -> None:
    """Two of four sections changed; white space changes nothing; after `done` it is current again."""
    fresh = states(tongues)
    tongues.commit("Space", {LAMP: article("lamp", TEXT.replace("First five", "First\nfive")).replace("tags: []", "tags: [new]")})
    spaced = run(tongues, "l10n", "status")
    tongues.commit("Edit", {LAMP: article("lamp", TEXT.replace("five", "three") + "\n## Three\n\nThird.\n")})
    behind = states(tongues)
    text = run(tongues, "l10n", "status")
    run(tongues, "l10n", "done", "kb-lamp", "-l", "ca")

    assert fresh == {"ca": ("current", 0), "fa": ("unmarked", 0)}
    assert spaced.exit_code == 0
    assert behind == {"ca": ("behind", 2), "fa": ("unmarked", 0)}
    assert (text.exit_code, "2 of 5 sections changed" in text.output) == (1, True)
    assert states(tongues)["ca"] == ("current", 0)


def test_the_difference_is_shown_by_words_and_places(tongues: Repository) -> None:
    """Each changed section with its line in the original, and where it stands in the translation."""
    tongues.commit("Edit", {LAMP: article("lamp", TEXT.replace("five", "three"))})
    told = run(tongues, "l10n", "diff", "kb-lamp", "--locale", "ca")

    assert told.exit_code == 1
    assert "1 of 4 sections changed" in told.output
    assert f"changed: One\n{LAMP}:10\n{CATALAN}:11: One" in told.output
    assert "First [-five-]{+three+} days." in told.output
    assert "Second" not in told.output


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    "was", ["", "translation: {source_blob: abcdef1, source_commit: abcdef2}\n", "translation:\n  source_blob: abcdef1\n"]
)
def test_done_changes_nothing_else(tongues: Repository, ends: str, mark: str, was: str) -> None:
    """Only the source is written; comments, line ends, a byte order mark and all other bytes stay."""
    lines = [
        "---",
        "id: kb-lamp",
        "title: Llum  # a comment",
        *was.splitlines(),
        "description: 'El llum'",
        "status: published",
        "---",
        TEXT,
    ]
    (tongues.root / CATALAN).write_bytes((mark + "\n".join(lines)).replace("\n", ends).encode())
    done = run(tongues, "l10n", "done", "kb-lamp", "--locale", "ca")
    data = (tongues.root / CATALAN).read_bytes().decode()
    line = f"translation: {{source_blob: {tongues.blob(LAMP)}}}{ends}"

    assert done.exit_code == 0, done.output
    assert data.count("source_blob") == data.count(line) == 1
    assert data.replace(line, "") == (mark + "\n".join(lines).replace(was, "")).replace("\n", ends)


def test_what_cannot_be_done_is_refused(tongues: Repository) -> None:
    """An original that is not committed, an unknown article or language, the original itself: each says what to do."""
    wrong = [
        run(tongues, "l10n", "done", *words) for words in (("kb-lamp", "-l", "en"), ("kb-refund", "-l", "ca"), ("kb-none", "-l", "ca"))
    ]
    unmarked = run(tongues, "l10n", "diff", "kb-lamp", "-l", "fa")
    strange = run(tongues, "l10n", "status", "--locale", "de")
    (tongues.root / LAMP).write_text(article("lamp", "Loose."))
    loose = run(tongues, "l10n", "done", "kb-lamp", "-l", "ca")

    assert [one.exit_code for one in (*wrong, unmarked, strange, loose)] == [2] * 6
    assert "is the original itself" in wrong[0].output
    assert "kbgen new" in wrong[1].output
    assert "kbgen l10n done" in unmarked.output
    assert "not committed" in loose.output


@pytest.mark.parametrize("source", ["0" * 40, "abcdef1"])
def test_a_source_that_git_does_not_have_is_unknown(tongues: Repository, source: str) -> None:
    """Exit code 3, and neither current nor behind."""
    text = (tongues.root / CATALAN).read_text().replace(tongues.blob(LAMP), source)
    tongues.commit("Lost", {CATALAN: text})

    assert states(tongues)["ca"] == ("unknown", 0)
    assert run(tongues, "l10n", "status").exit_code == 3


def test_clones_never_say_something_else(tongues: Repository, tmp_path: Path) -> None:
    """A shallow or blobless clone says the same as the full one, or that it does not know."""
    tongues.commit("Edit", {LAMP: article("lamp", TEXT.replace("five", "three"))})
    tongues.git("config", "uploadpack.allowFilter", "true")
    told = {}
    for name, words in {"full": (), "shallow": ("--depth=1",), "blobless": ("--filter=blob:none",)}.items():
        subprocess.run(["git", "clone", "--quiet", *words, f"file://{tongues.top}", str(tmp_path / name)], check=True, capture_output=True)
        clone = Repository.__new__(Repository)
        clone.root = clone.top = tmp_path / name
        told[name] = states(clone)["ca"]

    assert told == {"full": ("behind", 1), "shallow": ("unknown", 0), "blobless": ("unknown", 0)}


def test_few_processes_for_many_translations(tongues: Repository, counted_git: CountedGit) -> None:
    """Forty translations that are behind cost as many git processes as one, and none the second time."""
    many = {f"content/{tag}/devices/a{at}.md": article(f"a{at}", TEXT) for at in range(40) for tag in ("en", "ca")}
    tongues.commit("Many", many)
    run(tongues, "l10n", "done", *(f"kb-a{at}" for at in range(40)), "--locale", "ca")
    tongues.commit("Edit", {path: article(f"a{at}", f"{TEXT} More.") for at in range(40) for path in [f"content/en/devices/a{at}.md"]})
    counted_git.forget()
    told: Any = run(tongues, "l10n", "status", "--locale", "ca")
    first = len(counted_git.calls)
    counted_git.forget()
    again = run(tongues, "l10n", "status", "--locale", "ca")

    assert told.output.count("1 of 4 sections changed") == 40
    assert 0 < first <= 12
    assert counted_git.calls == []
    assert again.output == told.output


def test_what_cannot_be_read_is_named(tongues: Repository) -> None:
    """A translation whose front matter is broken is not simply missing: both lists say that it is left out."""
    (tongues.root / CATALAN).write_text("---\nid: [\n---\nText\n")
    told = [run(tongues, *words).stderr for words in (("l10n", "status"), ("due",))]

    assert all(f"{CATALAN} is left out" in one for one in told)


def test_drafts_and_archived_articles_are_told_apart(tongues: Repository) -> None:
    """An original that is not shown is nobody's work; a draft of a translation is named one; what is archived is missing."""
    draft = (tongues.root / CATALAN).read_text().replace("status: published", "status: draft")
    gone = (tongues.root / PERSIAN).read_text().replace("status: published", "status: archived")
    tongues.commit("States", {CATALAN: draft, PERSIAN: gone, REFUND: article("refund").replace("published", "draft")})
    told = json.loads(run(tongues, "l10n", "status", "--format", "json").stdout)

    assert [row["id"] for row in told] == ["kb-lamp"]
    assert [(one["locale"], one["state"], one["draft"]) for one in told[0]["translations"]] == [
        ("ca", "current", True),
        ("fa", "missing", False),
    ]
