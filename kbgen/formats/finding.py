"""A problem as reports tell it: whose it is, why it matters, whether the base has it too, and a name that lasts."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kbgen.digests import digest
from kbgen.model import Problem, Severity

_NUMBER = re.compile(r"(?<![\w-])\d+(?:[.,:]\d+)*(?![\w-])")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem."""

    problem: Problem
    id: str  # of the article, "" where the file is none
    why: str  # what `kbgen explain` says of the rule
    fingerprint: str  # 32 hexadecimal digits, without the line in them
    existing: bool = False  # the base has it too
    at: str = ""  # ISO time from which on it holds; "" for now


@dataclass(frozen=True, slots=True)
class Told:
    """All that a check has to tell."""

    findings: tuple[Finding, ...]
    articles: int
    notices: tuple[str, ...] = ()
    strict: bool = False
    prefix: str = ""  # of the knowledge base in its repository, "" or "help/"

    @property
    def new(self) -> tuple[Finding, ...]:
        """What the base does not have; everything when there is no base."""
        return tuple(one for one in self.findings if not one.existing)

    @property
    def existing(self) -> int:
        """How many findings the base has too."""
        return len(self.findings) - len(self.new)

    @property
    def failed(self) -> bool:
        """Whether something new has to be mended."""
        return any(fatal(one.problem.severity, strict=self.strict) for one in self.new)

    def from_top(self) -> Told:
        """Return the same with paths from the top of the repository, as forges name files."""
        moved = tuple(replace(one, problem=replace(one.problem, path=self.prefix + one.problem.path)) for one in self.findings)
        return replace(self, findings=moved) if self.prefix else self


def fatal(severity: Severity, *, strict: bool) -> bool:
    """Say whether a problem fails a check: errors do, warnings with `strict`, advice never."""
    return severity == "error" or (strict and severity == "warning")


def findings_of(
    problems: Iterable[Problem], owners: Mapping[str, tuple[str, str]], rules: Mapping[str, str], at: str = ""
) -> list[Finding]:
    """
    Turn problems into findings.

    Args:
        problems: In the order of the report.
        owners: Path -> locale and id of the article there.
        rules: Rule -> what it means.
        at: The moment that was looked at, "" for now.
    """
    seen: Counter[str] = Counter()
    found = []
    for one in problems:
        owner = owners.get(one.path)
        message = one.message.replace(f"{posixpath.dirname(one.path)}/", "")  # a file beside the article moves with it
        name = digest(one.rule, *(owner or (one.path,)), _NUMBER.sub("#", message), _words(one))
        seen[name] += 1  # the same mistake twice in a text is two findings
        mark = name if seen[name] == 1 else digest(name, str(seen[name]))
        found.append(Finding(one, owner[1] if owner else "", rules.get(one.rule, ""), mark, at=at))
    return found


def _words(problem: Problem) -> str:
    """Return what is wrong in its own words, so that an edit elsewhere in the line changes nothing."""
    start = problem.column - 1
    if start >= 0 and problem.width > 1 and (marked := problem.source[start : start + problem.width].strip()):
        return marked
    return " ".join(problem.source.split())
