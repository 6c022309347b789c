"""What a pipeline does with its forge, step by step; each returns what it did, in a line for the log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kbgen.forge.hosts import Host
from kbgen.release.manifest import Release
from kbgen.review import git

MOST_COMMITS = 200  # without a release to begin from: older approvals are those of the release that comes
LONGEST = 60_000  # characters; forges take 65,536
MARK = "<!-- kbgen: report -->"
DUE = "<!-- kbgen: due "
_CALL = re.compile(r"@(?=\w)|^(?=/)|&(?=#|commat)", re.MULTILINE)  # a name, a quick action, both written as entities


def approvals(host: Host, root: Path, number: int | None, last: Release | None) -> tuple[dict[str, object], str]:
    """
    Fetch who approved a pull request, or those that came to this branch, and the texts that they looked at.

    Args:
        number: One pull request; None: those of the commits after a release, and of texts that it still kept back.
        last: That release; None: those of the last MOST_COMMITS.
    Returns: {"pulls": […]} for `kbgen approvals --from`, and a line for the log.
    Raises: ForgeError. git.GitError.
    """
    numbers = [number] if number is not None else _brought(host, root, last)
    _fetch(host, root, [host.ref(one) for one in numbers])
    found: dict[str, object] = {"pulls": [host.reviews(one) for one in numbers]}
    return found, f"{len(numbers)} pull requests: {', '.join(map(str, numbers)) or 'none'}"


def _brought(host: Host, root: Path, last: Release | None) -> list[int]:
    words = [f"{git.commit_of(root, last.since or last.commit)}..HEAD"] if last and last.commit else [f"--max-count={MOST_COMMITS}", "HEAD"]
    commits = git.run(root, "rev-list", "--first-parent", *words, "--").decode().split()
    return sorted({number for commit in commits for number in host.numbers_of(commit)})


def _fetch(host: Host, root: Path, refs: Sequence[str]) -> None:
    """Fetch what is there, at once if it can be; a forge forgets the tips of old pull requests, and a yes to those counts for nothing."""
    try:
        if refs:
            git.run(root, "fetch", "--quiet", "--no-tags", "--end-of-options", "origin", *refs, more=host.git)
    except git.GitError:
        for ref in refs if len(refs) > 1 else ():
            _fetch(host, root, [ref])


def comment(host: Host, text: str, number: int | None, tip: str) -> str:
    """
    Put a report below a pull request, in the place of the one that stands there.

    Args:
        text: Made by a job that ran a stranger's texts: it is data, calls nobody, and is cut where forges cut.
        tip: Without a number: the commit that was reported about.
    Raises: ForgeError.
    """
    numbers = [number] if number is not None else host.numbers_of(tip, is_tip=True)
    if not numbers:
        return f"No open pull request ends with {tip[:10]}; it has moved on, and its next report is on the way."
    body = f"{MARK}\n{tame(text)}"
    told = [f"{'edited' if host.comment(one, MARK, body) else 'wrote'} the comment below {one}" for one in numbers]
    return ", ".join(told)


def tame(text: str) -> str:
    """Let nobody be called by a text, no mark stand in it, and nothing be longer than a forge takes."""
    text = _CALL.sub(
        lambda found: f"{found[0]}\u200b" if found[0] != "&" else "&amp;", text.replace("\0", "").replace("<!-- kbgen:", "<!-- ")
    )
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit("\n", 1)[0] + "\n\n…"


def issues(host: Host, folder: Path) -> list[str]:
    """
    Keep one issue for each owner of articles that are due: opened, edited in place, closed when nothing is due.

    Args:
        folder: What `kbgen due --by-owner` wrote, one file an owner.
    Raises: ForgeError.
    """
    known = host.issues(DUE)
    told = []
    for file in sorted(folder.glob("*.md")):
        mark = f"{DUE}{file.stem} -->"
        text = file.read_text(encoding="utf-8")[:LONGEST]
        issue = known.pop(mark, None)
        if issue is None:
            host.open_issue(_title(text, file.stem), f"{mark}\n{text}")
        else:
            host.edit_issue(issue, f"{mark}\n{text}")
        told.append(f"{'opened an issue' if issue is None else f'edited issue {issue}'} for {file.stem}")
    for mark, issue in known.items():
        host.close_issue(issue)
        told.append(f"closed issue {issue}: nothing is due for {mark.removeprefix(DUE).removesuffix('-->').strip()}")
    return told


def _title(text: str, owner: str) -> str:
    first = next((line.lstrip("# ").strip() for line in text.splitlines() if line.strip()), "")
    return first[:200] or f"Reviews: {owner}"
