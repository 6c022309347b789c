"""What people and programs read of a build."""

from __future__ import annotations

import json

import pytest

from kbgen.model import Problem, Report
from kbgen.report import as_json, problem_text, summary

ERROR = Problem(
    "content/en/a.md", 4, 12, "KB104", "review.every is not a period", "Write  6mo", source="review: {every: quarterly}", width=9
)
WARNING = Problem("content/en/b.md", 0, 0, "KB236", "no conclusion", "", "warning")


def test_a_problem_is_place_message_line_caret_remedy():
    """The first line is what editors read; the caret is as wide as what is wrong."""
    assert problem_text(ERROR) == (
        "content/en/a.md:4:12: error KB104: review.every is not a period\n"
        "    4 | review: {every: quarterly}\n"
        "      |            ^^^^^^^^^\n"
        "  Write  6mo"
    )
    assert problem_text(WARNING) == "content/en/b.md: warning KB236: no conclusion"


@pytest.mark.parametrize(
    ("source", "column", "spaces"),
    [("標題：重設", 4, 6), ("می\u200cخواهم: x", 9, 7), ("e\u0301: x", 3, 1), ("\tkey: x", 2, 1)],
    ids=["wide", "joiner", "accent", "tab"],
)
def test_the_caret_stands_below_its_sign(source, column, spaces):
    """Han takes two columns, accents and joiners none, a tab one."""
    caret = problem_text(Problem("a.md", 1, column, "KB100", "m", "", source=source)).splitlines()[2]

    assert caret.partition("| ")[2] == " " * spaces + "^"


def test_a_line_cannot_command_the_terminal():
    """Escapes and direction marks of an article are shown as dots."""
    shown = problem_text(Problem("a\x1b.md", 1, 1, "KB100", "m\x1b]0;x", "Write\x1b", source="\x1b[31mred \u202eabc"))

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "·[31mred ·abc" in shown


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (Report((), articles=1, outputs=37, made=37, written=True), "1 article, 37 files: 37 written, 0 removed."),
        (Report((WARNING,), articles=1200, outputs=2, written=True), "1,200 articles, 2 files: 0 written, 0 removed. 1 warning."),
        (Report((), articles=2, outputs=37, unchanged=True, written=True), "Nothing has changed (2 articles, 37 files)."),
        (Report((ERROR, WARNING)), "1 error and 1 warning: the output stays as it was."),
        (Report((ERROR,), unchanged=True), "1 error: the output stays as it was."),
    ],
)
def test_a_build_is_one_sentence(report, told):
    """What was read and written, and what is left to mend."""
    assert summary(report, report.problems) == told


def test_json_keeps_every_script():
    """Programs read the same values back; letters stay letters."""
    text = as_json(Report((Problem("content/fa/ورود.md", 1, 1, "KB100", "پیام", ""),), notices=("x",), articles=1))
    record = json.loads(text)

    assert "ورود" in text
    assert record["problems"][0]["path"] == "content/fa/ورود.md"
    assert record["notices"] == ["x"]
