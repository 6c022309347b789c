"""`kbgen diff`: both sides are read, compared, and told as a folder."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kbgen import theme as themes
from kbgen.compare import pages
from kbgen.compare.markdown import as_markdown
from kbgen.compare.report import SCHEMA, Report, as_json, report_of
from kbgen.compare.sides import Side, opened
from kbgen.compare.speech import Speech
from kbgen.feedback import Export
from kbgen.model import Job
from kbgen.review import changes
from kbgen.review.evidence import EvidenceError, Provider, gather
from kbgen.review.remotes import forge_of
from kbgen.review.reviewers import FILE, read
from kbgen.review.verdicts import judge
from kbgen.steps.export import read_export
from kbgen.steps.world import default_theme

MARK = "report.json"


class FolderError(Exception):
    """The report cannot be written there.  The message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see."""

    base: str
    head: str
    folder: Path
    locale: str = ""  # of the report; "" for the site's default
    payloads: Mapping[Provider, Path] | None = None
    forge: str = ""  # an address with {commit}, {path} and {line}; "" to go by the remote


def make(job: Job, wish: Wish) -> Report:
    """
    Write the report on a proposal.

    Args:
        job: The knowledge base, its moment, and how many processes may be used.

    Returns: What the report says.
    Raises: FolderError.  git.GitError, EvidenceError, sides.SettingsError: It cannot be told.
    """
    refuse_foreign(wish.folder, job.root)
    proposal = changes.read(job.root, wish.base, wish.head)
    theme, _ = themes.load([default_theme()], [])
    with opened(job.root, proposal, job, theme) as sides:
        reviewers, problems = read(sides.reviewers)
        if reviewers is None:
            first = problems[0]
            raise EvidenceError(f"{FILE}:{first.line}:{first.column} of {wish.base}: {first.message}. {first.remedy}")
        verdicts = judge(proposal.asked(reviewers), gather(job.root, proposal, wish.payloads or {}, reviewers).approvals, reviewers)
        report = report_of(sides, proposal, verdicts, job, _votes(job, sides.before))
        speech = Speech(theme.words(wish.locale or sides.after.config.site.default_locale))
        book = pages.Book(job.root, sides, wish.forge or forge_of(job.root, proposal.prefix), proposal.head)
        wish.folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".report-", dir=wish.folder.parent))
        try:
            pages.write(draft, report, book, theme, speech)
            (draft / "report.md").write_text(as_markdown(report, sides, speech), encoding="utf-8", errors="replace")
            (draft / MARK).write_text(as_json(report), encoding="utf-8", errors="replace")
            draft.chmod(0o755)
            shutil.rmtree(wish.folder, ignore_errors=True)
            draft.rename(wish.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return report


def refuse_foreign(folder: Path, root: Path) -> None:
    """Make sure that a report may replace a folder: it is empty, or holds a report.  Raises: FolderError."""
    if folder.absolute() == root.absolute() or folder.absolute() in root.absolute().parents:
        raise FolderError(f"{folder} holds the knowledge base itself. Choose a folder of its own, such as  report")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FolderError(f"{folder} is not a plain folder. Choose another, or remove it")
    if folder.is_dir() and any(folder.iterdir()) and not _ours(folder / MARK):
        raise FolderError(f"{folder} holds files that are no report of kbgen. Choose an empty folder, or remove it")


def _ours(file: Path) -> bool:
    try:
        return bool(json.loads(file.read_bytes())["schema"] == SCHEMA)
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _votes(job: Job, side: Side) -> Export | None:
    return read_export(job, side.config, side.shelf)[0]
