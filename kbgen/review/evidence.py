"""Puts together who approved what, from the forges' answers, from git and from a file of approvals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from kbgen.review import forges, git, records
from kbgen.review.changes import GONE, Proposal
from kbgen.review.reviewers import FILE, FORGES, Forge, Reviewers, read
from kbgen.review.verdicts import Approval
from kbgen.review.writers import log

Provider = Literal["github", "gitlab", "forgejo", "git", "file"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)


class EvidenceError(Exception):
    """It cannot be told what was approved.  The message says why; nothing counts as approved then."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known, and notes on what was not believed."""

    approvals: tuple[Approval, ...]
    notes: tuple[str, ...]


def reviewers_at(root: Path, commit: str, prefix: str = "") -> Reviewers:
    """
    Read reviewers.toml as a commit has it; a commit without one asks for nothing.

    Raises: EvidenceError: It holds a mistake.
    """
    place = f"{commit}:{prefix}{FILE}"
    data = git.objects(root, [place]).get(place, b"")
    found, problems = read(data.decode("utf-8", "replace"))
    if found is None:
        first = problems[0]
        raise EvidenceError(f"{FILE}:{first.line}:{first.column} at {commit[:10]}: {first.message}. {first.remedy}")
    return found


def gather(
    root: Path,
    proposal: Proposal,
    payloads: Mapping[Provider, Path],
    reviewers: Reviewers,
    kept: Sequence[records.Record] | None = None,
) -> Evidence:
    """
    Collect what every provider knows.

    Args:
        payloads: Provider -> the file to read; git needs none and is always asked.
        kept: What git keeps, where that has been read already.
    Raises: EvidenceError: A file cannot be read.
    """
    if kept is None:
        kept = records.read(root, proposal.bare)
    said: list[Approval | str] = list(records.approvals(kept, reviewers))
    for provider, file in payloads.items():
        try:
            payload = json.loads(file.read_bytes())
            if provider == "file":
                said += records.from_file(payload, reviewers)
            elif provider in FORGES:
                said += _seen(root, proposal, provider, forges.read(provider, payload), reviewers)
        except (OSError, ValueError, RecursionError, records.RecordError) as error:
            raise EvidenceError(f"{file}: {error}") from error
    approvals = dict.fromkeys(one for one in said if isinstance(one, Approval))
    return Evidence(tuple(_unspent(root, proposal, approvals)), tuple(dict.fromkeys(one for one in said if isinstance(one, str))))


def _unspent(root: Path, proposal: Proposal, approvals: Iterable[Approval]) -> Iterator[Approval]:
    """Mark what was a yes to an earlier deletion: since the commit that was looked at, some other brought the very text again."""
    gone = {(one.id, one.blob): one.before for one in (*proposal.changes, *proposal.others) if one.before and not one.after}
    since: dict[tuple[str, str], bool] = {}  # commit, path
    for one in approvals:
        was = gone.get((one.article, one.blob)) if one.commit else None
        if was is None:
            yield one
            continue
        place = (one.commit, was.facts.path)
        if place not in since:
            later = log(root, one.commit, proposal.head, [was.facts.path])
            since[place] = any(touch.blob == was.blob for touch in later.touches)
        yield replace(one, spent=since[place])


def _seen(root: Path, proposal: Proposal, forge: Forge, seen: Sequence[forges.Seen], reviewers: Reviewers) -> list[Approval | str]:
    """Turn "yes to a commit" into "yes to the texts that this commit has"."""
    changes = (*proposal.changes, *proposal.others)
    paths = {one.facts.path for change in changes for one in (change.before, change.after) if one}
    names = {(look.commit, path): f"{look.commit}:{proposal.prefix}{path}" for look in seen for path in paths}
    found = git.ids(root, [*names.values(), *(look.commit for look in seen)])
    said: list[Approval | str] = []
    asked = (
        {one.oid for one in proposal.commits} if proposal.head != proposal.target else set[str]()
    )  # a proposal on its way is one request
    own: dict[tuple[str, str], AbstractSet[str]] = {}
    for look in seen:
        person = reviewers.by_login(forge, look.login)
        if not person:
            said.append(f"{forge}: nobody in {FILE} has the login {look.login}")
        elif look.commit not in found:
            said.append(f"{forge}: {look.login} approved {look.commit[:10]}, which is not here: fetch it, or ask for a new look")
        else:
            place = (look.commit, look.base)
            own[place] = own[place] if place in own else paths if look.commit in asked else _proposed(root, proposal, look)
            for change in changes:
                if own[place].isdisjoint(one.facts.path for one in (change.before, change.after) if one):
                    continue
                blob = next(
                    (found[name] for one in (change.after, change.before) if one and (name := names[look.commit, one.facts.path]) in found),
                    f"{GONE}{change.before.blob}" if change.before else "",
                )
                said.append(Approval(person, change.id, blob, "recorded", forge, look.commit))
    return said


def _proposed(root: Path, proposal: Proposal, look: forges.Seen) -> frozenset[str]:
    """Name the files that a pull request changes: a yes to it says nothing of the others that its last commit holds too."""
    try:
        fork = _began(root, look) or _fork(root, proposal.target, look.commit)
        told = git.run(root, "diff-tree", "-r", "-z", "--no-renames", "--name-only", "--relative", fork, look.commit, "--")
    except git.GitError:
        return frozenset()
    return frozenset(told.decode("utf-8", "surrogateescape").split("\0"))


def _began(root: Path, look: forges.Seen) -> str:
    """Find where a pull request began as its forge tells it; "" where that is not told, not here, or holds the pull request already."""
    try:
        found = git.run(root, "merge-base", git.commit_of(root, look.base), look.commit).decode().strip() if look.base else ""
    except git.GitError:
        return ""
    return found if found != look.commit else ""


def _fork(root: Path, tip: str, commit: str) -> str:
    """Find where a pull request left the branch that it went to; of one that was taken in without a merge only its last step is known."""
    line = git.run(root, "rev-list", "--first-parent", tip, "--").decode().split()
    if commit in line:
        return line[line.index(commit) + 1] if commit != line[-1] else commit
    later = set(git.run(root, "rev-list", "--ancestry-path", f"{commit}..{tip}", "--").decode().split())
    merged = next((one for one in reversed(line) if one in later), "")
    return git.run(root, "merge-base", f"{merged}^1" if merged else tip, commit).decode().strip()
