"""Front matter that is not the YAML that we take: told in plain words, at its place, and soon."""

from __future__ import annotations

import time

import pytest

from kbgen import head
from kbgen.model import Head, Problem

PATH = "content/en/account/reset-password.md"
LEAST = "id: kb-7f3k2q\ntitle: Reset your password\ndescription: How to choose a new one.\n"


def read(line: str, path: str = PATH) -> tuple[Head | None, tuple[Problem, ...]]:
    """Read a whole head with one more line."""
    return head.read(LEAST + line, path)


SYNTAX = [
    ("\ttitle: x\n", "a tab is used to indent", 1, 1),
    ("title: a\ntags:\n\t- b\n", "a tab is used to indent", 3, 1),
    ("title: Billing: what is new\n", "a colon stands in text without quotes", 1, 8),
    ("id: a\ntitle:Reset\ntags: [b]\n", "a space is missing after title:", 2, 6),
    ("title:Reset\n", "a space is missing after title:", 1, 6),
    ('title: "abc\nid: c\n', "a quote is opened and not closed", 1, 8),
    ("title: 'abc\nid: c\n", "a quote is opened and not closed", 1, 8),
    ("tags: [a, b\nid: x\n", "a list in brackets is not closed, or a comma is missing in it", 1, 7),
    ("review: {every: 3mo\nid: x\n", "a table in braces is not closed, or a comma is missing in it", 1, 9),
    ("title：Reset\nid: b\n", "this is the full-width colon ：", 1, 6),
    ("id: b\ntitle：Reset\n", "this is the full-width colon ：", 2, 6),
    ("review:\n  every: 3mo\n risk: low\n", "this line does not fit", 3, 2),
    ("title: a\n  id: b\n", "a colon stands where no key is expected", 2, 5),
    ("title: 'It's broken'\nid: c\n", "this line does not fit", 1, 12),
    ("tags: - a\n", "a list cannot begin on the line of its key", 1, 7),
    ('title: "a\\qb"\n', "\\ begins an escape inside double quotes", 1, 10),
    ('title: "a\\ud800b"\n', "\\ begins an escape inside double quotes", 1, 10),
    ("title: @home\n", "text cannot begin with @ without quotes", 1, 8),
    ("title: 50%\nowner: %x\n", "text cannot begin with % without quotes", 2, 8),
    ("title: a\njust text\nid: b\n", "this line is not  key: value", 2, 1),
    ("tags: [a,,b]\n", "a value is missing here", 1, 10),
    ("description: | text\n  more\n", "text after | or > has to begin on the next line", 1, 16),
    ("title: a\n... \nid: b\n", "a line that begins with % or ... does not belong in front matter", 3, 1),
    ("title: *\n", "text cannot begin with & or * without quotes", 1, 9),
]


@pytest.mark.parametrize(("front", "message", "line", "column"), SYNTAX)
def test_yaml_mistakes_are_told_in_plain_words(front: str, message: str, line: int, column: int) -> None:
    """Broken YAML is one problem, at its place, without the parser's jargon (W32: a full-width colon too)."""
    found, problems = head.read(front, PATH)

    assert found is None
    assert [problem.rule for problem in problems] == ["KB110"]
    assert problems[0].message.startswith(message)
    assert (problems[0].line, problems[0].column) == (line + 1, column)
    assert problems[0].remedy


def test_a_title_with_a_colon_is_shown_in_the_quotes_that_it_needs() -> None:
    """The remedy can be copied, whichever quotes the text holds."""
    remedies = [head.read(f"title: {text}\n", PATH)[1][0].remedy for text in ("One: two", 'Say "x": y', """It's "x": y""")]

    assert remedies[0] == 'Write  title: "One: two"'
    assert remedies[1] == "Write  title: 'Say \"x\": y'"
    assert "double quotes" in remedies[2]


@pytest.mark.parametrize(("front", "kind"), [("- a\n- b\n", "a list"), ("Hello there\n", "text"), ("[a, b]\n", "a list"), ("42\n", "text")])
def test_front_matter_that_is_no_table_is_refused(front: str, kind: str) -> None:
    """W3: a list or a scalar is not silently empty metadata."""
    found, (problem,) = head.read(front, PATH)

    assert found is None
    assert (problem.rule, problem.message) == ("KB116", f"front matter must be key: value, this is {kind}")


def test_a_key_that_stands_twice_names_both_lines() -> None:
    """W4: the last one does not win."""
    found, (problem,) = read("status: draft\norder: 1\nstatus: published\n")

    assert found is None
    assert (problem.rule, problem.line) == ("KB105", 7)
    assert "line 5" in problem.message


def test_a_key_that_stands_twice_in_a_table_is_found() -> None:
    """Duplicates are refused at every depth, and what they hold is looked at as well."""
    _, problems = read("review: {every: 3mo, every: 6mo}\norder: 1\norder: &a 2\n")

    assert [problem.rule for problem in problems] == ["KB105", "KB105", "KB106"]


@pytest.mark.parametrize(
    "line",
    [
        "owner: !!python/object/apply:os.system [ls]",
        "owner: !!python/name:os.system",
        "owner: !thing x",
        "tags: !!set {a, b}",
        "owner: ! x",
        "!!str owner: x",
    ],
)
def test_tags_are_refused(line: str) -> None:
    """W5: nothing is made of a tag."""
    found, problems = read(line)

    assert found is None
    assert [problem.rule for problem in problems] == ["KB107"]
    assert problems[0].line == 5


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{last}'] * 9)}]\n" for last, key in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "front",
    [BOMB, "a: &a [*a]\n", "a: &a {b: c}\nd:\n  <<: *a\n", "<<: {a: b}\n", "a: *b\n", "&a title: x\n", "a: *a\n" * 8000],
    ids=["bomb", "recursive", "merge", "merge without alias", "alias", "anchored key", "many"],
)
def test_anchors_are_refused_at_once(front: str) -> None:
    """W6: an alias bomb costs less than 50 ms, measured with room."""
    head.read(LEAST, PATH)  # libraries are loaded
    begun = time.process_time()
    found, problems = head.read(front, PATH)
    spent = time.process_time() - begun

    assert found is None
    assert {problem.rule for problem in problems} == {"KB106"}
    assert spent < 0.05


@pytest.mark.parametrize(
    "front",
    [
        "[" * 10_000,
        "a: " + "[" * 60_000,
        "a: " + "{a: " * 10_000,
        "- " * 20_000,
        "a: " + "9" * 60_000,
        "a: -" + "1" * 1001,
        "a: 0." + "1" * 5000,
    ],
    ids=["lists", "many lists", "tables", "block lists", "number", "just too long", "float"],
)
def test_what_is_too_deep_or_too_long_is_refused(front: str) -> None:
    """W9: deep nesting and huge numbers end in one problem, soon."""
    begun = time.process_time()
    found, problems = head.read(front, PATH)

    assert found is None
    assert [problem.rule for problem in problems] == ["KB103"]
    assert time.process_time() - begun < 0.5


def test_long_front_matter_is_refused_by_read_too() -> None:
    """A caller that did not cut the file itself meets the same limit."""
    found, (problem,) = head.read("a: b\n" * 20_000, PATH)

    assert found is None
    assert (problem.rule, problem.line) == ("KB103", 0)


@pytest.mark.parametrize("sign", ["\x07", "\x1b", "\x85", "\u2028", "\x7f", "\ufffe"])
def test_controls_are_refused_before_yaml_sees_them(sign: str) -> None:
    """Some of them end a line for YAML and for nobody else, and could hide a field."""
    found, (problem,) = read(f"owner: a{sign}status: published\n")

    assert found is None
    assert (problem.rule, problem.line, problem.column) == ("KB108", 5, 9)


@pytest.mark.parametrize(
    "front",
    [
        "title: x\n" * 7000,
        "".join(f"k{number}: b\n" for number in range(6000)),
        f"sources: [{','.join(['{}'] * 15_000)}]\n",
        f"title: {chr(0x2066) * 20_000}\n",
        f"title: {chr(0x202E) * 20_000}\n",
        f"{'x' * 60_000}: b\n",
        f"slug: '{'a-' * 30_000}'\n",
        f"tags: [{','.join(f't{number}' for number in range(9000))}]\n",
    ],
    ids=["duplicates", "unknown", "items", "isolates", "overrides", "long key", "long slug", "tags"],
)
def test_hostile_front_matter_costs_little(front: str) -> None:
    """Nothing that fits into 64 kB takes long to refuse, and nobody is shown more than a hundred problems of a file."""
    begun = time.process_time()
    found, problems = head.read(front, PATH)

    assert found is None
    assert 0 < len(problems) <= 100
    assert max(len(problem.message) + len(problem.remedy) for problem in problems) < 600
    assert time.process_time() - begun < 2
