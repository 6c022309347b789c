"""Front matter with wrong values: each has its rule, its place and what to type."""

from __future__ import annotations

import pytest

from kbgen import head
from kbgen.model import Head, Problem

PATH = "content/en/account/reset-password.md"
LEAST = "id: kb-7f3k2q\ntitle: Reset your password\ndescription: How to choose a new one.\n"


def read(line: str, path: str = PATH) -> tuple[Head | None, tuple[Problem, ...]]:
    """Read a whole head with one more line."""
    return head.read(LEAST + line, path)


@pytest.mark.parametrize("text", ["no", "1.10", "12:30:45", "2026-02-30", "0x1F", "1e3", "true", "2026", "yes", "0o17", "1_000", ".5"])
def test_text_stays_as_it_was_typed(text: str) -> None:
    """W8: where text is due, nothing becomes false, 1.1 or a number of seconds."""
    found, problems = head.read(f"id: kb-7f3k2q\ntitle: {text}\ndescription: {text}\ntags: [{text}]\n", PATH)

    assert problems == ()
    assert found is not None
    assert (found.title, found.description, found.tags) == (text, text, (text,))


VALUES = [
    ("tags: foo", "KB104", "tags has to be a list, not text", "Write  [foo]"),
    ("tags: {a: b}", "KB104", "tags has to be a list, not a table", "Write  tags: [password, account]"),
    ("tags: [[a]]", "KB104", "tags, item 1 has to be text, not a list", "Write  tags: [password, account]"),
    ("tags: ['']", "KB104", "tags, item 1 is empty", "Remove it"),
    ("authors:\n  -\n", "KB104", "authors, item 1 is empty", "Write  authors: [Ana Puig, Bob Ionescu]"),
    (
        "status: publishedd",
        "KB104",
        "status is not one of the known words",
        "Did you mean published? Write one of: draft, in_review, published, archived",
    ),
    ("kind: 3", "KB104", "kind is not one of the known words", "Write one of: guide, faq, manual, video, troubleshooting, exercise, reply"),
    ("order: first", "KB104", "order has to be a number", "Write  order: 10"),
    ("order: 1.5", "KB104", "order has to be a number", "Write  order: 10"),
    ("order: true", "KB104", "order has to be a number", "Write  order: 10"),
    ('order: "3"', "KB104", "order has to be a number", "Write  3  without quotes"),
    ("order: ۳", "KB104", "order has to be a number", "Write  3  without quotes"),
    ('featured: "false"', "KB104", "featured has to be true or false", "Write  true  or  false , without quotes"),
    ("featured: yes", "KB104", "featured has to be true or false", "Write  true  or  false , without quotes"),
    ("review: 3mo", "KB104", "review has to be a table of keys and values, not text", "Write  review: {every: 6mo, risk: normal}"),
    ("review: {every: 3}", "KB104", "review.every is not a period", "Write  3mo"),
    ("review: {every: ۳}", "KB104", "review.every is not a period", "Write  3mo"),
    ("review: {every: 200mo}", "KB104", "review.every is not a period", "Write a number of months, such as  3mo  or  6mo"),
    ("sources: [{title: x}]", "KB112", "sources, item 1, url is missing", "Add  url: https://example.org/rates"),
    (
        "sources: [{title: x, url: 'javascript:alert(1)'}]",
        "KB104",
        "sources, item 1, url is not a web address",
        "Write  https://example.org/page",
    ),
    ("sources: https://example.org", "KB104", "sources has to be a list, not text", "Write  [https://example.org]"),
    ("video: {duration: 5}", "KB112", "video.src is missing", "Add  src: media/reset.webm"),
    ("video: {src: /etc/passwd}", "KB104", "video.src has to be a file, named from the article's folder", "Write  media/film.webm"),
    ("video: {src: 'javascript:x'}", "KB104", "video.src has to be a file, named from the article's folder", "Write  media/film.webm"),
    ("video: {src: a.webm, duration: -1}", "KB104", "video.duration has to be at least 0", "Write  duration: 1:05"),
    ("translation: {source_blob: HEAD}", "KB104", "translation.source_blob is not the name of an object in git", "Write what"),
    (
        "video: {src: a.webm, captions: [{locale: English, src: a.vtt}]}",
        "KB104",
        "video.captions, item 1, locale is not a locale",
        "Write  en  or  zh-Hant",
    ),
    ("replaced_by: KB 12", "KB114", "replaced_by has to be 3 to 80 lower-case letters a-z, digits and hyphens", "Write  kb-12"),
    ("related: ['kb:abc', kb-abc]", "KB114", "related, item 1 has to be 3 to 80 lower-case", "Write  abc"),
    ("publish_at: 2026-03-12", "KB113", "publish_at is a date without a time and a zone", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-03-12T08:00:00", "KB113", "publish_at has no zone", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-02-30T08:00:00Z", "KB113", "publish_at: there is no day 30 in 2026-02", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-02-30", "KB113", "publish_at: there is no day 30 in 2026-02", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-13-45", "KB113", "publish_at: there is no month 13", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-03-12T25:00:00Z", "KB113", "publish_at is a day or an hour that does not exist", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: ۲۰۲۶-۰۳-۱۲T۰۸:۰۰:۰۰Z", "KB113", "publish_at has to be written in ASCII digits and signs", "Write  2026-03-12T08:00:00Z"),
    (
        "publish_at: 2026-03-12T08：00：00Z",
        "KB113",
        "publish_at has to be written in ASCII digits and signs",
        "Write  2026-03-12T08:00:00Z",
    ),
    ("publish_at: tomorrow", "KB113", "publish_at is not a date and time", "Write  2026-03-12T08:00:00+01:00"),
    (
        "expire_at: 0001-01-01T00:00:00+14:00",
        "KB113",
        "expire_at is a day or an hour that does not exist",
        "Write  2026-03-12T08:00:00+01:00",
    ),
    ("aliases: /old/", "KB104", "aliases has to be a list, not text", "Write  [/old/]"),
]


@pytest.mark.parametrize(("line", "rule", "message", "remedy"), VALUES)
def test_wrong_values_are_named_with_what_to_write(line: str, rule: str, message: str, remedy: str) -> None:
    """W7, W12, W32: a value of the wrong kind says which field, what is wrong and what to type, on its line."""
    found, problems = read(line)

    assert found is None
    assert [problem.rule for problem in problems] == [rule]
    assert problems[0].message.startswith(message)
    assert problems[0].remedy.startswith(remedy)
    assert problems[0].line in {5, 6}
    assert problems[0].column > 0


def test_lengths_count_characters() -> None:
    """A title of 120 characters is fine in every script; one more is not, and the message says by how many."""
    fine, _ = head.read(f"id: abc\ntitle: {'標' * 120}\ndescription: {'x' * 300}\n", PATH)
    _, (problem,) = head.read(f"id: abc\ntitle: {'標' * 143}\ndescription: x\n", PATH)

    assert fine is not None
    assert problem.message == "title has 143 characters; the limit is 120"
    assert problem.remedy == "Shorten it by 23"


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("tittle: x", "Did you mean title?"),
        ("Keywords: [a]", "Did you mean keywords?"),
        ("publish-at: x", "Did you mean publish_at?"),
        ('draft: "false"', "Write  status: draft  or  status: published"),
        ("date: 2026-01-01", "Remove it: git knows when the article changed."),
        ("lang: no", "Remove it: the folder below content/ says the language"),
        ("zzz: 1", "Remove it; known here: aliases, audience"),
    ],
)
def test_unknown_fields_name_a_near_one(line: str, remedy: str) -> None:
    """W11, W12: nothing that is misspelt is ignored, and habits from other programs are answered."""
    found, (problem,) = read(line)

    assert found is None
    assert problem.rule == "KB111"
    assert problem.remedy.startswith(remedy)
    assert (problem.line, problem.column, problem.width) == (5, 1, line.index(":"))


def test_unknown_fields_are_found_in_tables() -> None:
    """A misspelt part of a table is placed and named with its way."""
    _, (problem,) = read("review: {every: 3mo, rsk: low}")

    assert (problem.message, problem.remedy, problem.column) == ("review.rsk is not known", "Did you mean risk?", 22)


def test_needed_fields_cannot_be_empty_and_others_can() -> None:
    """An empty line of a template means the default, but for what an article cannot be without."""
    found, problems = read("owner:\ntags:\nvideo: ~\n")
    _, missing = head.read('id:\ntitle: ""\ndescription: " "\n', PATH)

    assert problems == ()
    assert found is not None
    assert found.owner == ""
    assert [(problem.rule, problem.message) for problem in missing] == [
        ("KB112", "id is empty"),
        ("KB112", "title is empty"),
        ("KB112", "description is empty"),
    ]


def test_a_window_has_to_have_a_length() -> None:
    """publish_at and expire_at are compared as moments, whatever zones they are written in."""
    found, problems = read("publish_at: 2026-03-12T08:00:00+01:00\nexpire_at: 2026-03-12T07:30:00Z\n")
    _, (problem,) = read("publish_at: 2026-03-12T08:00:00+01:00\nexpire_at: 2026-03-12T07:00:00Z\n")

    assert problems == ()
    assert found is not None
    assert (problem.rule, problem.line) == ("KB117", 6)


def test_a_word_that_stands_twice_is_a_warning() -> None:
    """The head is fine without the second one, and later items keep their places."""
    found, (problem,) = read("tags: [Lamp, lamp, hub]")
    _, problems = read("tags: [Lamp, lamp, [x]]")

    assert found is not None
    assert found.tags == ("Lamp", "hub")
    assert (problem.rule, problem.severity, problem.column) == ("KB119", "warning", 14)
    assert [(one.rule, one.column) for one in problems if one.severity == "error"] == [("KB104", 20)]
