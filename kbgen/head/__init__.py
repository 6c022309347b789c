"""
Front matter: bytes -> the head of an article.

`split` is cheap and runs for each file that may have changed; `read` checks, and loads pydantic and PyYAML; `to_plain` and
`from_plain` remember what was checked.  All are pure functions of their arguments, and none raises for what a writer may have typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kbgen import plain
from kbgen.head.words import RULES
from kbgen.marked.decode import decode
from kbgen.model import Head, Problem

__all__ = ["MAX_FRONT", "RULES", "Parts", "from_plain", "glimpse", "read", "shown", "split", "to_plain"]

MAX_FRONT = 64 * 1024  # bytes

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_LIKE_YAML = re.compile(r"[\w-]+\s*:|\s+\S|#(?! )|-\s|[\]}]")


@dataclass(frozen=True, slots=True)
class Parts:
    """An article's text, cut in two; every line ends with a line feed."""

    front: str  # YAML without its fences; its first line is line 2 of the file
    body: str
    body_line: int  # the file's line, from 1, on which the body begins


def split(data: bytes, path: str) -> tuple[Parts | None, tuple[Problem, ...]]:
    """
    Cut an article into front matter and body.

    Args:
        data: The whole file, in UTF-8, with or without a byte order mark.
        path: Relative to the root, for problems.

    Returns: The parts; None when they cannot be told apart, with the reason.  Warnings may come with parts.
    """
    text, problems = decode(data, path, "KB109")
    if problems:
        return None, problems
    if not text.strip():
        return None, (Problem(path, 0, 0, "KB118", "this article is empty", "Write front matter and a text, or delete the file"),)
    opening = _FENCE.match(text)
    if opening is None:
        return None, (_no_front(text, path),)
    start = opening.end() + 1
    closing = _FENCE.search(text, start)
    if closing is None:
        return None, (_unclosed(text, path),)
    front = text[start : closing.start()]
    if len(front.encode()) > MAX_FRONT:
        message = f"front matter has {len(front.encode()) / 1024:.0f} kB; the limit is {MAX_FRONT // 1024} kB"
        return None, (Problem(path, 1, 1, "KB103", message, "Move the text below the second line of three hyphens", source="---", width=3),)
    body = text[closing.end() + 1 :]
    parts = Parts(front, body, front.count("\n") + 3)
    if not body.strip():
        line = parts.body_line - 1
        return parts, (Problem(path, line, 0, "KB118", "this article has no text", "Write it below the front matter", "warning"),)
    return parts, ()


def read(front: str, path: str) -> tuple[Head | None, tuple[Problem, ...]]:
    """
    Check front matter.

    Args:
        front: YAML without its fences; its first line is line 2 of the file.
        path: Relative to the root, for problems; the file's name stands in for a missing slug.

    Returns: The head; None when it holds an error.  Every problem is there, with line, column and the width to underline.
    """
    from kbgen.head.checks import WORDING, tidy  # noqa: PLC0415 - only a text that must be checked pays for the checks
    from kbgen.head.names import tidy_name  # noqa: PLC0415
    from kbgen.marked import Findings  # noqa: PLC0415
    from kbgen.marked.typed import check  # noqa: PLC0415
    from kbgen.marked.yaml import read_yaml  # noqa: PLC0415

    findings = Findings(path, front, first_line=2)
    if len(front.encode("utf-8", "replace")) > MAX_FRONT:
        findings.add(
            None, "KB103", f"front matter has more than {MAX_FRONT // 1024} kB", "Move the text below the second line of three hyphens"
        )
        return None, findings.sorted()
    marked = read_yaml(front, findings)
    if marked is None:
        return None, findings.sorted()
    tidy(marked, findings)
    if not marked.value.get("slug"):
        tidy_name(path, findings)
    head = check(Head, marked, findings, WORDING)
    return (None if findings.failed else head), findings.sorted()


def glimpse(front: str, path: str) -> tuple[str, tuple[str, ...]]:
    """
    Read only the id and the tags, whatever is wrong with the rest: who judges a change must know what it is about.

    Returns: The id, "" if there is none; the tags.
    """
    from kbgen.head.checks import tidy  # noqa: PLC0415
    from kbgen.marked import Findings  # noqa: PLC0415
    from kbgen.marked.yaml import read_yaml  # noqa: PLC0415

    findings = Findings(path, front, first_line=2)
    marked = read_yaml(front, findings)
    if marked is None:
        return "", ()
    tidy(marked, findings)
    name, tags = marked.value.get("id"), marked.value.get("tags")
    return name if isinstance(name, str) else "", tuple(one for one in (tags if isinstance(tags, list) else ()) if isinstance(one, str))


def shown(front: str, path: str, names: Sequence[str]) -> tuple[str, ...]:
    """
    Read some fields that are text, whatever is wrong with the rest: older texts of an article are read too.

    Returns: As many texts as names, "" for what is not there.
    """
    from kbgen.marked import Findings  # noqa: PLC0415
    from kbgen.marked.yaml import read_yaml  # noqa: PLC0415

    marked = read_yaml(front, Findings(path, front, first_line=2))
    values = marked.value if marked is not None and isinstance(marked.value, dict) else {}
    return tuple(value if isinstance(value := values.get(name), str) else "" for name in names)


def to_plain(head: Head) -> dict[str, object]:
    """Return a head as values that JSON can hold, without its defaults."""
    record: dict[str, object] = plain.store(head)
    return record


def from_plain(record: Mapping[str, object]) -> Head:
    """
    Make a head of what `to_plain` returned, without checking it again.

    Raises: TypeError: The record is of another version; treat it as forgotten.
    """
    return plain.restore(Head, record)


def _no_front(text: str, path: str) -> Problem:
    first = text.split("\n", 1)[0]
    if re.match(r"\s*\n\s*---", text) or first.strip() == "---":
        return Problem(
            path, 1, 1, "KB101", "front matter has to begin on the first line", "Delete what stands above or before ---", source=first[:200]
        )
    if first.strip() == "+++":
        return Problem(
            path,
            1,
            1,
            "KB101",
            "this is TOML front matter",
            "Write YAML between two lines of three hyphens ---",
            source=first[:200],
            width=3,
        )
    if re.match(r"(-{2}|-{4,}|[–—-]+)\s*$", first):
        return Problem(
            path,
            1,
            1,
            "KB101",
            "front matter begins with exactly three hyphens",
            "Write  ---",
            source=first[:200],
            width=len(first.rstrip()),
        )
    remedy = "Begin the file with a line ---, then  id: … ,  title: … ,  description: … , then a second line ---"
    return Problem(path, 1, 1, "KB101", "this article has no front matter", remedy, source=first[:200], width=max(1, len(first[:200])))


def _unclosed(text: str, path: str) -> Problem:
    """Name the line where the second fence is missing: the first that does not look like YAML."""
    lines = text.split("\n")
    row = next((number for number, line in enumerate(lines[1:], 2) if not _LIKE_YAML.match(line)), len(lines))
    near = lines[row - 1].strip()
    place = f"as line {row}" + (f', before "{near[:40]}"' if near else "")
    return Problem(
        path,
        1,
        1,
        "KB102",
        "front matter is opened here and not closed",
        f"Put a line of three hyphens --- {place}",
        source=lines[0],
        width=3,
    )
