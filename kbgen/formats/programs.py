"""Findings for programs: JSON of our own, SARIF, GitLab's Code Quality, JUnit, reviewdog's rdjson, GitHub's workflow commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from kbgen import __version__
from kbgen.formats.finding import Finding, Told
from kbgen.model import Problem
from kbgen.report import shown

ANNOTATIONS = 10  # of each kind that GitHub shows of a step
LEVELS = {"error": "error", "warning": "warning", "advice": "note"}  # SARIF 2.1.0, 3.27.10
SEVERITIES = {"error": "major", "warning": "minor", "advice": "info"}  # GitLab's Code Quality
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # not in XML 1.0


def as_json(told: Told) -> str:
    """Write every field of every finding, those that the base has too among them."""
    record = {
        "articles": told.articles,
        "new": len(told.new),
        "existing": told.existing,
        "failed": told.failed,
        "notices": told.notices,
        "problems": [_plain(one) for one in told.findings],
    }
    return _written(record)


def _plain(one: Finding) -> dict[str, Any]:
    problem = one.problem
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "width": problem.width,
        "source": problem.source,
        "id": one.id,
        "message": problem.message,
        "why": one.why,
        "remedy": problem.remedy,
        "edit": problem.edit,
        "fingerprint": one.fingerprint,
        "state": "existing" if one.existing else "new",
        "at": one.at,
    }


def sarif(told: Told) -> str:
    """Write SARIF 2.1.0.  Columns count Unicode code points; what the base has too is "unchanged"."""
    names = sorted({one.problem.rule for one in told.findings})
    whys = {one.problem.rule: one.why for one in told.findings}
    driver = {
        "name": "kbgen",
        "semanticVersion": __version__,
        "rules": [
            {"id": name, "shortDescription": {"text": _first(whys[name])}, "fullDescription": {"text": whys[name]}} for name in names
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, names.index(one.problem.rule)) for one in told.findings],
    }
    return _written({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _rule(name: str, why: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": _first(why)}, "fullDescription": {"text": why or name}}


def _result(one: Finding, rule: int) -> dict[str, Any]:
    problem = one.problem
    file = {"uri": quote(problem.path)}
    place: dict[str, Any] = {"artifactLocation": file}
    if problem.line:
        place["region"] = _region(problem)
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rule,
        "level": LEVELS[problem.severity],
        "message": {"text": _sentence(problem)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"kbgen/v1": one.fingerprint},
        "baselineState": "unchanged" if one.existing else "new",
    }
    if problem.edit is not None and problem.line and problem.column:
        replacement = {"deletedRegion": _region(problem), "insertedContent": {"text": problem.edit}}
        change = {"artifactLocation": file, "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": problem.remedy or "Replace it"}, "artifactChanges": [change]}]
    return result


def _region(problem: Problem) -> dict[str, int]:
    region = {"startLine": problem.line}
    if problem.column:
        region |= {"startColumn": problem.column, "endColumn": problem.column + problem.width}
    return region


def gitlab(told: Told) -> str:
    """Write GitLab's Code Quality report; GitLab itself compares branches by the fingerprints, so everything is in it."""
    return _written(
        [
            {
                "description": _sentence(one.problem),
                "check_name": one.problem.rule,
                "fingerprint": one.fingerprint,
                "severity": SEVERITIES[one.problem.severity],
                "location": {"path": one.problem.path, "lines": {"begin": max(1, one.problem.line)}},
            }
            for one in told.findings
        ]
    )


def rdjson(told: Told) -> str:
    """Write what reviewdog reads, for what is new.  Its columns count UTF-8 bytes."""
    severities = {"error": "ERROR", "warning": "WARNING", "advice": "INFO"}
    rows: list[dict[str, Any]] = []
    for one in told.new:
        problem = one.problem
        row: dict[str, Any] = {
            "message": _sentence(problem),
            "location": {"path": problem.path},
            "severity": severities[problem.severity],
            "code": {"value": problem.rule},
        }
        if problem.line:
            row["location"]["range"] = _range(problem)
        if problem.edit is not None and problem.column and problem.source[problem.column - 1 :]:
            row["suggestions"] = [{"range": _range(problem), "text": problem.edit}]
        rows.append(row)
    return _written({"source": {"name": "kbgen"}, "diagnostics": rows})


def _range(problem: Problem) -> dict[str, Any]:
    if not problem.column or not problem.source:
        return {"start": {"line": problem.line}}
    start, end = (len(problem.source[: problem.column - 1 + more].encode("utf-8", "surrogatepass")) + 1 for more in (0, problem.width))
    return {"start": {"line": problem.line, "column": start}, "end": {"line": problem.line, "column": end}}


def junit(told: Told) -> str:
    """
    Write JUnit's XML, one test for each file that has a finding: new errors, and warnings where they count, are failures.

    What does not fail stands in the test's output.  A clean check is one test that passes.
    """
    from xml.etree import ElementTree as ET  # writes only

    files: dict[str, list[Finding]] = {}
    for one in told.new:
        files.setdefault(one.problem.path, []).append(one)
    failing = {path for path, some in files.items() if Told(tuple(some), 0, strict=told.strict).failed}
    counts = {"tests": str(len(files) or 1), "failures": str(len(failing)), "errors": "0", "time": "0"}
    suites = ET.Element("testsuites", {"name": "kbgen check", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "kbgen check", **counts, "skipped": "0"})
    for path, some in files.items():
        case = ET.SubElement(suite, "testcase", {"name": _xml(path), "classname": "kbgen", "time": "0"})
        lines = "\n".join(_xml(_line(one.problem)) for one in some)
        if path in failing:
            ET.SubElement(case, "failure", {"message": _xml(_sentence(some[0].problem)), "type": some[0].problem.rule}).text = lines
        else:
            ET.SubElement(case, "system-out").text = lines
    if not files:
        ET.SubElement(suite, "testcase", {"name": "kbgen check", "classname": "kbgen", "time": "0"})
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"


def github(told: Told) -> str:
    """
    Write workflow commands that GitHub shows beside the changed lines.

    It shows ten errors and ten warnings of a step and drops the others unsaid, so the last of ten says how many there are.
    """
    new = [one.problem for one in told.new]
    errors = [one for one in new if one.severity == "error"]
    rest = [one for one in new if one.severity != "error"]
    return "".join(f"{line}\n" for kind, some in (("error", errors), ("warning", rest)) for line in _annotations(kind, some))


def _annotations(kind: str, problems: list[Problem]) -> Iterator[str]:
    shown = problems if len(problems) <= ANNOTATIONS else problems[: ANNOTATIONS - 1]
    for one in shown:
        place = f"file={_property(one.path)}"
        if one.line:
            place += f",line={one.line}" + (f",col={one.column}" if one.column else "")
        yield f"::{kind} {place},title={one.rule}::{_data(_sentence(one))}"
    if len(shown) < len(problems):
        yield f"::{kind} title=kbgen::{len(problems) - len(shown)} more; the log and the report show them all"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sentence(problem: Problem) -> str:
    """Say what is wrong and how to mend it in one line, without what would turn or hide it where it is shown."""
    words = f"{problem.message}. {problem.remedy}" if problem.remedy else problem.message
    return shown(" ".join(words.split()))


def _line(problem: Problem) -> str:
    place = f"{problem.path}:{problem.line}" if problem.line else problem.path
    return f"{place}: {problem.severity} {problem.rule}: {_sentence(problem)}"


def _first(why: str) -> str:
    return why.split(". ", 1)[0].rstrip(".") + "."


def _xml(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode() + "\n"
