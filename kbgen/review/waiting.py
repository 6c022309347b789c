"""Where a writer's work stands: what is not handed in, what waits for whose approval, and what others have on branches of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from kbgen.review import changes, git
from kbgen.review.evidence import gather, reviewers_at
from kbgen.review.reviewers import Reviewers
from kbgen.review.verdicts import Verdict, judge
from kbgen.review.work import Edit, Work

MOST = 20  # branches of others


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that has to be approved."""

    id: str
    path: str
    needs: tuple[str, ...]  # "1 of billing: Bob B or Cat C"


@dataclass(frozen=True, slots=True)
class Other:
    """A branch that is not on main yet."""

    branch: str
    author: str  # of its last commit
    day: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits for whom."""

    branch: str
    main: str
    base: str
    edits: tuple[Edit, ...]
    sent: bool  # whether the remote has this branch as it is here
    waiting: tuple[Waiting, ...]
    approved: tuple[str, ...]  # ids
    moved_on: bool  # others have changed main since this branch began
    others: tuple[Other, ...]

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something about one's own work."""
        return bool(self.edits or self.waiting or not self.sent)


def stand(root: Path, work: Work) -> Standing:
    """
    Say where work stands.

    Raises: git.GitError, EvidenceError: It cannot be told.
    """
    proposal = changes.read(root, work.base, "HEAD")
    reviewers = reviewers_at(root, proposal.target, proposal.prefix)
    verdicts = judge(proposal.asked(reviewers), gather(root, proposal, {}, reviewers).approvals, reviewers)
    return Standing(
        branch=work.branch,
        main=work.main,
        base=work.base,
        edits=work.edits,
        sent=work.sent or not proposal.commits or work.base == work.main,
        waiting=tuple(Waiting(one.change.id, one.change.path, tuple(_needs(one, reviewers))) for one in verdicts if not one.approved),
        approved=tuple(one.change.id for one in verdicts if one.approved),
        moved_on=proposal.target != proposal.base,
        others=tuple(_others(root, work)),
    )


def _needs(verdict: Verdict, reviewers: Reviewers) -> Iterator[str]:
    """Say for each rule that is not met who can: neither its authors nor who has approved already."""
    wrote = {reviewers.by_email(mail) for mail in verdict.change.authors} if not reviewers.policy.author_may_approve else set()
    for asked in verdict.asked:
        if not asked.met:
            given = {one.person for one in asked.given}
            able = [reviewers.people[one].name for one in reviewers.members(asked.rule.of) if one not in given | wrote]
            missing = asked.rule.need - len(given)
            yield f"{missing} of {asked.rule.of}: {' or '.join(able) or 'nobody can, ask who keeps reviewers.toml'}"


def _others(root: Path, work: Work) -> Iterator[Other]:
    told = git.run(
        root, "for-each-ref", "--sort=-committerdate", f"--no-merged={work.base}", f"--count={MOST}",
        "--format=%(refname:lstrip=3)%00%(authorname)%00%(committerdate:short)", "refs/remotes/origin",
    )  # fmt: skip
    for row in told.decode("utf-8", "replace").splitlines():
        name, author, day = row.split("\0")
        if name not in {work.branch, work.main, "HEAD"}:
            yield Other(name, author, day)


def as_json(found: Standing) -> str:
    """Return all of it."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=2)


def as_text(found: Standing) -> str:
    """Say it in words."""
    blocks = [
        ["You are on no branch." if not found.branch else f"You are on {found.branch}."],
        _block("Not handed in yet; do it with  kbgen submit", [f"{one.what:8} {one.path}" for one in found.edits]),
        [] if found.sent else [f"Not sent yet; do it with  git push -u origin {found.branch}"],
        _block("Waits for approval", [f"{one.id}  {one.path}\n    {'; '.join(one.needs)}" for one in found.waiting]),
        _block(f"May go to {found.main}", list(found.approved)),
        [f"{found.main} has changed since you began. Take that in with  git merge {found.base}"] if found.moved_on else [],
        _block(
            f"Others work on this; see what is missing with  kbgen approvals {found.base}..origin/BRANCH",
            [f"{one.branch}  {one.author}, {one.day}" for one in found.others],
        ),
        [] if found.waits else ["Nothing of yours waits."],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _block(title: str, rows: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {row}" for row in rows)] if rows else []
