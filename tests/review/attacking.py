"""A repository under rules whose portal is out, what customers read of it, and what a forge tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from release.places import publish
from review.repository import REVIEWERS, Repository

if TYPE_CHECKING:
    from pathlib import Path

VAT = "content/en/billing/vat.md"


def guarded(tmp_path: Path) -> Repository:
    """Begin a repository under rules, whose first release is out."""
    found = Repository(tmp_path / "kb", f'{REVIEWERS}\n[policy]\nmin_trust = "recorded"\n')
    found.write({".gitignore": ".kbgen/\ndist/\nhandoff/\n"})
    found.commit("Settings", {"kbgen.toml": '[locales.en]\n[locales.ca]\nfallback = "en"\n[review]\napproval = "enforce"\n'})
    publish(found)
    return found


def page(kept: Repository, url: str) -> str:
    """What customers read; "" for nothing."""
    file = kept.root.parent / "out" / "current" / url / "index.html"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def told(kept: Repository, *rows: tuple[str, str], base: str = "") -> str:
    """Save what GitHub tells of one pull request: (login, commit), all of them a yes, and where it began."""
    file = kept.root.parent / "reviews.json"
    said = [{"user": {"login": login}, "state": "APPROVED", "commit_id": commit, "submitted_at": "2026-01-01"} for login, commit in rows]
    file.write_text(json.dumps({"pulls": [{"base": base, "reviews": said}]}))
    return f"github={file}"
