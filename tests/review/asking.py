"""What the tests of reviews ask: verdicts, tags, the answer of a forge, a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from kbgen.cli import main
from kbgen.review import changes
from kbgen.review.evidence import gather, reviewers_at
from kbgen.review.verdicts import Verdict, judge

if TYPE_CHECKING:
    from review.repository import Repository


def verdicts(kept: Repository, payloads: dict[Any, Path] | None = None, head: str = "HEAD", base: str = "main") -> dict[str, Verdict]:
    """Judge main..HEAD: id -> verdict."""
    proposal = changes.read(kept.root, base, head)
    reviewers = reviewers_at(kept.root, proposal.target, proposal.prefix)
    return {
        one.change.id: one for one in judge(proposal.changes, gather(kept.root, proposal, payloads or {}, reviewers).approvals, reviewers)
    }


def approved(kept: Repository, **more: Any) -> dict[str, bool]:
    """Tell which articles are approved."""
    return {name: one.approved for name, one in verdicts(kept, **more).items()}


def tag(kept: Repository, who: str, *paths: str, number: int = 1, at: str = "HEAD") -> None:
    """Approve texts with a tag, as `kbgen approve` writes it."""
    said = [f"Article: kb-{Path(path).stem} blob={kept.blob(path, at)}" for path in paths]
    text = "\n".join(["Approve", "", *said, f"Reviewed-by: {who} <{who}@help.example>", ""])
    kept.git("tag", "--annotate", "--file=-", f"review/kb-{Path(paths[0]).stem}/{who}/{number}", at, who=who, stdin=text)


def reviews(kept: Repository, folder: Path, *rows: tuple[str, str, str]) -> dict[Any, Path]:
    """Save what GitHub would tell: (login, state, commit), in order."""
    file = folder / "reviews.json"
    told = [
        {"user": {"login": login}, "state": state, "commit_id": commit, "submitted_at": f"2026-02-01T10:{at:02}:00Z"}
        for at, (login, state, commit) in enumerate(rows)
    ]
    file.write_text(json.dumps(told))
    return {"github": file}


def run(kept: Repository, *words: str) -> Result:
    """Run a command of the house there."""
    return CliRunner().invoke(main, ["-C", str(kept.root), *words])
