"""Report -> text for people, JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict

from kbgen.model import Problem, Report

Paint = Callable[[str, str], str]  # text, colour -> text


def plain(text: str, _colour: str) -> str:
    """Leave a text as it is."""
    return text


def problem_text(problem: Problem, paint: Paint = plain) -> str:
    """
    Write a problem as a writer needs it: place, what is wrong, the line with a caret, how to mend it.

    The first line has the form `file:line:column: severity RULE: message`, which editors read.
    """
    place = problem.path + (f":{problem.line}" if problem.line else "") + (f":{problem.column}" if problem.line and problem.column else "")
    colour = {"error": "red", "warning": "yellow", "advice": "cyan"}[problem.severity]
    lines = [f"{paint(shown(place), 'bold')}: {paint(problem.severity, colour)} {problem.rule}: {shown(problem.message)}"]
    if problem.source and problem.line:
        number = str(problem.line)
        lines.append(f"    {number} | {shown(problem.source)}")
        if problem.column:
            before = shown(problem.source[: problem.column - 1])
            lines.append(f"    {' ' * len(number)} | {' ' * _width(before)}{paint('^' * max(1, problem.width), colour)}")
    if problem.remedy:
        lines += [f"  {shown(line)}" if not number else shown(line) for number, line in enumerate(problem.remedy.split("\n"))]
    return "\n".join(lines)


def summary(report: Report, problems: Sequence[Problem]) -> str:
    """Say in one sentence what was done."""
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    found = " and ".join(part for part in (_count(errors, "error"), _count(warnings, "warning")) if part)
    if report.unchanged and report.written:
        return f"Nothing has changed ({_count(report.articles, 'article')}, {_count(report.outputs, 'file')})." + (
            f" {found}." if found else ""
        )
    if not report.written:
        return f"{found}: the output stays as it was." if found else "Nothing was built."
    made = f"{_count(report.articles, 'article')}, {_count(report.outputs, 'file')}: {report.made} written, {report.removed} removed."
    return made + (f" {found}." if found else "")


def as_json(report: Report) -> str:
    """Write a report for programs."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""


def shown(text: str) -> str:
    """Make visible what a terminal would obey, or what would turn or hide text: each such character is a dot."""
    return "".join(
        "·" if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} and letter != "\u200c" else letter for letter in text.replace("\t", " ")
    )


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: Han and kana take two."""
    return sum(
        0 if unicodedata.combining(letter) or letter == "\u200c" else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
