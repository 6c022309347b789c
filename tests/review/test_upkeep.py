"""What readers are told of an article's care: the last review, a review that is overdue, a translation that is behind."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from review.asking import run
from review.repository import LAMP, REFUND, Repository, article
from review.test_due import ALL

from kbgen.explain import rules
from kbgen.model import Job, Report
from kbgen.pipeline import build
from kbgen.state import Memory

CATALAN = "content/ca/devices/lamp.md"
TEXT = "Before.\n\n## One\n\nFirst five days.\n\n## Two\n\nSecond.\n"
LOCALES = '[site]\ntime_zone = "Europe/Madrid"\n[locales.en]\n[locales.ca]\n'
SETTINGS = LOCALES + '[review]\nevery = "6mo"\nnotices = ["outdated", "overdue"]\n'
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def shown(kept: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A portal in two languages that tells everything; bob reviews in May."""
    for name, text in (("NAME", "bob"), ("EMAIL", "bob@help.example"), ("DATE", "2026-05-10T12:00:00+00:00")):
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", text)
    kept.commit(
        "Languages",
        {".gitignore": "dist/\n.*\nhandoff/\n", "kbgen.toml": SETTINGS, LAMP: article("lamp", TEXT), CATALAN: article("lamp", TEXT)},
    )
    run(kept, "l10n", "done", "kb-lamp", "--locale", "ca")
    kept.commit("Done")
    return kept


def built(root: Path, now: datetime = NOW, memory: Memory | None = None) -> Report:
    """Build as of a moment."""
    report = build(Job(root=root, output=root / "dist", as_of=now), memory=memory)
    assert report.written, report.problems
    return report


def notices(root: Path, page: str) -> list[str]:
    """List the ribbons of a page."""
    html = (root / "dist" / page / "index.html").read_text(encoding="utf-8")
    return [name for name in ("outdated", "overdue", "fallback") if f"kb-notice-{name}" in html]


def tree(folder: Path) -> dict[str, bytes]:
    """Read a portal."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != ".kbgen-output"
    }


def test_readers_see_what_is_behind_and_what_was_reviewed(shown: Repository) -> None:
    """The ribbon comes with the change of the original and goes when the translator is done; the date comes with the review."""
    built(shown.root)
    before = notices(shown.root, "ca/devices/lamp")
    shown.commit("Edit", {LAMP: article("lamp", TEXT.replace("five", "three"))})
    run(shown, "reviewed", "kb-lamp", "--result", "ok", *ALL)
    built(shown.root)
    behind = notices(shown.root, "ca/devices/lamp")
    english = (shown.root / "dist/en/devices/lamp/index.html").read_text(encoding="utf-8")
    run(shown, "l10n", "done", "kb-lamp", "--locale", "ca")
    built(shown.root)

    assert (before, behind, notices(shown.root, "ca/devices/lamp")) == ([], ["outdated"], [])
    assert 'Reviewed <time datetime="2026-05-10">' in english


def test_a_review_is_overdue_from_the_next_midnight(shown: Repository) -> None:
    """Time alone brings the ribbon, in a build that finds nothing else changed: at midnight where the site is, not before."""
    built(shown.root, datetime(2026, 7, 1, tzinfo=UTC))
    last = built(shown.root, datetime(2026, 8, 2, 21, 59, tzinfo=UTC))
    before = notices(shown.root, "en/billing/refund")
    built(shown.root, datetime(2026, 8, 2, 22, 0, tzinfo=UTC))

    assert last.made == 0
    assert (before, notices(shown.root, "en/billing/refund")) == ([], ["overdue"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [("[]", []), ('["outdated"]', ["outdated"]), ('["overdue"]', ["overdue"]), ('["overdue", "outdated"]', ["outdated"])],
)
def test_the_team_says_what_readers_are_told(shown: Repository, said: str, expected: list[str]) -> None:
    """[review] notices chooses; of two that are true the one that a reader can do something about is enough."""
    settings = f"{LOCALES}[review]\nnotices = {said}\n"
    lamp = (shown.root / CATALAN).read_text().replace("tags: []", "review: {every: 3mo}")
    shown.commit("Edit", {"kbgen.toml": settings, CATALAN: lamp, LAMP: article("lamp", TEXT.replace("five", "three"))})
    built(shown.root, datetime(2026, 9, 1, tzinfo=UTC))

    assert notices(shown.root, "ca/devices/lamp") == expected


def test_those_who_ask_for_advice_are_told(shown: Repository) -> None:
    """A check for the preview names what is behind, missing and overdue; a strict check without advice does not fail for it."""
    shown.commit("Edit", {LAMP: article("lamp", TEXT.replace("five", "three")) + "\n", REFUND: article("refund", "A longer text.")})
    run(shown, "reviewed", "kb-refund", "--result", "retire")
    words = ("check", "--at", "2026-09-01", "--format", "json")
    advice = run(shown, *words, "--mode", "preview").stdout
    plain = run(shown, *words, "--mode", "merge").stdout

    assert [rule for rule in ("KB601", "KB602", "KB750", "KB751") if rule in advice] == ["KB601", "KB602", "KB750", "KB751"]
    assert not any(rule in plain for rule in ("KB601", "KB602", "KB750", "KB751"))
    assert {"KB601", "KB602", "KB603", "KB604", "KB750", "KB751"} <= rules().keys()


@pytest.mark.parametrize("warm", [False, True], ids=["new process", "same process"])
@pytest.mark.parametrize("seed", range(3))
def test_incremental_build_equals_clean_build(shown: Repository, tmp_path: Path, seed: int, *, warm: bool) -> None:
    """After any run of edits, reviews, translations that are done, settings and days that pass, the cache changes nothing but time."""
    rng = random.Random(seed)
    memory = Memory() if warm else None
    moment = NOW
    acts = {
        "edit": lambda: (shown.root / LAMP).write_text(article("lamp", TEXT.replace("five", f"{rng.randrange(9)} times"))),
        "space": lambda: (shown.root / LAMP).write_text((shown.root / LAMP).read_text() + "\n"),
        "commit": lambda: shown.commit("Some"),
        "done": lambda: run(shown, "l10n", "done", "kb-lamp", "--locale", "ca"),
        "review": lambda: run(shown, "reviewed", "kb-lamp", "--locale", rng.choice(["en", "ca"]), "--result", "ok", *ALL),
        "settings": lambda: (shown.root / "kbgen.toml").write_text(rng.choice([SETTINGS, LOCALES, SETTINGS.replace('"outdated", ', "")])),
        "pack": lambda: shown.git("pack-refs", "--all"),
    }
    built(shown.root, moment, memory)
    for _ in range(7):
        for name in rng.sample(sorted(acts), k=2):
            acts[name]()
        moment += timedelta(days=rng.randrange(60))
        built(shown.root, moment, memory)
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(shown.root, copy, ignore=shutil.ignore_patterns("dist", ".dist.spare", ".kbgen", "handoff"))
        built(copy, moment)

        assert tree(shown.root / "dist") == tree(copy / "dist")
