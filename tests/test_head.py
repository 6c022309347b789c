"""Front matter: what is cut, read, refused and remembered."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from kbgen import head
from kbgen.model import Captions, Head, Problem, Reference, Review, Video

PATH = "content/en/account/reset-password.md"
LEAST = "id: kb-7f3k2q\ntitle: Reset your password\ndescription: How to choose a new one.\n"
FULL = (
    LEAST
    + """\
kind: video
status: published
tags: [password, " account "]
keywords:
  - log in
  - کلمه‌ی عبور
audience: agents
owner: account-team
authors: [Ana Puig]
review: {every: 6mo, risk: high}
publish_at: 2026-03-12T08:00:00+01:00
expire_at: "2026-12-31 23:59Z"
aliases: [/en/old/, /fa/قدیمی/]
slug: بازیابی-رمز
replaced_by: kb-abcdef
sources:
  - title: Postal rates
    url: https://example.org/rates
related: [kb-abcdef, reset-hub]
translation: {source_blob: 5f3c9d1a, source_commit: 8a2b7e4c}
video:
  src: media/reset.webm
  poster: media/reset.webp
  captions: [{locale: zh-Hant, src: media/reset.zh-Hant.vtt}]
  transcript: media/reset.md
  duration: 1:05
order: -3
featured: true
"""
)


def read(front: str, path: str = PATH) -> tuple[Head | None, list[Problem]]:
    """Read and hand the problems over as a list."""
    found, problems = head.read(front, path)
    return found, list(problems)


def only(front: str, path: str = PATH) -> Problem:
    """Read front matter that has exactly one problem."""
    found, problems = read(front, path)
    assert found is None, "the head should be refused"
    assert len(problems) == 1, problems
    return problems[0]


def test_every_field_is_read_in_its_one_form() -> None:
    """A full head comes out with periods as months, times in UTC, lengths in seconds and addresses as they stand in URLs."""
    found, problems = read(FULL)

    assert problems == []
    assert found == Head(
        id="kb-7f3k2q",
        title="Reset your password",
        description="How to choose a new one.",
        kind="video",
        status="published",
        tags=("password", "account"),
        keywords=("log in", "کلمه‌ی عبور"),
        audience="agents",
        owner="account-team",
        authors=("Ana Puig",),
        review=Review(6, "high"),
        publish_at="2026-03-12T07:00:00+00:00",
        expire_at="2026-12-31T23:59:00+00:00",
        aliases=("/en/old/", "/fa/%D9%82%D8%AF%DB%8C%D9%85%DB%8C/"),
        slug="بازیابی-رمز",
        replaced_by="kb-abcdef",
        sources=(Reference("Postal rates", "https://example.org/rates"),),
        related=("kb-abcdef", "reset-hub"),
        translation=found.translation,
        video=Video("media/reset.webm", "media/reset.webp", (Captions("zh-Hant", "media/reset.zh-Hant.vtt"),), "media/reset.md", 65),
        order=-3,
        featured=True,
    )


def test_a_head_without_status_is_a_draft() -> None:
    """What nobody has marked as published is never shown."""
    found, _ = read(LEAST)

    assert found is not None
    assert found.status == "draft"
    assert found.kind == "guide"


def test_remembered_heads_are_the_same() -> None:
    """A head survives a trip through JSON, and its defaults are left out."""
    for front in (LEAST, FULL):
        found, _ = read(front)
        record = json.loads(json.dumps(head.to_plain(found)))

        assert head.from_plain(record) == found
    assert head.to_plain(read(LEAST)[0]) == {"id": "kb-7f3k2q", "title": "Reset your password", "description": "How to choose a new one."}


def test_remembering_needs_no_heavy_library() -> None:
    """Cutting and restoring load neither pydantic nor YAML nor babel, so an unchanged article costs nothing."""
    code = (
        "import sys; from kbgen import head; head.split(b'---\\na: b\\n---\\nx', 'p');"
        "head.to_plain(head.from_plain({'id': 'abc', 'title': 't', 'description': 'd'}));"
        "print([name for name in ('pydantic', 'yaml', 'frontmatter', 'babel', 'pydantic_core') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_restoring_is_quick() -> None:
    """Ten thousand heads are restored in a tenth of a second of CPU time, with room for a slow machine."""
    record = head.to_plain(read(FULL)[0])
    begun = time.process_time()
    for _ in range(10_000):
        head.from_plain(record)

    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
def test_line_ends_and_byte_order_marks_change_nothing(end: str, mark: str) -> None:
    """W1, W19: a byte order mark and any line end give the same parts."""
    text = f"{mark}---\n{LEAST}---\n\nFirst line.\n".replace("\n", end)
    parts, problems = head.split(text.encode(), PATH)

    assert problems == ()
    assert parts == head.Parts(LEAST, "\nFirst line.\n", 6)


def test_mixed_line_ends_and_no_end_of_file() -> None:
    """W19: lines are counted the same way whatever ends them."""
    parts, _ = head.split(b"---\r\nid: a\ntitle: b\r---  \nbody", PATH)

    assert parts == head.Parts("id: a\ntitle: b\n", "body", 5)


def test_a_rule_in_the_body_is_not_a_fence() -> None:
    """W30: three hyphens further down belong to the body."""
    parts, _ = head.split(b"---\nid: a\n---\none\n\n---\n\ntwo\n", PATH)

    assert parts is not None
    assert parts.body == "one\n\n---\n\ntwo\n"


def test_empty_front_matter_is_cut() -> None:
    """Two fences with nothing between them are front matter, which then lacks three fields."""
    parts, problems = head.split(b"---\n---\nbody", PATH)
    assert parts == head.Parts("", "body", 3)
    found, problems = read(parts.front)

    assert found is None
    assert [problem.message for problem in problems] == ["description is missing", "id is missing", "title is missing"]
    assert {problem.line for problem in problems} == {2}


@pytest.mark.parametrize(
    ("data", "rule", "words"),
    [
        (b"", "KB118", "empty"),
        (b" \r\n\t\n", "KB118", "empty"),
        (b"Hello\n", "KB101", "no front matter"),
        (b"\n---\nid: a\n---\n", "KB101", "first line"),
        (b"----\nid: a\n----\n", "KB101", "exactly three"),
        ("—\nid: a\n".encode(), "KB101", "exactly three"),
        (b"+++\nid = 1\n+++\n", "KB101", "TOML"),
        (b"---\nid: a\ntitle: b\n\n# Heading\ntext\n", "KB102", "not closed"),
        (b"---\n" + b"a: " + b"x" * 70_000 + b"\n---\nbody", "KB103", "limit is 64 kB"),
        (b"---\n" + b"a: b\n" * 2_000_000 + b"---\nbody", "KB103", "limit is 64 kB"),
    ],
)
def test_what_cannot_be_cut_is_said_once(data: bytes, rule: str, words: str) -> None:
    """W2, W9, W19: a file without whole front matter is one problem with a remedy, and no parts."""
    parts, problems = head.split(data, PATH)

    assert parts is None
    assert [problem.rule for problem in problems] == [rule]
    assert words in problems[0].message
    assert problems[0].remedy


def test_unclosed_front_matter_names_the_line_to_close_it_on() -> None:
    """W2: the problem stands on line 1 and its remedy names the line where the fence is missing."""
    _, (problem,) = head.split(b"---\nid: a\ntags:\n  - b\n\nWelcome to the lamp.\n", PATH)

    assert (problem.line, problem.column, problem.width) == (1, 1, 3)
    assert "line 5" in problem.remedy


def test_an_article_without_text_is_a_warning() -> None:
    """A head alone can be read, and the writer is told."""
    parts, problems = head.split(b"---\nid: a\n---\n\n", PATH)

    assert parts is not None
    assert [(problem.rule, problem.severity) for problem in problems] == [("KB118", "warning")]


@pytest.mark.parametrize(
    ("data", "offset", "encoding"),
    [
        ("---\ntitle: Café crème brûlée\n---\nUn article entier.\n".encode("latin-1"), 14, "Windows-1252"),
        ("---\ntitle: 重設您的密碼\n---\n請先登入您的帳戶，再選擇安全性。\n".encode("big5"), 11, "Big5"),
        ("---\ntitle: x\n---\n".encode("utf-16"), 0, "UTF-16"),
        ("---\ntitle: x\n---\n".encode("utf-16-be"), 0, "UTF-16"),
        ("---\ntitle: x\n---\n".encode("utf-32"), 0, "UTF-32"),
        (b"---\ntitle: a\0b\n---\n", 12, "NUL"),
        (b"---\ntitle: a\xed\xa0\x80b\n---\n", 12, ""),
    ],
    ids=["Latin-1", "Big5", "UTF-16", "UTF-16 BE", "UTF-32", "NUL", "surrogate"],
)
def test_bytes_that_are_not_utf8_are_named(data: bytes, offset: int, encoding: str) -> None:
    """W10: the problem names the byte and the encoding that the file looks like."""
    parts, (problem,) = head.split(data, PATH)

    assert parts is None
    assert problem.rule == "KB109"
    assert f"byte {offset} " in f"{problem.message} "
    assert encoding in problem.message
    assert "UTF-8" in problem.remedy


def test_a_wrong_byte_has_its_place() -> None:
    """Line and column of a wrong byte count characters, not bytes."""
    _, (problem,) = head.split("---\r\ntitle: è".encode() + b"\xe9\n---\n", PATH)

    assert (problem.line, problem.column) == (2, 9)


def test_all_problems_of_a_head_come_at_once() -> None:
    """A writer mends everything in one go: unknown, wrong and missing fields are found together, in the order of the text."""
    front = "tittle: x\ntags: foo\nreview: {every: quarterly}\nkind: gide\naliases: [//evil.example]\n"
    found, problems = read(front)

    assert found is None
    assert [(problem.line, problem.rule) for problem in problems] == [
        (2, "KB111"),
        (2, "KB112"),
        (2, "KB112"),
        (2, "KB112"),
        (3, "KB104"),
        (4, "KB104"),
        (5, "KB104"),
        (6, "KB403"),
    ]
    assert problems == sorted(problems)


def test_a_problem_points_at_the_value() -> None:
    """Line, column, width and the line itself are right, so that a caret stands under the word."""
    problem = only(f"{LEAST}review: {{every: quarterly}}\n")

    assert (problem.path, problem.line, problem.column, problem.width) == (PATH, 5, 17, 9)
    assert problem.source == "review: {every: quarterly}"
    assert problem.rule == "KB104"
    assert problem.message == "review.every is not a period"
    assert problem.remedy == "Write a number of months, such as  3mo  or  6mo"


def test_every_rule_is_explained() -> None:
    """Each rule that front matter can break has a paragraph with what it wants."""
    for rule, text in head.RULES.items():
        assert rule.startswith("KB1") or rule == "KB403"
        assert len(text) > 80
