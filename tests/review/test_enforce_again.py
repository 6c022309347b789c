"""Approvals and the cache: whatever is approved or taken back in between, a build equals a clean one."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from review.asking import run, tag
from review.repository import REVIEWERS, Repository, article

from kbgen.publish import MARK

NAMES = ("content/en/billing/a.md", "content/en/billing/b.md", "content/en/devices/c.md")
SNIPPET = "content/_snippets/en/note.md"
RULES = REVIEWERS + '[[rules]]\npath = "content/_snippets/**"\nof = "billing"\n'


def built(kept: Repository, *words: str) -> tuple[dict[str, bytes], list[object]]:
    """Build; the files of the portal, and what was said."""
    done = run(kept, "build", "--jobs", "1", "--format", "json", *words)
    assert done.exit_code == 0, done.output
    dist = kept.root / "dist"
    files = {one.relative_to(dist).as_posix(): one.read_bytes() for one in dist.rglob("*") if one.is_file() and one.name != MARK}
    return files, json.loads(done.stdout)["problems"]


def change(kept: Repository, rng: random.Random) -> None:
    """Somebody edits, moves, adds, deletes, or approves something."""
    act = rng.randrange(6)
    there = [name for name in NAMES if (kept.root / name).is_file()]
    name = rng.choice(NAMES)
    if act == 0 and len(there) > 1:
        kept.commit("Delete", {there[0]: None})
    elif act == 1:
        kept.commit("Note", {SNIPPET: f"Note {rng.randrange(9)}.\n"}, who="cat")
    elif act in {2, 3} and there:
        tag(kept, "bob", rng.choice(there), number=rng.randrange(10**6))
    elif act == 4:
        text = f"Approve\n\nArticle: {SNIPPET} blob={kept.blob(SNIPPET)}\nReviewed-by: bob <bob@help.example>\n"
        kept.git("tag", "--annotate", "--file=-", f"review/note/bob/{rng.randrange(10**6)}", who="bob", stdin=text)
    else:
        kept.commit("Edit", {name: article(Path(name).stem, f"Text {rng.randrange(9)}.\n\n{{{{ snippet note }}}}")})


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_an_enforced_build_equals_a_clean_one(tmp_path: Path, seed: int) -> None:
    """After any run of edits and approvals, in any mode, the portal and what is said are those of a build that remembers nothing."""
    rng = random.Random(seed)
    kept = Repository(tmp_path / "kb", reviewers=RULES)
    kept.commit("More", {SNIPPET: "Note.\n", **{name: article(Path(name).stem) for name in NAMES}})
    tag(kept, "bob", *NAMES[:2])
    held = 0
    for _ in range(5):
        for _ in range(rng.randrange(1, 4)):
            change(kept, rng)
        mode = rng.choice(["enforce", "enforce", "warn", "off"])
        warm = built(kept, "--approval", mode)
        clean = Repository.__new__(Repository)
        clean.top = clean.root = tmp_path / "copy"
        shutil.rmtree(clean.root, ignore_errors=True)
        shutil.copytree(kept.root, clean.root, ignore=shutil.ignore_patterns("dist", ".dist.spare", ".kbgen", "handoff"))
        cold = built(clean, "--approval", mode)
        held += sum(one["rule"] == "KB720" for one in warm[1])  # type: ignore[index]

        assert warm[1] == cold[1]
        assert warm[0].keys() == cold[0].keys()
        assert {path for path in warm[0] if warm[0][path] != cold[0][path]} == set()
    assert held
