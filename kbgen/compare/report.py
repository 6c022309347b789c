"""Everything that a reviewer is told, as values, and as report.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kbgen.compare import effects
from kbgen.compare.edits import Change, Edited, Gone, Kept, Nested, New
from kbgen.compare.effects import Address, Day, Ranked
from kbgen.compare.sides import Sides
from kbgen.compare.subjects import Subject, edits, subjects, unreadable
from kbgen.feedback import Export, Votes
from kbgen.model import Job, Problem
from kbgen.prose.readability import measure_of, score_of
from kbgen.review.changes import Proposal
from kbgen.review.verdicts import Verdict

SCHEMA = 1
CONTENT = "content/"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of a text changed."""

    words_new: int
    words_gone: int
    blocks_new: int
    blocks_gone: int
    blocks_edited: int


@dataclass(frozen=True, slots=True)
class Ease:
    """How easy a text is to read."""

    measure: str
    better: int  # 1: more is easier, -1: less is
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Told:
    """One article of the report."""

    subject: Subject
    counts: Counts
    behind: Sequence[tuple[str, bool]]  # translations: locale, and whether the proposal edits it too
    verdict: Verdict | None  # None where nobody has to approve: its own file was not changed
    votes: Votes | None  # of the article as it was
    problems: tuple[Problem, ...]  # what is wrong with its file now and was not before
    ease: Ease | None  # None where the text is too short for a score, or is as easy as before

    @property
    def size(self) -> int:
        """How much there is to read."""
        return self.counts.words_new + self.counts.words_gone + 10 * len(self.subject.head) + 20 * len(self.subject.notes)


@dataclass(frozen=True, slots=True)
class Report:
    """What a proposal changes for customers."""

    base: str  # commits
    head: str
    moment: str  # ISO 8601: "now" for dates
    articles: tuple[Told, ...]  # those with most to read first
    unreadable: tuple[tuple[str, tuple[Problem, ...]], ...]
    addresses: tuple[Address, ...]
    same_addresses: int
    broken: tuple[Problem, ...]
    worse: tuple[Problem, ...]  # all that is wrong now and was not before, broken links too
    ranks: tuple[Ranked, ...]
    queries: int
    days: tuple[Day, ...]
    others: tuple[Verdict, ...]  # of files that are no articles and have to be approved
    files: tuple[str, ...]  # changed files outside content/: settings, themes; not a part of what is compared

    @property
    def harmful(self) -> bool:
        """Whether something that worked for customers no longer does."""
        lost = any(one.change == "lost" for one in self.addresses) or any(one.lost for one in self.ranks)
        return bool(lost or self.broken or self.unreadable or any(one.severity == "error" for one in self.worse))


def report_of(sides: Sides, proposal: Proposal, verdicts: Sequence[Verdict], job: Job, export: Export | None) -> Report:
    """
    Put the report together.

    Args:
        sides: Both states.
        verdicts: Who approved what.
        job: Says which moment is now.
        export: Votes and the like; None when there are none.
    """
    found = subjects(sides)
    touched = {(one.locale, one.id): one for one in found}
    by_path = {one.facts.path: verdict for verdict in verdicts for one in (verdict.change.before, verdict.change.after) if one}
    wrong = effects.worse(sides)
    paths = {one.path for one in found}
    told = [
        Told(
            one,
            counts_of(one.change),
            effects.behind(one, sides, touched),
            by_path.get(one.path) if one.own else None,
            _votes(one, export),
            tuple(problem for problem in wrong if problem.path == one.path),
            _ease(one, sides),
        )
        for one in found
    ]
    moved, same = effects.addresses(sides)
    ranks, asked = effects.ranks(sides)
    return Report(
        base=proposal.base,
        head=proposal.head,
        moment=job.as_of.isoformat(),
        articles=tuple(sorted(told, key=_importance)),
        unreadable=tuple(unreadable(sides, {path: new for path, _, new in proposal.files if path.startswith(CONTENT)})),
        addresses=tuple(moved),
        same_addresses=same,
        broken=tuple(one for one in wrong if one.rule.startswith(effects.LINKS)),
        worse=tuple(wrong),
        ranks=tuple(ranks),
        queries=asked,
        days=tuple(effects.days(found, job)),
        others=tuple(one for one in verdicts if one.change.path not in paths),
        files=tuple(path for path, *_ in proposal.files if not path.startswith(CONTENT)),
    )


def counts_of(change: Change) -> Counts:
    """Count what changed; a block that is replaced as a whole counts with all its words."""
    new = gone = fresh = lost = edited = 0
    for one in edits(change):
        if isinstance(one, Edited):
            edited += 1
            new += sum(token.word for run in one.runs if run.kind == "new" for token in run.after)
            gone += sum(token.word for run in one.runs if run.kind == "gone" for token in run.before)
        elif isinstance(one, New):
            fresh += 1
            new += one.after.words.total()
        elif isinstance(one, Gone):
            lost += 1
            gone += one.before.words.total()
    return Counts(new, gone, fresh, lost, edited)


def as_json(report: Report) -> str:
    """Write report.json, schema 1."""
    plain = {
        "schema": SCHEMA,
        "base": report.base,
        "head": report.head,
        "at": report.moment,
        "harmful": report.harmful,
        "articles": [_article(one) for one in report.articles],
        "unreadable": [{"path": path, "problems": [_problem(one) for one in some]} for path, some in report.unreadable],
        "addresses": [
            {"url": one.url, "change": one.change, "moved_to": one.elsewhere, "before": asdict(one.before), "after": asdict(one.after)}
            for one in report.addresses
        ],
        "addresses_as_before": report.same_addresses,
        "broken_links": [_problem(one) for one in report.broken],
        "new_problems": [_problem(one) for one in report.worse],
        "queries": [asdict(one) | {"lost": one.lost} for one in report.ranks],
        "queries_asked": report.queries,
        "days": [asdict(one) for one in report.days],
        "others_to_approve": [_verdict(one) for one in report.others],
        "other_files": list(report.files),
    }
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _importance(one: Told) -> tuple[Any, ...]:
    """What breaks comes first, then what has most to read; what nobody sees comes last."""
    quiet = one.subject.kind in {"unseen", "moved"}
    return quiet, not any(problem.severity == "error" for problem in one.problems), not one.subject.own, -one.size, one.subject.path


def _votes(one: Subject, export: Export | None) -> Votes | None:
    """Return what readers said of the text that is to change, or else of the article in any of its texts."""
    if export is None or one.before is None:
        return None
    short = next(
        (votes for (key, revision), votes in export.revisions.items() if key == one.id and one.before.revision.startswith(revision)), None
    )
    return short or export.votes.get(one.id)


def _ease(one: Subject, sides: Sides) -> Ease | None:
    if one.before is None or one.after is None or one.before.heavy == one.after.heavy:
        return None
    old, new = score_of(sides.before.body(one.before).text, one.locale), score_of(sides.after.body(one.after).text, one.locale)
    _, measure = measure_of(one.locale)
    return Ease(measure.name, measure.better, old, new) if old is not None and new is not None and round(old) != round(new) else None


def _article(told: Told) -> dict[str, Any]:
    one = told.subject
    url, new_url = one.urls
    stale = one.sections
    return {
        "id": one.id,
        "locale": one.locale,
        "path": one.path,
        "title": one.article.head.title,
        "change": one.kind,
        "own_file_changed": one.own,
        "url": {"before": url, "after": new_url},
        "blob": {"before": one.before.revision if one.before else "", "after": one.after.revision if one.after else ""},
        "counts": asdict(told.counts),
        "fields": {field.name: {"before": field.before, "after": field.after} for field in one.head},
        "edits": [{"kind": each.kind, **each.gaps} for each in one.notes],
        "blocks": _blocks(one),
        "sections_changed": {"changed": stale.changed, "of": stale.of} if stale else None,
        "translations_behind": [{"locale": locale, "edited_too": too} for locale, too in told.behind],
        "votes": {"yes": told.votes.yes, "no": told.votes.no} if told.votes else None,
        "approval": _verdict(told.verdict) if told.verdict else None,
        "readability": asdict(told.ease) if told.ease else None,
        "problems": [_problem(problem) for problem in told.problems],
    }


def _blocks(one: Subject) -> list[dict[str, Any]]:
    """List the blocks that changed, at the top of the body, with their lines."""
    parts = one.change.parts if isinstance(one.change, Nested) else ()
    found = []
    for part in parts:
        if isinstance(part, Kept):
            continue
        block = part.before if isinstance(part, Gone) else part.after
        text = {"before": "" if isinstance(part, New) else part.before.text, "after": "" if isinstance(part, Gone) else part.after.text}
        kind = {"Gone": "gone", "New": "new"}.get(type(part).__name__, "edited")
        found.append({"change": kind, "tag": block.tag, "line": one.lines.get(id(block), 0), **text})
    return found


def _verdict(one: Verdict) -> Mapping[str, Any]:
    given = {(each.person, each.trust, each.source): None for asked in one.asked for each in asked.given}
    return {
        "path": one.change.path,
        "approved": one.approved,
        "needed": [{"rule": asked.rule.text(), "met": asked.met} for asked in one.asked],
        "given": [{"person": person, "trust": trust, "source": source} for person, trust, source in given],
        "why": list(one.why),
    }


def _problem(one: Problem) -> dict[str, Any]:
    return {"rule": one.rule, "severity": one.severity, "path": one.path, "line": one.line, "message": one.message, "remedy": one.remedy}
