"""Findings -> text: one function for each form that people, forges and CI read."""

from __future__ import annotations

from collections.abc import Callable

from kbgen.formats import programs, text
from kbgen.formats.finding import Finding, Told, fatal, findings_of

__all__ = ["FORMATS", "Finding", "Told", "fatal", "findings_of", "written"]

FORMATS: dict[str, Callable[[Told], str]] = {
    "text": text.text,
    "json": programs.as_json,
    "github": programs.github,
    "gitlab": programs.gitlab,
    "sarif": programs.sarif,
    "junit": programs.junit,
    "rdjson": programs.rdjson,
    "markdown": text.markdown,
    "html": text.html,
}

_FOR_FORGES = frozenset({"github", "gitlab", "sarif", "junit", "rdjson", "markdown"})


def written(form: str, told: Told) -> str:
    """Write a report in one of FORMATS; what forges read names files from the top of the repository."""
    return FORMATS[form](told.from_top() if form in _FOR_FORGES else told)
