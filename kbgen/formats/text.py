"""Findings for people: the terminal, a comment on a pull request, a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import escape

from kbgen.formats.finding import Finding, Told
from kbgen.report import Paint, plain, problem_text, shown

MOST_ROWS = 200  # of a comment: forges refuse longer ones
_SIGNS = {"error": "❌", "warning": "⚠️", "advice": "💡"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~#])")


def text(told: Told, paint: Paint = plain) -> str:
    """Write place, what is wrong, the line with a caret and how to mend it, for each new finding."""
    return "".join(problem_text(one.problem, paint) + _since(one) + "\n" for one in told.new)


def _since(one: Finding) -> str:
    return f"\n  From {one.at} on" if one.at else ""


def summary(told: Told) -> str:
    """Say in one sentence what was found."""
    articles = _count(told.articles, "article") if told.articles else "no articles"
    known = f"; {_count(told.existing, 'problem')} that the base has too" if told.existing else ""
    if not told.new:
        return f"{articles}, nothing to mend{known}"
    return f"{_counted(told)} in {articles}{known}"


def markdown(told: Told) -> str:
    """Write a comment for a pull request: what is new as a table, errors first."""
    lines = ["### What `kbgen check` says", "", summary(told) + ".", ""]
    rows = sorted(told.new, key=lambda one: list(_SIGNS).index(one.problem.severity))
    if rows:
        lines += ["| | where | what is wrong | how to mend it |", "|---|---|---|---|"]
    lines += [_row(one) for one in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines += ["", f"{len(rows) - MOST_ROWS} more are not shown."]
    return "\n".join(lines).rstrip() + "\n"


def _row(one: Finding) -> str:
    problem = one.problem
    place = problem.path + (f":{problem.line}" if problem.line else "")
    cells = (_SIGNS[problem.severity], f"{_cell(place)} {problem.rule}", _cell(problem.message), _cell(problem.remedy))
    return f"| {' | '.join(cells)} |"


def _cell(words: str) -> str:
    """Write words so that Markdown shows them as they are; people's names after an @ call nobody."""
    return escape(_MARKDOWN.sub(r"\\\1", shown(" ".join(words.split()))), quote=False).replace("@", "@\u200b")


def html(told: Told) -> str:
    """Write a page that opens from disk, in light and dark, file by file."""
    parts = [_HEAD, f"<p>{escape(summary(told))}.</p>"]
    path = ""
    for one in told.new:
        if one.problem.path != path:
            path = one.problem.path
            parts.append(f'<h2 dir="ltr">{escape(shown(path))}</h2>')
        parts += _section(one)
    return "\n".join([*parts, "</main></body></html>"]) + "\n"


def _section(one: Finding) -> Iterator[str]:
    problem = one.problem
    place = f"line {problem.line}" if problem.line else "whole file"
    yield f'<section class="{problem.severity}"><h3><span>{problem.severity}</span> {problem.rule}, {place}</h3>'
    yield f'<p dir="auto">{escape(shown(problem.message))}</p>'
    if problem.source and problem.line:
        yield f'<pre dir="auto">{_marked(one)}</pre>'
    if problem.remedy:
        yield f'<p dir="auto"><b>{escape(shown(problem.remedy))}</b></p>'
    if one.at:
        yield f"<p>From {escape(one.at)} on.</p>"
    yield f"<details><summary>Why</summary><p>{escape(one.why)}</p></details></section>"


def _marked(one: Finding) -> str:
    source, start = shown(one.problem.source), one.problem.column - 1
    if start < 0:
        return escape(source)
    end = start + max(1, one.problem.width)
    return f"{escape(source[:start])}<mark>{escape(source[start:end])}</mark>{escape(source[end:])}"


def _counted(told: Told) -> str:
    severities: Counter[str] = Counter(one.problem.severity for one in told.new)
    names = {"error": "error", "warning": "warning", "advice": "piece of advice"}
    parts = [_count(severities[name], noun) for name, noun in names.items() if severities[name]]
    return " and ".join(parts) if len(parts) < 3 else f"{parts[0]}, {parts[1]} and {parts[2]}"  # noqa: PLR2004 - three severities


def _count(number: int, noun: str) -> str:
    many = "pieces of advice" if noun == "piece of advice" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What kbgen check says</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 60rem; margin: auto; padding: 1rem; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0; }
h3 span { border: 1px solid; border-radius: .3rem; padding: 0 .4rem; }
section { border-inline-start: .3rem solid light-dark(#555, #aaa); margin-block: 1rem; padding-inline-start: 1rem; }
section.error { border-color: light-dark(#a00, #f88); }
section.warning { border-color: light-dark(#850, #fc6); }
pre { overflow-x: auto; }
</style>
</head>
<body>
<main>
<h1>What kbgen check says</h1>"""
