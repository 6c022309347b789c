"""Look at a knowledge base, and at its base; tell what is wrong now, what will be, and what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kbgen.check import life
from kbgen.explain import rules
from kbgen.formats import Finding, Told, findings_of
from kbgen.model import Article, Job, Problem, Report, report_of
from kbgen.pipeline import Progress, build
from kbgen.review.trees import fork_of, laid_out
from kbgen.state import Memory

MOST_MOMENTS = 30  # that --at all looks at; each takes as long as a check without a change


@dataclass(frozen=True, slots=True)
class Mode:
    """What a check looks at on the way of a text from a writer to customers."""

    drafts: bool = False  # drafts and scheduled articles as if they were shown
    advice: bool = False  # what could be written better
    left_out: tuple[str, ...] = ()  # families of rules
    at: str = ""  # see Wish


MODES = {
    "edit": Mode(drafts=True, advice=True, left_out=("KB6", "KB7", "KB9")),
    "preview": Mode(drafts=True, advice=True),
    "merge": Mode(),
    "publish": Mode(at="all"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for besides the job."""

    mode: str = "merge"
    since: str = ""  # the base, as a person calls it; "" for none
    at: str = ""  # "next" or "all": later moments too
    keep: Callable[[Problem], bool] = lambda _: True  # whether a problem is in the chosen files


@dataclass(slots=True)
class _Seen:
    """One knowledge base, looked at."""

    findings: list[Finding]
    moments: Sequence[str]
    memory: Memory
    report: Report


def look(job: Job, wish: Wish, progress: Progress = lambda *_: None) -> Told:
    """
    Check a knowledge base.

    Args:
        job: Its drafts and advice are the mode's.
        progress: Told about long work.

    Raises: git.GitError: The base cannot be had.  What `pipeline.build` raises.
    """
    mode = MODES[wish.mode]
    fork = fork_of(job.root, wish.since) if wish.since else ""
    job = replace(job, drafts=mode.drafts, advice=mode.advice or bool(fork))
    now = _looked_at(job, wish, progress, None)
    notices = list(now.report.notices)
    if len(now.moments) == MOST_MOMENTS:
        notices.append(f"Of the moments at which articles appear or leave, the first {MOST_MOMENTS} were looked at")
    known: set[str] = set()
    if fork:
        with laid_out(job.root, fork) as folder:
            then = _looked_at(replace(job, root=folder), replace(wish, keep=lambda _: True), progress, now.moments)
        known = {one.fingerprint for one in then.findings}
        gone = report_of(list(life.changes(_articles(then.memory), _articles(now.memory)))).problems
        now.findings += _findings([one for one in gone if wish.keep(one)], now.memory, mode)
    findings = sorted(now.findings, key=lambda one: (one.problem, one.at))
    marked = tuple(replace(one, existing=one.fingerprint in known) for one in findings)
    return Told(marked, now.report.articles, tuple(notices), job.strict, _prefix(job.root))


def _looked_at(job: Job, wish: Wish, progress: Progress, moments: Sequence[str] | None) -> _Seen:
    """Look at a knowledge base now, then at the moments that are given, or else asked for."""
    mode, memory = MODES[wish.mode], Memory()
    report = build(job, progress, memory, write=False)
    if moments is None:
        moments = list(_moments(memory, job, wish.at or mode.at))
    told = set(report.problems)
    findings = _findings([one for one in report.problems if wish.keep(one)], memory, mode)
    for moment in moments:
        later = build(replace(job, as_of=datetime.fromisoformat(moment)), progress, memory, write=False)
        fresh = [one for one in later.problems if one not in told and wish.keep(one)]
        told.update(later.problems)
        findings += _findings(fresh, memory, mode, moment)
    return _Seen(findings, moments, memory, report)


def _findings(problems: Sequence[Problem], memory: Memory, mode: Mode, at: str = "") -> list[Finding]:
    owners = {path: (one.locale, one.head.id) for path, one in _articles(memory).items() if one}
    return findings_of([one for one in problems if not one.rule.startswith(mode.left_out)], owners, rules(), at)


def _articles(memory: Memory) -> dict[str, Article | None]:
    """Return the articles that were read, by path; None for a file whose front matter cannot be used."""
    return {path: article for path, (_, article, _) in memory.articles.items()}


def _moments(memory: Memory, job: Job, which: str) -> Iterator[str]:
    """Yield the moments after now at which articles appear or leave."""
    heads = [one.head for one in _articles(memory).values() if one]
    ahead = sorted({moment for head in heads for moment in (head.publish_at, head.expire_at) if moment > job.as_of.isoformat()})
    yield from ahead[: {"next": 1, "all": MOST_MOMENTS}.get(which, 0)]


def _prefix(root: Path) -> str:
    """Return the way from the top of the repository to the knowledge base, "" or "help/"."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return f"{root.relative_to(top).as_posix()}/" if top != root else ""
