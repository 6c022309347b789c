"""
What the last build left: which files it wrote under which keys, and the stat facts of all that it read.

When nothing at all has changed, that alone answers a build, before anything heavy is imported.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kbgen.digests import digest
from kbgen.model import Article, Job, Problem, Report
from kbgen.review.history import head_of, shallow_mark, tags_mark

GRANULE = 20_000_000  # nanoseconds: a file this young may change again without a new time stamp
CODE = Path(__file__).parent
FORM = 2


@dataclass(slots=True)
class State:
    """One output folder's memory."""

    form: int = FORM  # of this file; one of another form is forgotten
    mark: str = ""  # of the tree that `files` describes
    files: dict[str, list[Any]] = field(default_factory=dict)  # path -> key, size, mtime, compressed size
    lag: list[str] | None = None  # files in which the spare tree differs; None: not known
    facts: dict[str, list[Any]] = field(default_factory=dict)  # input path -> size, mtime, inode, digest
    watched: list[str] = field(default_factory=list)  # folders and files besides content/ that the pages depend on
    inputs: str = ""  # names the stat facts of all inputs
    wish: str = ""  # names the job
    until: str = ""  # ISO time from which on the result may differ
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Memory:
    """What a process that builds again and again keeps: articles as objects, compiled templates, and what it wrote itself."""

    articles: dict[str, tuple[tuple[str, str], Article | None, tuple[Problem, ...]]] = field(default_factory=dict)
    theme: Any = None  # kbgen.theme.Theme, which is heavy to import
    kept: Any = None  # kbgen.steps.again.Kept, of a build that wrote everything it planned


def load(job: Job) -> State:
    """Return what the last build into this output left; an empty state when that cannot be read."""
    try:
        state = State(**json.loads(_file(job).read_bytes()))
    except (OSError, ValueError, TypeError):
        return State()
    return state if state.form == FORM else State()


def save(job: Job, state: State, report: Report, facts: dict[str, list[Any]], watched: list[str], inputs: str) -> None:
    """
    Keep what a build leaves.  A full disk costs the next build time, never a result.

    Args:
        report: Said again by a build that finds nothing changed.
        facts, watched, inputs: See State.
    """
    state.facts, state.watched, state.inputs = facts, watched, inputs
    state.wish, state.report = wish_of(job), asdict(report)
    place = _file(job)
    try:
        draft = place.with_suffix(".new")
        record = {name: getattr(state, name) for name in State.__slots__}
        draft.write_bytes(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
        draft.replace(place)
    except OSError:
        place.unlink(missing_ok=True)


def unchanged(job: Job, state: State, inputs: str) -> Report | None:
    """
    Answer a build from memory.

    Args:
        inputs: What `inputs_of` says now.

    Returns: The last report when every input and every output is as the last build left it, else None.
    """
    if not inputs or inputs != state.inputs or state.wish != wish_of(job) or (state.until and job.as_of.isoformat() >= state.until):
        return None
    from kbgen.publish import generation, untouched  # noqa: PLC0415 - not for `kbgen --version`

    if state.report.get("written"):
        if generation(job.output) != state.mark:
            return None
        output = job.output
        if not all(untouched(output, path, size, mtime) for path, (_, size, mtime, _) in state.files.items()):
            return None
    last = state.report
    problems = tuple(Problem(**row) for row in last["problems"])
    return Report(problems, tuple(last["notices"]), last["articles"], last["outputs"], unchanged=True, written=last["written"])


def wish_of(job: Job) -> str:
    """Name what was asked for, the moment apart."""
    return repr(
        (str(job.output), job.audience, job.drafts, job.strict, job.base_url, job.service, job.trusted, job.owed and job.owed.digest)
    )


def inputs_of(job: Job, watched: Iterable[str]) -> str:
    """
    Name the stat facts of everything that a build reads: content, configuration, themes, our code, the installed packages, git.

    Returns: "" when a file is so young that it may change again without a new time stamp.
    """
    youngest = [0]
    parts: list[str] = []
    for place in (str(job.root / "content"), *watched):
        parts += _facts(place, youngest) if os.path.isdir(place) else [_fact(Path(place), youngest)]  # noqa: PTH112 - asked in each build
    for name in ("kbgen.toml", ".kbignore", "reviewers.toml"):
        parts.append(_fact(job.root / name, youngest))
    parts += _facts(str(CODE), [0])
    for entry in sys.path:
        if entry.endswith("-packages"):
            parts.append(_fact(Path(entry), [0]))
    parts += [head_of(job.root), shallow_mark(job.root), tags_mark(job.root, "refs/tags/reviewed/")]
    if youngest[0] > time.time_ns() - GRANULE:
        return ""
    return digest(*parts)


def _facts(folder: str, youngest: list[int]) -> Iterator[str]:
    """Name each file below a folder, in an order that does not depend on the file system."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name in {"__pycache__", ".git"}:
            continue
        try:
            facts = entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield f"{entry.name}/"
                yield from _facts(entry.path, youngest)
                continue
        except OSError:
            yield f"{entry.path}?"
            continue
        youngest[0] = max(youngest[0], facts.st_mtime_ns)
        yield f"{entry.name}\0{facts.st_mode}\0{facts.st_size}\0{facts.st_mtime_ns}\0{facts.st_ino}"


def _fact(path: Path, youngest: list[int]) -> str:
    try:
        facts = path.stat()
    except OSError:
        return "-"
    youngest[0] = max(youngest[0], facts.st_mtime_ns)
    return f"{facts.st_size}\0{facts.st_mtime_ns}\0{facts.st_ino}"


def _file(job: Job) -> Path:
    return job.root / ".kbgen" / f"state-{digest(str(job.output.absolute()))[:12]}.json"
