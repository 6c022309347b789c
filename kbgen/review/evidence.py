"""Puts together who approved what, from the forges' answers, from git and from a file of approvals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from kbgen.review import forges, git, records
from kbgen.review.changes import GONE, Proposal
from kbgen.review.reviewers import FILE, FORGES, Forge, Reviewers, read
from kbgen.review.verdicts import Approval

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
    approvals = tuple(dict.fromkeys(one for one in said if isinstance(one, Approval)))
    return Evidence(approvals, tuple(dict.fromkeys(one for one in said if isinstance(one, str))))


def _seen(root: Path, proposal: Proposal, forge: Forge, seen: Sequence[forges.Seen], reviewers: Reviewers) -> list[Approval | str]:
    """Turn "yes to a commit" into "yes to the texts that this commit has"."""
    changes = (*proposal.changes, *proposal.others)
    paths = {one.facts.path for change in changes for one in (change.before, change.after) if one}
    names = {(look.commit, path): f"{look.commit}:{proposal.prefix}{path}" for look in seen for path in paths}
    found = git.ids(root, [*names.values(), *(look.commit for look in seen)])
    said: list[Approval | str] = []
    for look in seen:
        person = reviewers.by_login(forge, look.login)
        if not person:
            said.append(f"{forge}: nobody in {FILE} has the login {look.login}")
        elif look.commit not in found:
            said.append(f"{forge}: {look.login} approved {look.commit[:10]}, which is not here: fetch it, or ask for a new look")
        else:
            for change in changes:
                blob = next(
                    (found[name] for one in (change.after, change.before) if one and (name := names[look.commit, one.facts.path]) in found),
                    GONE,
                )
                said.append(Approval(person, change.id, blob, "recorded", forge))
    return said
